"""Rules on sequence flows and gateways: where tokens go, and that they get somewhere."""

from collections.abc import Iterator

from engine.bpmn import expressions
from engine.bpmn.model import Element
from engine.bpmn.profile.case import Case, Fault
from engine.bpmn.profile.graph import after, followers, leaders, reach, waits

_GATEWAYS = {"exclusiveGateway", "parallelGateway", "eventBasedGateway", "inclusiveGateway", "complexGateway"}


def connected(case: Case) -> Iterator[Fault]:
    """A flow joins two elements of one scope; a boundary event hangs on an activity beside it."""
    elements = case.model.elements
    for flow in case.model.flows.values():
        ends = [elements.get(flow.source), elements.get(flow.target)]
        if None in ends:
            yield Fault(flow.id, "flödet börjar eller slutar i ett element som inte finns")
        elif {end.scope for end in ends if end} != {flow.scope}:
            yield Fault(flow.id, "flödet går över gränsen till en delprocess")
    for event in case.typed("boundaryEvent"):
        host = elements.get(event.attached_to or "")
        if host is None or host.scope != event.scope:
            yield Fault(event.id, "händelsen sitter inte på någon aktivitet i samma delprocess")


def starts_and_ends(case: Case) -> Iterator[Fault]:
    """Each scope has one start and at least one end, with flows on the right side only."""
    for scope in case.model.scopes:
        inside = case.model.inside(scope)
        count = sum(element.type == "startEvent" for element in inside)
        if count != 1:
            yield Fault(scope, f"det ska finnas en starthändelse, här finns {count or 'ingen'}")
        if not any(element.type == "endEvent" for element in inside):
            yield Fault(scope, "det finns ingen sluthändelse")
    for element in case.typed("startEvent", "boundaryEvent"):
        if case.model.incoming(element.id):
            yield Fault(element.id, "inget flöde får gå in i händelsen")
    for element in case.typed("endEvent"):
        if case.model.outgoing(element.id):
            yield Fault(element.id, "inget flöde får gå ut från sluthändelsen")


def reachable(case: Case) -> Iterator[Fault]:
    """Every element can be reached from the start of its scope, and an end can be reached from every element."""
    model = case.model
    for scope in model.scopes:
        inside = model.inside(scope)
        starts = [element.id for element in inside if element.type == "startEvent"]
        ends = [element.id for element in inside if element.type == "endEvent"]
        reached = reach(starts, lambda found: followers(model, found))
        ending = reach(ends, lambda found: leaders(model, found))
        for element in inside:
            if element.id not in reached:
                yield Fault(element.id, "elementet går inte att nå från starten")
            if element.id not in ending:
                yield Fault(element.id, "inget slut går att nå härifrån")


def exclusive_choices(case: Case) -> Iterator[Fault]:
    """A choice has a default flow without condition, and a condition in the language on every other flow."""
    for gateway in case.typed("exclusiveGateway"):
        flows = case.model.outgoing(gateway.id)
        if len(flows) > 1 and gateway.default not in {flow.id for flow in flows}:
            yield Fault(gateway.id, "grinden har flera vägar ut men ingen förvald (default)")
        for flow in flows:
            if flow.id == gateway.default and flow.condition is not None:
                yield Fault(flow.id, "den förvalda vägen får inte ha något villkor")
            elif flow.id != gateway.default and flow.condition is None and len(flows) > 1:
                yield Fault(flow.id, "vägen saknar villkor")


def conditions(case: Case) -> Iterator[Fault]:
    """Conditions stand only on flows out of exclusive gateways, and are expressions of the language."""
    for flow in case.model.flows.values():
        if flow.condition is None:
            continue
        source = case.model.elements.get(flow.source)
        if source is not None and source.type != "exclusiveGateway":
            yield Fault(flow.id, "bara flöden ut från en exklusiv grind får ha villkor")
        if reason := expressions.check(flow.condition):
            yield Fault(flow.id, f"villkoret är inget giltigt uttryck: {reason}")
    for element in case.model.elements.values():
        condition = element.loop.completion_condition if element.loop else None
        if condition is not None and (reason := expressions.check(condition)):
            yield Fault(element.id, f"slutvillkoret är inget giltigt uttryck: {reason}")


def no_implicit_split(case: Case) -> Iterator[Fault]:
    """Only a gateway sends more than one flow out."""
    for element in case.model.elements.values():
        if element.type not in _GATEWAYS and len(case.model.outgoing(element.id)) > 1:
            yield Fault(element.id, "flera flöden går ut utan grind; rita en grind")


def parallel_joins(case: Case) -> Iterator[Fault]:
    """A parallel join that a loop comes back to fires early from the second round on; a split then waits for ever."""
    for gateway in case.typed("parallelGateway", "inclusiveGateway"):
        if len(case.model.incoming(gateway.id)) < 2 or gateway.id not in after(case.model, gateway.id):
            continue
        if len(case.model.outgoing(gateway.id)) > 1:
            yield Fault(gateway.id, "en slinga går tillbaka till den parallella grinden; sätt en exklusiv grind före")
        else:
            yield Fault(gateway.id, "en parallell sammanslagning ligger i en slinga; lägg den i en egen delprocess")


def event_gateways(case: Case) -> Iterator[Fault]:
    """An event gateway waits for messages and signals only: with timers it is not proved to work."""
    for gateway in case.typed("eventBasedGateway"):
        for flow in case.model.outgoing(gateway.id):
            target = case.model.elements.get(flow.target)
            named = target is not None and (target.message_name or target.signal_name)
            if target is None or target.type != "intermediateCatchEvent" or not named:
                reason = "efter en händelsegrind får bara händelser som väntar på meddelanden eller signaler komma"
                yield Fault(gateway.id, reason)


def loops_wait(case: Case) -> Iterator[Fault]:
    """A loop in which nobody is waited for would run for ever."""
    automatic = {element.id for element in case.model.elements.values() if not waits(case.model, element)}
    for element in case.typed("exclusiveGateway"):
        if element.id in _after_among(case, element, automatic):
            yield Fault(element.id, "slingan väntar inte på någon eller något och skulle gå runt för evigt")


def _after_among(case: Case, element: Element, among: set[str]) -> set[str]:
    def step(element_id: str) -> list[str]:
        return [flow.target for flow in case.model.outgoing(element_id) if flow.target in among]

    return reach(step(element.id), step)
