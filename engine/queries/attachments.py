"""Files of tasks as frozen rows; the content is read one file at a time, by whoever may have it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from engine.authorisation import may_open_start_draft, may_see_task
from engine.database.tables import person as person_table
from engine.database.tables import user_task
from engine.database.workplace_tables import attachment, attachment_content
from engine.errors import NotFound
from engine.people import Person
from engine.queries.instance_search import get_instance

GONE = "Filen finns inte."


@dataclass(frozen=True)
class AttachmentRow:
    """One file. `field` is the question that it answers, None beside the form; `size` is in bytes."""

    id: str
    task_id: str | None  # none for a file of a start form
    instance_id: str | None  # none before the start
    start_draft_id: str | None
    field: str | None
    name: str
    media_type: str
    size: int
    sha256: str
    person_id: str
    person_name: str
    added_at: datetime
    submission_id: str | None


def files_of_task(connection: Connection, task_id: str) -> list[AttachmentRow]:
    """The task's files, in the order in which they came, handed in or not."""
    return read_rows(connection, attachment.c.task_id == task_id)


def count_files(connection: Connection, task_ids: list[str]) -> dict[str, int]:
    """How many files each of the tasks has; tasks without any are left out. One statement."""
    query = select(attachment.c.task_id, func.count()).group_by(attachment.c.task_id)
    kept = query.where(attachment.c.task_id.in_(task_ids), attachment.c.removed_at.is_(None))
    return {row[0]: row[1] for row in connection.execute(kept)}


def read_file(connection: Connection, person: Person, attachment_id: str) -> tuple[AttachmentRow, bytes]:
    """A file with its content. Raises NotFound, NotPermitted.

    Whoever may see the task may have its files. What has been handed in follows the case: an agreement's files are as
    public as the agreement, a deviation's are for those whom it concerns. Before the start there is only its author.
    """
    found = next(iter(read_rows(connection, attachment.c.id == attachment_id)), None)
    if found is None:
        raise NotFound(GONE)
    _demand_sight(connection, person, found)
    content = connection.execute(
        select(attachment_content.c.content).where(attachment_content.c.attachment_id == attachment_id)
    ).scalar_one_or_none()
    if content is None:
        raise NotFound(GONE)
    return found, bytes(content)


def _demand_sight(connection: Connection, person: Person, file: AttachmentRow) -> None:
    if file.instance_id is None:
        may_open_start_draft(person, file.person_id).demand()
        return
    seen = None
    if file.task_id is not None:
        seen = may_see_task(person, connection.execute(select(user_task).where(user_task.c.id == file.task_id)).one())
    if not seen and file.submission_id is not None:
        get_instance(connection, person, file.instance_id)
    elif seen is not None:
        seen.demand()


def read_rows(connection: Connection, *conditions: ColumnElement[bool]) -> list[AttachmentRow]:
    """Files that have not been taken away again, in the order in which they came."""
    columns = [attachment.c[name] for name in AttachmentRow.__dataclass_fields__ if name != "person_name"]
    query = (
        select(*columns, person_table.c.name.label("person_name"))
        .join(person_table, person_table.c.id == attachment.c.person_id)
        .where(attachment.c.removed_at.is_(None), *conditions)
        .order_by(attachment.c.added_at, attachment.c.id)
    )
    return [AttachmentRow(**row._mapping) for row in connection.execute(query)]
