"""Which values a token must remember where it stands: those that somebody will ask for before they are set again.

Two states that differ only in what nobody asks for are one; without this a walk would try every old answer again.
"""

from engine.bpmn.elements import Element
from engine.bpmn.profile.case import Case
from engine.bpmn.profile.variables import written
from engine.bpmn.walk.names import Names, reads

Live = frozenset[str]


class Liveness:
    """Names that live before and after each element of a process; `given_back` live at its end."""

    def __init__(self, case: Case, found: dict[str, Names], given_back: Live) -> None:
        self._case = case
        self._reads = {e.id: frozenset(reads(case, e, found)) for e in case.model.elements.values()}
        self._writes = {e.id: frozenset(written(case, e)) for e in case.model.elements.values()}
        self.before: dict[str, Live] = dict.fromkeys(case.model.elements, frozenset())
        self.after: dict[str, Live] = dict.fromkeys(case.model.elements, frozenset())
        self.given_back = given_back
        changed = True
        while changed:
            changed = False
            for element in reversed(case.model.elements.values()):
                changed |= self._visit(element)

    def _visit(self, element: Element) -> bool:
        after = self._after(element)
        before = self._before(element, after)
        news = after != self.after[element.id] or before != self.before[element.id]
        self.after[element.id], self.before[element.id] = after, before
        return news

    def _after(self, element: Element) -> Live:
        if element.type == "endEvent":
            return self._beyond(element)
        return frozenset().union(*(self.before[flow.target] for flow in self._case.model.outgoing(element.id)))

    def _beyond(self, end: Element) -> Live:
        """What lives where a scope is left: behind its sub-process, or at the boundary that catches its error."""
        around = self._case.model.elements.get(end.scope)
        if around is None:
            return self.given_back
        caught = (event.id for event in self._case.model.boundaries(around.id))
        return self.after[around.id].union(*(self.before[event_id] for event_id in caught))

    def _before(self, element: Element, after: Live) -> Live:
        boundaries = [self.before[event.id] for event in self._case.model.boundaries(element.id)]
        if element.type == "subProcess":
            inner = [self.before[e.id] for e in self._case.model.inside(element.id) if e.type == "startEvent"]
            return after.union(*inner, *boundaries)
        # A task done by many sets nothing; what one of them reads must still be there.
        remaining = after - self._writes[element.id]
        return self._reads[element.id].union(remaining, *boundaries)
