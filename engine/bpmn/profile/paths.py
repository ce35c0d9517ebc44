"""Which variables are certainly set when the process comes to an element, whatever way it came.

A forward walk over the flows: what is known at an element is what every way to it has set. A parallel join knows what
all its branches set together; a boundary event knows what was known when its activity began.
"""

from collections.abc import Iterator

from engine.bpmn import expressions
from engine.bpmn.model import Element, Model
from engine.bpmn.profile.case import Case, Fault
from engine.bpmn.profile.variables import BUILT_IN, known, listed, written

Names = frozenset[str]


def certain(case: Case) -> dict[str, Names]:
    """Element id -> the names that are set before it, for every element that can be reached."""
    return _Walk(case).before


class _Walk:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.before: dict[str, Names] = {}
        self.walked: dict[str, tuple[Names, Names]] = {}  # sub-process -> what it was last given, and gave
        self._scope(case.model.id, _given(case))

    def _scope(self, scope: str, given: Names) -> Names:
        """Walks one scope until nothing changes; returns what is set when it ends well."""
        inside = self.case.model.inside(scope)
        after: dict[str, Names] = {}
        # Each round carries what is known one flow further at least; joins in loops (faulty) might never settle.
        for _ in range(2 * len(inside) + 2):
            known_before = dict(after)
            for element in inside:
                self._visit(element, after, given)
            if after == known_before:
                break
        ends = [after[e.id] for e in inside if e.type == "endEvent" and e.id in after and not _is_error(e)]
        return frozenset.intersection(*ends) if ends else given

    def _visit(self, element: Element, after: dict[str, Names], given: Names) -> None:
        before = self._meet(element, after, given)
        if before is not None:
            self.before[element.id] = before
            after[element.id] = self._pass(element, before)

    def _meet(self, element: Element, after: dict[str, Names], given: Names) -> Names | None:
        if element.type == "startEvent":
            return given
        if element.attached_to is not None:
            return self.before.get(element.attached_to)
        sources = [after[f.source] for f in self.case.model.incoming(element.id) if f.source in after]
        if not sources:
            return None
        return frozenset.union(*sources) if element.type == "parallelGateway" else frozenset.intersection(*sources)

    def _pass(self, element: Element, before: Names) -> Names:
        if element.type != "subProcess":
            return before | written(self.case, element)
        if self.walked.get(element.id, (None,))[0] != before:
            self.walked[element.id] = (before, self._scope(element.id, before))
        return self.walked[element.id][1]


def _is_error(element: Element) -> bool:
    return any(event.kind == "error" for event in element.events)


def _given(case: Case) -> Names:
    """What is set before the process begins, whoever starts it."""
    ways = list(_starters(case))
    process = case.pack.process(case.files.key)
    if process is not None and process.startable_by:
        ways.append(set())
    handed = set.intersection(*ways) if ways else set()
    return frozenset(BUILT_IN | case.pack.parameters.keys() | handed)


def _starters(case: Case) -> Iterator[set[str]]:
    for key, model in case.models.items():
        for element in model.elements.values():
            if element.type == "callActivity" and element.called_element == case.files.key:
                yield {mapping.target for mapping in element.ins}
            starts = element.topic == "start_processes" and element.properties.get("process") == case.files.key
            if starts or (element.topic == "start_successor" and key == case.files.key):
                yield set(listed(element.properties.get("pass")))


# Rules -----------------------------------------------------------------------------------------------------------


def set_on_every_way(case: Case) -> Iterator[Fault]:
    """What a condition, a timer, a due date or a list asks for is set on every way there."""
    there, before = known(case), certain(case)
    for element in case.model.elements.values():
        if element.id not in before:
            continue  # told by the rule on reachable elements
        for name in sorted(_asked(case.model, element) & there - before[element.id] - {element.item_variable}):
            yield Fault(element.id, f"{name} behövs här men sätts inte på alla vägar hit")


def _asked(model: Model, element: Element) -> set[str]:
    names = {element.due_date, element.follow_up_date, element.collection, element.properties.get("for_each")}
    names |= {element.timer.expression} if element.timer else set()
    for flow in model.outgoing(element.id) if element.type == "exclusiveGateway" else ():
        names |= expressions.names(flow.condition or "")
    return {name for name in names if name}
