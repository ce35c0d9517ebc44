"""Where what waits at a step can go in another version of its process: the steps that can take its place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.authorisation import may_operate
from engine.bpmn.elements import Model
from engine.bpmn.pairing import Pairing
from engine.definitions import definition_of_version
from engine.people import Person


@dataclass(frozen=True)
class Target:
    """A step of the new version. It is `likely` when it alone has the old step's name."""

    element_id: str
    name: str
    likely: bool = False


@dataclass(frozen=True)
class Choice:
    """A step that the new version does not have as it was, and what can take its place."""

    element_id: str
    name: str
    droppable: bool  # an event on an activity's edge may be taken away instead
    targets: tuple[Target, ...]

    @property
    def likely(self) -> str | None:
        return next((target.element_id for target in self.targets if target.likely), None)


def migration_choices(
    connection: Connection,
    person: Person,
    pack_key: str,
    process_key: str,
    from_version: int,
    to_version: int,
    element_ids: Iterable[str],
    mapping: Mapping[str, str | None],
) -> list[Choice]:
    """For each of the old version's steps, in the order given. Raises NotFound (process, version), NotPermitted."""
    may_operate(person).demand()
    old = definition_of_version(connection, pack_key, process_key, from_version).model
    new = definition_of_version(connection, pack_key, process_key, to_version).model
    known = (element_id for element_id in dict.fromkeys(element_ids) if element_id in old.elements)
    return [_choice(old, new, element_id, mapping) for element_id in known]


def _choice(old: Model, new: Model, element_id: str, mapping: Mapping[str, str | None]) -> Choice:
    one = old.elements[element_id]
    fitting = [
        other
        for other in new.elements.values()
        if other.type == one.type and Pairing(old, new, {**mapping, element_id: other.id}).refusal(element_id) is None
    ]
    namesakes = [other.id for other in fitting if other.name and other.name.casefold() == one.name.casefold()]
    targets = (
        Target(other.id, other.name or other.id, likely=namesakes == [other.id])
        for other in sorted(fitting, key=lambda other: other.id not in namesakes)
    )
    return Choice(element_id, one.name or element_id, one.type == "boundaryEvent", tuple(targets))
