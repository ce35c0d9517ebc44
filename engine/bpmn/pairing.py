"""Pairs the elements of two versions of a model: by id, or as an operator has mapped them."""

from collections.abc import Mapping

from engine.bpmn.elements import Element, Model
from engine.bpmn.soundness import named


class Pairing:
    """Which element of the new version takes the place of which of the old one. Mapping to None drops an element."""

    def __init__(self, old: Model, new: Model, mapping: Mapping[str, str | None]) -> None:
        self.old = old
        self.new = new
        self._mapping = dict(mapping)

    def to(self, element_id: str) -> str | None:
        """The element in the new version; None when it is dropped."""
        return self._mapping.get(element_id, element_id)

    def unknown(self) -> list[str]:
        """Ids in the mapping that their version does not have."""
        missing = [one for one in self._mapping if one not in self.old.elements]
        return missing + [other for other in self._mapping.values() if other and other not in self.new.elements]

    def refusal(self, element_id: str) -> str | None:
        """Why what waits at an element cannot go on waiting in the new version; None when it can."""
        one, to = self.old.elements[element_id], self.to(element_id)
        if to is None:
            return None if one.type == "boundaryEvent" else f"{named(one)} pågår och kan inte tas bort, bara flyttas."
        other = self.new.elements.get(to)
        if other is None:
            return f"{named(one)} finns inte i den nya versionen. Säg till vilket steg det ska flyttas."
        if (reason := self._difference(one, other)) is not None:
            return f"{named(one)} kan inte bli {named(other)}: {reason}."
        return None

    def has_flow(self, source: str, target: str) -> bool:
        """Whether the new version leads from one element's place to the other's."""
        return any(flow.source == self.to(source) for flow in self.new.incoming(self.to(target) or ""))

    def added_boundaries(self, new_element_id: str) -> list[Element]:
        """The boundary events that an activity has in the new version only."""
        hosts = [one.id for one in self.old.elements.values() if self.to(one.id) == new_element_id]
        known = {self.to(event.id) for host in hosts for event in self.old.boundaries(host)}
        return [event for event in self.new.boundaries(new_element_id) if event.id not in known]

    def _difference(self, one: Element, other: Element) -> str | None:
        """What makes them two kinds of elements."""
        host = one.attached_to
        checks = (
            (one.type == other.type, f"det ena är {one.type}, det andra {other.type}"),
            (self._scope(one.scope) == other.scope, "de ligger inte i samma delprocess"),
            (_rounds(one) == _rounds(other), "bara den ena görs en gång per post, eller över en annan lista"),
            ([e.kind for e in one.events] == [e.kind for e in other.events], "de väntar inte på samma slags händelse"),
            (one.message_name == other.message_name, "de väntar inte på samma meddelande"),
            (one.signal_name == other.signal_name, "de väntar inte på samma signal"),
            (one.called_element == other.called_element, "de anropar inte samma process"),
            (one.interrupting == other.interrupting, "bara den ena avbryter"),
            (host is None or self.to(host) == other.attached_to, "de sitter inte på samma aktivitet"),
            (one.type != "subProcess" or one.stage == other.stage, "de är inte samma skede"),
        )
        return next((reason for same, reason in checks if not same), None)

    def _scope(self, scope_id: str) -> str | None:
        return scope_id if scope_id == self.old.id else self.to(scope_id)


def _rounds(element: Element) -> tuple[object, ...] | None:
    loop = element.loop
    return None if loop is None else (loop.collection, loop.item, loop.sequential)
