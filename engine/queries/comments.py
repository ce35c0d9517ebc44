"""What has been said beside a task, and who can be told of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from engine.authorisation import TaskFacts, may_see_task
from engine.database.tables import person as person_table
from engine.database.workplace_tables import comment
from engine.people import Person, list_people


@dataclass(frozen=True)
class CommentRow:
    """One comment. A removed one has no text; `mentioned` are names."""

    id: str
    person_id: str
    person_name: str
    text: str
    mentioned: tuple[str, ...]
    written_at: datetime
    removed: bool


def comments_of(connection: Connection, task_id: str) -> list[CommentRow]:
    """The comments of a task, the first one first."""
    query = (
        select(comment, person_table.c.name.label("person_name"))
        .join(person_table, person_table.c.id == comment.c.person_id)
        .where(comment.c.task_id == task_id)
        .order_by(comment.c.written_at, comment.c.id)
    )
    rows = connection.execute(query).all()
    ids = {mentioned for row in rows for mentioned in row.mentions}
    names = _names(connection, ids) if ids else {}
    return [
        CommentRow(
            id=row.id,
            person_id=row.person_id,
            person_name=row.person_name,
            text="" if row.removed_at else row.text,
            mentioned=() if row.removed_at else tuple(names[one] for one in row.mentions if one in names),
            written_at=row.written_at,
            removed=row.removed_at is not None,
        )
        for row in rows
    ]


def count_comments(connection: Connection, task_ids: list[str]) -> dict[str, int]:
    """How many comments each of the tasks has; tasks without any are left out. One statement."""
    query = select(comment.c.task_id, func.count()).group_by(comment.c.task_id)
    kept = query.where(comment.c.task_id.in_(task_ids), comment.c.removed_at.is_(None))
    return {row[0]: row[1] for row in connection.execute(kept)}


def people_around(connection: Connection, person: Person, task: TaskFacts) -> list[Person]:
    """Who may see the task, by name, `person` apart: they can be named in a comment."""
    return [one for one in list_people(connection) if one.id != person.id and may_see_task(one, task)]


def _names(connection: Connection, ids: set[str]) -> dict[str, str]:
    query = select(person_table.c.id, person_table.c.name).where(person_table.c.id.in_(ids))
    return {row[0]: row[1] for row in connection.execute(query)}
