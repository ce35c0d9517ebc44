"""Files that people put with a task, kept in the database; and taken away again before they are handed in."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from engine.authorisation import may_work_task
from engine.commands.kept_files import NO_FILES_ASKED, keep_file
from engine.commands.task_files import file_fields, not_handed_in
from engine.commands.tasks import open_task, submitters
from engine.database.tables import user_task
from engine.database.workplace_tables import attachment, attachment_content
from engine.definitions import definition_by_id
from engine.errors import Invalid, NotFound
from engine.people import Person

GONE = "Filen finns inte."
STAYS = "Filen är inskickad och finns därför kvar."


def add_file(
    connection: Connection,
    now: datetime,
    person: Person,
    task_id: str,
    name: str,
    content: bytes,
    *,
    field: str | None = None,
) -> str:
    """Keep a file with a task, as the answer to `field` or beside the form. Returns its id.

    Raises NotFound, NotPermitted, AlreadyDone, Invalid (name, kind, size or number).
    """
    connection.execute(select(user_task.c.id).where(user_task.c.id == task_id).with_for_update())
    task = open_task(connection, task_id)
    may_work_task(person, task, submitters(connection, task)).demand()
    form = definition_by_id(connection, task.definition_id).form(task.form_key) if task.form_key else {}
    if field is not None and field not in file_fields(form):
        raise Invalid(NO_FILES_ASKED)
    return keep_file(
        connection,
        now,
        person,
        name,
        content,
        not_handed_in(task_id),
        task_id=task_id,
        instance_id=task.instance_id,
        agreement_key=task.agreement_key,
        field=field,
    )


def remove_file(connection: Connection, now: datetime, person: Person, task_id: str, attachment_id: str) -> None:
    """Take a file away again; its content goes at once. Raises NotFound, NotPermitted, AlreadyDone, Invalid."""
    task = open_task(connection, task_id)
    may_work_task(person, task, submitters(connection, task)).demand()
    of_task = (attachment.c.id == attachment_id, attachment.c.task_id == task_id, attachment.c.removed_at.is_(None))
    found = connection.execute(select(attachment.c.submission_id).where(*of_task)).first()
    if found is None:
        raise NotFound(GONE)
    removed = update(attachment).where(*not_handed_in(task_id), attachment.c.id == attachment_id)
    if connection.execute(removed.values(removed_at=now)).rowcount != 1:
        raise Invalid(STAYS)
    connection.execute(delete(attachment_content).where(attachment_content.c.attachment_id == attachment_id))
