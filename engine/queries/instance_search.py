"""Process instances by any criteria, and one with its diagram; only those that the person may see."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, literal, or_, select, tuple_

from engine.authorisation import may_see_instance, sees_everything
from engine.database.register_tables import deviation
from engine.database.tables import process_instance, user_task
from engine.errors import NotFound
from engine.people import Person
from engine.queries.deviations import visible_to
from engine.queries.diagrams import Diagram, diagrams
from engine.queries.instances import InstanceRow, instance_row
from engine.queries.page import read_cursor, write_cursor
from engine.queries.task_rows import open_tasks
from engine.queries.titles import load_titles

InstanceStatus = Literal["active", "suspended", "completed", "cancelled"]
NO_SUCH_INSTANCE = "Ärendet finns inte."


@dataclass(frozen=True)
class InstanceSearch:
    """What to find; None does not narrow."""

    process_key: str | None = None
    business_key: str | None = None
    organisation: str | None = None
    status: InstanceStatus | None = None


def search_instances(
    connection: Connection, person: Person, wanted: InstanceSearch, *, cursor: str | None, limit: int
) -> tuple[list[InstanceRow], str | None]:
    """One page, the newest first, and the cursor of the next page. Raises Invalid (cursor)."""
    columns = process_instance.c
    conditions = [
        column == value
        for column, value in (
            (columns.process_key, wanted.process_key),
            (columns.business_key, wanted.business_key),
            (columns.organisation, wanted.organisation),
            (columns.status, wanted.status),
        )
        if value is not None
    ]
    if not sees_everything(person):
        conditions.append(_visible(person))
    if cursor:
        moment, instance_id = read_cursor(cursor)
        last_shown = tuple_(literal(moment, columns.started_at.type), instance_id)
        conditions.append(tuple_(columns.started_at, columns.id) < last_shown)
    query = _with_deviation().where(*conditions).order_by(columns.started_at.desc(), columns.id.desc())
    titles = load_titles(connection)
    rows = [instance_row(row, titles) for row in connection.execute(query.limit(limit + 1))]
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], write_cursor(rows[limit - 1].started_at, rows[limit - 1].id)


def get_instance(connection: Connection, person: Person, instance_id: str) -> InstanceRow:
    """One instance. Raises NotFound, NotPermitted."""
    return instance_row(_seen(connection, person, instance_id), load_titles(connection))


def get_diagram(connection: Connection, person: Person, instance_id: str) -> Diagram:
    """One instance's model, with where it stands. Raises NotFound, NotPermitted."""
    found = _seen(connection, person, instance_id)
    titles = load_titles(connection)
    tasks = open_tasks(connection, titles, person.id, user_task.c.instance_id == instance_id)
    # The active ones that it has called are needed to mark the call activities in which it waits.
    called = select(process_instance).where(
        process_instance.c.parent_id == instance_id, process_instance.c.status == "active"
    )
    return diagrams(connection, titles, [found, *connection.execute(called)], tasks)[0]


def _seen(connection: Connection, person: Person, instance_id: str) -> Row[Any]:
    row = connection.execute(_with_deviation().where(process_instance.c.id == instance_id)).first()
    if row is None:
        raise NotFound(NO_SUCH_INSTANCE)
    of_deviation = select(deviation).where(deviation.c.instance_id == row.root_id)
    found = connection.execute(of_deviation).first()
    may_see_instance(person, _Concerned.of(found) if found else None).demand()
    return row


def _with_deviation() -> Select[Any]:
    """Instances, joined with the deviation that they handle, if they do."""
    tables = process_instance.outerjoin(deviation, deviation.c.instance_id == process_instance.c.root_id)
    return select(process_instance).select_from(tables)


def _visible(person: Person) -> ColumnElement[bool]:
    """`engine.authorisation.may_see_instance` as a condition."""
    return or_(deviation.c.key.is_(None), visible_to(person))


@dataclass(frozen=True)
class _Concerned:
    """What the rules look at in a deviation."""

    organisation: str | None
    receiving_organisation: str | None
    principals: list[str]
    reported_by: str

    @classmethod
    def of(cls, row: Row[Any]) -> "_Concerned":
        return cls(row.organisation, row.receiving_organisation, row.principals or [], row.reported_by)
