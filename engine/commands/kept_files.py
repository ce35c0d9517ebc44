"""What holds for every file that is kept, whatever it is put with: its name, its type, how many and how large."""

import hashlib
import re
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, func, insert, select

from engine import file_types
from engine.database.workplace_tables import attachment, attachment_content
from engine.errors import Invalid
from engine.forms import holds_identity_number, is_storable
from engine.people import Person

MAX_FILES = 20
MAX_TOTAL_BYTES = 100 * 1024 * 1024
_LONGEST_NAME = 150

TOO_MANY = f"Det finns redan {MAX_FILES} filer. Ta bort någon innan du lägger till fler."
TOO_MUCH = "Filerna blir tillsammans större än 100 MB. Ta bort någon, eller spara dem mindre."
NAMELESS = "Filen saknar namn. Ge den ett namn som säger vad den innehåller."
TELLING_NAME = "Filens namn innehåller något som ser ut som ett personnummer. Byt namn på filen och försök igen."
_UNFIT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*\u202a-\u202e\u2066-\u2069]")


def keep_file(
    connection: Connection,
    now: datetime,
    person: Person,
    name: str,
    content: bytes,
    beside: tuple[ColumnElement[bool], ...],
    **belongs: Any,
) -> str:
    """Keep a file that `belongs` where these columns say, together with the files `beside` it. Returns its id.

    Raises Invalid (name, kind, size or number).
    """
    kept_name = file_name(name)
    media_type = file_types.media_type(kept_name, content)
    _demand_room(connection, beside, len(content))
    attachment_id = uuid4().hex
    row = {
        "id": attachment_id,
        "name": kept_name,
        "media_type": media_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "person_id": person.id,
        "added_at": now,
        **belongs,
    }
    connection.execute(insert(attachment).values(row))
    connection.execute(insert(attachment_content).values(attachment_id=attachment_id, content=content))
    return attachment_id


def file_name(given: str) -> str:
    """The name without folders and signs that systems stumble on. Raises Invalid."""
    name = _UNFIT_IN_NAMES.sub("", PurePosixPath(given.replace("\\", "/")).name).strip(" .")
    if not name or not is_storable(name):
        raise Invalid(NAMELESS)
    if holds_identity_number(name):
        raise Invalid(TELLING_NAME)
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(ending)]}{dot}{ending}" if len(name) > _LONGEST_NAME else name


def _demand_room(connection: Connection, beside: tuple[ColumnElement[bool], ...], size: int) -> None:
    kept: Any = connection.execute(
        select(func.count(), func.coalesce(func.sum(attachment.c.size), 0)).where(*beside)
    ).one()
    if kept[0] >= MAX_FILES:
        raise Invalid(TOO_MANY)
    if kept[1] + size > MAX_TOTAL_BYTES:
        raise Invalid(TOO_MUCH)
