"""What a running instance waits for, for operators: each thing with the ids that a modification takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.authorisation import may_operate
from engine.bpmn.execution import Execution, Surroundings
from engine.database.tables import process_instance
from engine.definitions import definition_by_id
from engine.errors import Conflict, NotFound
from engine.people import Person
from engine.queries.instance_search import NO_SUCH_INSTANCE

_KINDS = {"scopes": "scope", "tasks": "task", "calls": "call", "timers": "timer", "messages": "message"}


@dataclass(frozen=True)
class WaitingRow:
    """Something that waits. `kind`: scope (an embedded sub-process), task, call, timer or message."""

    kind: str
    element_id: str
    task_id: str
    scope_id: str | None
    due_at: datetime | None
    data: dict[str, Any]


def list_waiting(connection: Connection, person: Person, instance_id: str) -> list[WaitingRow]:
    """Everything that an instance waits for, by kind. Raises NotFound, NotPermitted."""
    may_operate(person).demand()
    row = connection.execute(select(process_instance).where(process_instance.c.id == instance_id)).first()
    if row is None:
        raise NotFound(NO_SUCH_INSTANCE)
    return list(_waiting(connection, row)) if row.status in {"active", "suspended"} else []


def _waiting(connection: Connection, row: Any) -> Iterator[WaitingRow]:
    definition = definition_by_id(connection, row.definition_id)
    surroundings = Surroundings(row.started_at, {}, _never, _never)
    state = Execution.load(definition.spec, definition.sub_specs, surroundings, row.state).wait_state()
    for attribute, kind in _KINDS.items():
        for waiting in getattr(state, attribute).values():
            yield WaitingRow(kind, waiting.element_id, waiting.id, waiting.scope, waiting.due_at, waiting.data)


def _never(element_id: str, _data: dict[str, Any]) -> dict[str, Any]:
    raise Conflict(f"{element_id} körs inte när någon bara tittar.")
