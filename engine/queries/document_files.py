"""The files that belong to an agreement's document: its text as it was handed in, signed copies, annexes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_

from engine.database.tables import submission
from engine.queries.submissions import FILES, SubmissionRow, read_submissions
from engine.queries.titles import Titles

AMENDMENT = "amendment_annex"
_TEXT = "text"  # the register of an agreement's text: a newer one takes the place of an older
_REGISTERS = (_TEXT, "signature")


@dataclass(frozen=True)
class DocumentFile:
    """A file as it was handed in. `about` is the question that it answers, or the form that it came with."""

    id: str
    name: str
    size: int  # bytes
    about: str
    handed_in_at: datetime


def document_files(connection: Connection, titles: Titles, row: Row[Any]) -> tuple[DocumentFile, ...]:
    """Those of a regional agreement, whose text is not written here. What a revision proposes is not yet among them."""
    if row.kind != "regional":
        return ()
    own = (submission.c.instance_id == row.instance_id) & submission.c.register.in_(_REGISTERS)
    about = (submission.c.agreement_key == row.key, or_(own, submission.c.form_key == AMENDMENT))
    found = [one for one in read_submissions(connection, titles, *about) if one.values.get(FILES)]
    newest_text = next((one.id for one in found if one.register == _TEXT), None)
    kept = [one for one in reversed(found) if one.register != _TEXT or one.id == newest_text]
    return tuple(file for one in kept for file in _files(one))


def _files(row: SubmissionRow) -> Iterator[DocumentFile]:
    questions = row.form.get("properties", {})
    for file in row.values[FILES]:
        about = questions.get(file["field"] or "", {}).get("title") or row.form_title
        yield DocumentFile(file["id"], file["name"], file["size"], str(about), row.submitted_at)
