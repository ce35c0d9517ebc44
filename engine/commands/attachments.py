"""Files that people put with a task, kept in the database; and taken away again before they are handed in."""

import hashlib
import re
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, select, update

from engine import file_types
from engine.authorisation import may_work_task
from engine.commands.task_files import file_fields, not_handed_in
from engine.commands.tasks import open_task, submitters
from engine.database.tables import user_task
from engine.database.workplace_tables import attachment, attachment_content
from engine.definitions import definition_by_id
from engine.errors import Invalid, NotFound
from engine.forms import holds_identity_number, is_storable
from engine.people import Person

MAX_FILES = 20
MAX_TOTAL_BYTES = 100 * 1024 * 1024
_LONGEST_NAME = 150

TOO_MANY = f"Uppgiften har redan {MAX_FILES} filer. Ta bort någon innan du lägger till fler."
TOO_MUCH = "Filerna blir tillsammans större än 100 MB. Ta bort någon, eller spara dem mindre."
NAMELESS = "Filen saknar namn. Ge den ett namn som säger vad den innehåller."
TELLING_NAME = "Filens namn innehåller något som ser ut som ett personnummer. Byt namn på filen och försök igen."
GONE = "Filen finns inte."
STAYS = "Filen är inskickad och finns därför kvar."
_UNFIT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*\u202a-\u202e\u2066-\u2069]")


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
        raise Invalid("Frågan tar inte emot filer.")
    kept_name = file_name(name)
    media_type = file_types.media_type(kept_name, content)
    _demand_room(connection, task_id, len(content))
    attachment_id = uuid4().hex
    row = {
        "id": attachment_id,
        "task_id": task_id,
        "instance_id": task.instance_id,
        "agreement_key": task.agreement_key,
        "field": field,
        "name": kept_name,
        "media_type": media_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "person_id": person.id,
        "added_at": now,
    }
    connection.execute(insert(attachment).values(row))
    connection.execute(insert(attachment_content).values(attachment_id=attachment_id, content=content))
    return attachment_id


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


def file_name(given: str) -> str:
    """The name without folders and signs that systems stumble on. Raises Invalid."""
    name = _UNFIT_IN_NAMES.sub("", PurePosixPath(given.replace("\\", "/")).name).strip(" .")
    if not name or not is_storable(name):
        raise Invalid(NAMELESS)
    if holds_identity_number(name):
        raise Invalid(TELLING_NAME)
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(ending)]}{dot}{ending}" if len(name) > _LONGEST_NAME else name


def _demand_room(connection: Connection, task_id: str, size: int) -> None:
    kept: Any = connection.execute(
        select(func.count(), func.coalesce(func.sum(attachment.c.size), 0)).where(*not_handed_in(task_id))
    ).one()
    if kept[0] >= MAX_FILES:
        raise Invalid(TOO_MANY)
    if kept[1] + size > MAX_TOTAL_BYTES:
        raise Invalid(TOO_MUCH)
