"""Rules on who does what: lanes, roles, where a role is held, forms of tasks and who is told when they are late."""

from collections.abc import Iterator

from engine.bpmn.model import Element, Lane
from engine.bpmn.profile.case import Case, Fault
from engine.bpmn.profile.variables import known, listed


def lanes(case: Case) -> Iterator[Fault]:
    """Each lane is a role of the pack, held somewhere that can be told; every element is in one lane."""
    model = case.model
    if not model.lanes:
        yield Fault(None, "modellen har inga banor")
        return
    for lane in model.lanes:
        if case.pack.role_titled(lane.name) is None:
            yield Fault(lane.id, f"banan {lane.name!r} är ingen roll i pack.toml")
        for name in sorted(lane.properties.keys() - {"organisation"}):
            yield Fault(lane.id, f"egenskapen {name} är okänd på en bana")
        yield from _members(case, lane)
    for element in model.elements.values():
        if model.lane_of(element.id) is None:
            yield Fault(element.id, "elementet ligger inte i någon bana")


def _members(case: Case, lane: Lane) -> Iterator[Fault]:
    for member in lane.elements:
        if member not in case.model.elements:
            yield Fault(lane.id, f"banan pekar på {member}, som inte finns")
        elif sum(member in other.elements for other in case.model.lanes) > 1:
            yield Fault(member, "elementet ligger i mer än en bana")


def lane_organisations(case: Case) -> Iterator[Fault]:
    """A lane's organisation is an alias, a code, or a variable that every task of the lane can know."""
    there = known(case)
    for lane in case.model.lanes:
        written = lane.organisation
        if written is None or written.split("/")[0] in case.organisations | there:
            continue
        tasks = [e for e in case.typed("userTask") if case.model.lane_of(e.id) is lane]
        if not tasks or any(task.item_variable != written for task in tasks):
            yield Fault(lane.id, f"organisationen {written!r} är varken municipality, region, en kod eller en variabel")


def task_forms(case: Case) -> Iterator[Fault]:
    """Every user task has a form of the folder, and every form is used."""
    used = set()
    for element in case.typed("userTask", "startEvent"):
        used.add(element.form_key)
        if element.form_key is None:
            if element.type == "userTask":
                yield Fault(element.id, "uppgiften saknar formulär (camunda:formKey)")
        elif element.form_key not in case.forms:
            yield Fault(element.id, f"formuläret forms/{element.form_key}.json saknas eller går inte att läsa")
    for name in sorted(case.forms.keys() - used):
        yield Fault(None, f"formuläret forms/{name}.json används inte av någon uppgift")


def task_properties(case: Case) -> Iterator[Fault]:
    """Properties of a user task mean something: gate, catalogue, assignee, escalation."""
    for element in case.typed("userTask"):
        properties = element.properties
        if properties.get("gate", "false") not in {"true", "false"}:
            yield Fault(element.id, "gate ska vara true eller false")
        if properties.get("assignee", "starter") != "starter":
            yield Fault(element.id, "assignee kan bara vara starter")
        if properties.get("counted_from", "start") != "start":
            yield Fault(element.id, "counted_from kan bara vara start")
        yield from _catalogue(case, element)
        for role in listed(properties.get("escalate_to")):
            if case.pack.role(role) is None:
                yield Fault(element.id, f"escalate_to: rollen {role!r} finns inte")


def _catalogue(case: Case, element: Element) -> Iterator[Fault]:
    name = element.properties.get("catalogue")
    if name is None:
        return
    if name not in case.pack.catalogues:
        yield Fault(element.id, f"katalogen {name} finns inte")
    elif element.loop is None:
        yield Fault(element.id, "catalogue hör till uppgifter med flera instanser")


def gates(case: Case) -> Iterator[Fault]:
    """A decision that approves or returns lets its outcome into the process."""
    for element in case.typed("userTask"):
        form = case.forms.get(element.form_key or "")
        if not element.gate or form is None or element.loop is not None:
            continue
        routes = form.get("x-routes")
        if not isinstance(routes, list) or "outcome" not in routes:
            yield Fault(
                element.id, f"ett beslut (gate) ska föra outcome vidare; forms/{element.form_key}.json gör inte det"
            )
