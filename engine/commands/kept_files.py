"""What holds for every file that is kept, whatever it is put with: its name, its type, how many and how large."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, func, insert, select

from engine import file_types
from engine.database.workplace_tables import attachment, attachment_content
from engine.errors import FieldError, Invalid, InvalidForm
from engine.forms import holds_identity_number, is_storable
from engine.people import Person

MAX_FILES = 20
MAX_TOTAL_BYTES = 100 * 1024 * 1024
_LONGEST_NAME = 150

TOO_MANY = f"Det finns redan {MAX_FILES} filer. Ta bort någon innan du lägger till fler."
TOO_MUCH = "Filerna blir tillsammans större än 100 MB. Ta bort någon, eller spara dem mindre."
NO_FILES_ASKED = "Frågan tar inte emot filer."
NAMELESS = "Filen saknar namn. Ge den ett namn som säger vad den innehåller."
TELLING_NAME = "Filens namn innehåller något som ser ut som ett personnummer. Byt namn på filen och försök igen."
_UNFIT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class SentFile:
    """A file as it came. `field` is the question of the form that it answers, None beside the form."""

    name: str
    content: bytes
    field: str | None = None


@dataclass(frozen=True)
class NewFile:
    """A file that may be kept, and is not yet; `size` is in bytes."""

    id: str
    name: str
    field: str | None
    media_type: str
    size: int
    sha256: str
    content: bytes


def keep_file(
    connection: Connection,
    now: datetime,
    person: Person,
    name: str,
    content: bytes,
    beside: tuple[ColumnElement[bool], ...],
    field: str | None = None,
    **belongs: Any,
) -> str:
    """Keep a file that `belongs` where these columns say, together with the files `beside` it. Returns its id.

    Raises Invalid (name, kind, size or number).
    """
    new = looked_at(SentFile(name, content, field))
    kept: Any = connection.execute(
        select(func.count(), func.coalesce(func.sum(attachment.c.size), 0)).where(*beside)
    ).one()
    _demand_room(kept[0] + 1, kept[1] + new.size)
    write(connection, now, person.id, new, **belongs)
    return new.id


def looked_at(file: SentFile) -> NewFile:
    """The file with its proper name and type. Raises Invalid."""
    name = file_name(file.name)
    media_type = file_types.media_type(name, file.content)
    digest = hashlib.sha256(file.content).hexdigest()
    return NewFile(uuid4().hex, name, file.field, media_type, len(file.content), digest, file.content)


def all_looked_at(files: Sequence[SentFile], asked: Sequence[str]) -> list[NewFile]:
    """Every file, when each may be kept and answers one of the questions `asked` for files, or none.

    Raises InvalidForm with an error by file: `attachments.0` is the first.
    """
    found, errors = [], []
    for number, file in enumerate(files):
        try:
            _demand_asked(file.field, asked)
            found.append(looked_at(file))
            _demand_room(len(found), sum(each.size for each in found))
        except Invalid as error:
            errors.append(FieldError(f"attachments.{number}", str(error)))
    if errors:
        raise InvalidForm(errors)
    return found


def write(connection: Connection, now: datetime, person_id: str, new: NewFile, **belongs: Any) -> None:
    """Write a new file down as the person's; it `belongs` where these columns say."""
    known = {name: value for name, value in vars(new).items() if name != "content"}
    connection.execute(insert(attachment).values(**known, person_id=person_id, added_at=now, **belongs))
    connection.execute(insert(attachment_content).values(attachment_id=new.id, content=new.content))


def file_name(given: str) -> str:
    """The name without folders and signs that systems stumble on. Raises Invalid."""
    name = _UNFIT_IN_NAMES.sub("", PurePosixPath(given.replace("\\", "/")).name).strip(" .")
    if not name or not is_storable(name):
        raise Invalid(NAMELESS)
    if holds_identity_number(name):
        raise Invalid(TELLING_NAME)
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(ending)]}{dot}{ending}" if len(name) > _LONGEST_NAME else name


def _demand_asked(field: str | None, asked: Sequence[str]) -> None:
    if field is not None and field not in asked:
        raise Invalid(NO_FILES_ASKED)


def _demand_room(number: int, size: int) -> None:
    if number > MAX_FILES:
        raise Invalid(TOO_MANY)
    if size > MAX_TOTAL_BYTES:
        raise Invalid(TOO_MUCH)
