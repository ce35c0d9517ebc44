"""What people have begun to write: colleagues' drafts of the same task, and one's own when the task is over."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from engine.authorisation import TaskFacts
from engine.database.tables import draft
from engine.database.tables import person as person_table
from engine.people import Person


@dataclass(frozen=True)
class DraftRow:
    """Somebody's draft as it was last saved."""

    person_id: str
    person_name: str
    saved_at: datetime
    version: int
    values: dict[str, Any] = field(repr=False)


def may_see_drafts(person: Person, task: TaskFacts) -> bool:
    """Those who share the work: colleagues with the same role, and whoever has taken it over."""
    return person.has(task.role, task.role_organisation) or task.assignee == person.id


def drafts_of_others(connection: Connection, person: Person, task_id: str) -> list[DraftRow]:
    """Colleagues' drafts of a task, the latest first."""
    return _read(connection, draft.c.task_id == task_id, draft.c.person_id != person.id)


def own_draft(connection: Connection, person: Person, task_id: str) -> DraftRow | None:
    """The person's own draft of a task, open or not."""
    return next(iter(_read(connection, draft.c.task_id == task_id, draft.c.person_id == person.id)), None)


def _read(connection: Connection, *conditions: ColumnElement[bool]) -> list[DraftRow]:
    query = (
        select(draft, person_table.c.name)
        .join(person_table, person_table.c.id == draft.c.person_id)
        .where(*conditions)
        .order_by(draft.c.saved_at.desc())
    )
    return [
        DraftRow(row.person_id, row.name, row.saved_at, row.version, dict(row._mapping["values"]))
        for row in connection.execute(query)
    ]
