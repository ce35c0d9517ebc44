"""User tasks by any criteria, open or not, page by page: for programs. People's own lists are in `tasks`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, literal, tuple_

from engine.authorisation import sees_everything
from engine.database.tables import user_task
from engine.people import Person
from engine.queries.page import read_cursor, write_cursor
from engine.queries.task_rows import TaskRow, task_columns, task_row
from engine.queries.tasks import concerns
from engine.queries.titles import load_titles

Order = Literal["due_at", "-due_at", "created_at", "-created_at"]
TaskState = Literal["open", "completed", "cancelled"]


@dataclass(frozen=True)
class TaskSearch:
    """What to find; None does not narrow. A minus in `order` puts the latest first."""

    state: TaskState | None = "open"
    role: str | None = None
    role_organisation: str | None = None
    organisation: str | None = None
    assignee_id: str | None = None
    process_key: str | None = None
    instance_id: str | None = None
    business_key: str | None = None
    due_before: datetime | None = None
    order: Order = "due_at"


def search_tasks(
    connection: Connection, person: Person, wanted: TaskSearch, *, cursor: str | None, limit: int
) -> tuple[list[TaskRow], str | None]:
    """The tasks of one page that the person may see, and the cursor of the next page. Raises Invalid (cursor)."""
    key = user_task.c.created_at if wanted.order.endswith("created_at") else user_task.c.due_at
    backwards = wanted.order.startswith("-")
    conditions = _conditions(wanted)
    if not sees_everything(person):
        conditions.append(concerns(person))
    if cursor:
        moment, task_id = read_cursor(cursor)
        here, there = tuple_(key, user_task.c.id), tuple_(literal(moment, key.type), task_id)
        conditions.append(here < there if backwards else here > there)
    ends = (key.desc(), user_task.c.id.desc()) if backwards else (key, user_task.c.id)
    query = task_columns(person.id).where(*conditions).order_by(*ends).limit(limit + 1)
    titles = load_titles(connection)
    rows = [task_row(row, titles) for row in connection.execute(query)]
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], write_cursor(last.created_at if wanted.order.endswith("created_at") else last.due_at, last.id)


def _conditions(wanted: TaskSearch) -> list[ColumnElement[bool]]:
    columns = user_task.c
    # The state is written out, not bound: the indexes of open tasks are partial, and are chosen by what stands there.
    narrowed = [columns.state == literal(wanted.state, literal_execute=True)] if wanted.state else []
    narrowed += [
        column == value
        for column, value in (
            (columns.role, wanted.role),
            (columns.role_organisation, wanted.role_organisation),
            (columns.organisation, wanted.organisation),
            (columns.assignee, wanted.assignee_id),
            (columns.process_key, wanted.process_key),
            (columns.instance_id, wanted.instance_id),
            (columns.business_key, wanted.business_key),
        )
        if value is not None
    ]
    if wanted.due_before is not None:
        narrowed.append(columns.due_at < wanted.due_before)
    return narrowed
