"""What has been written to whom, and what became of it: the outbox as rows for people to read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, func, literal, or_, select, true, tuple_

from engine.database.tables import outbox
from engine.database.tables import person as person_table
from engine.queries.page import Page, read_cursor, write_cursor

_FROM = outbox.outerjoin(person_table, person_table.c.id == outbox.c.person_id)

State = Literal["sent", "kept", "unaddressed", "failed", "waiting"]


@dataclass(frozen=True)
class LetterRow:
    """One message to one person. `sent_to` is another address than the person's own, when mail was redirected."""

    id: str
    person_id: str
    person_name: str
    address: str | None
    sent_to: str | None
    kind: str
    subject: str
    body: str
    link: str | None
    attachment_name: str | None
    created_at: datetime
    sent_at: datetime | None
    state: State
    last_error: str | None


def letters_to(connection: Connection, person_id: str, limit: int = 20) -> list[LetterRow]:
    """The newest messages to a person, the newest first."""
    query = _letters().where(outbox.c.person_id == person_id).limit(limit)
    return [_row(row) for row in connection.execute(query)]


def list_letters(
    connection: Connection, *, search: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[LetterRow]:
    """Messages to everybody, the newest first; `search` in the receiver's name or address and in the subject."""
    columns = (person_table.c.name, outbox.c.address, outbox.c.subject)
    found = or_(*(column.icontains(search, autoescape=True) for column in columns)) if search else true()
    query = _letters().where(found)
    counted = select(func.count()).select_from(_FROM).where(found)
    total = connection.execute(counted).scalar_one()
    if cursor:
        moment, letter_id = read_cursor(cursor)
        there = tuple_(literal(moment, outbox.c.created_at.type), letter_id)
        query = query.where(tuple_(outbox.c.created_at, outbox.c.id) < there)
    rows = [_row(row) for row in connection.execute(query.limit(limit + 1))]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], write_cursor(last.created_at, last.id) if last else None, total)


def _letters() -> Select[Any]:
    # Never the attachment itself: it is large, and a list does not show it.
    columns = [column for column in outbox.c if column.name != "attachment"]
    return (
        select(*columns, person_table.c.name.label("person_name"))
        .select_from(_FROM)
        .order_by(outbox.c.created_at.desc(), outbox.c.id.desc())
    )


def _row(row: Row[Any]) -> LetterRow:
    return LetterRow(
        id=row.id,
        person_id=row.person_id,
        person_name=row.person_name or "",
        address=row.address,
        sent_to=row.sent_to,
        kind=row.kind,
        subject=row.subject,
        body=row.body,
        link=row.link,
        attachment_name=row.attachment_name,
        created_at=row.created_at,
        sent_at=row.sent_at,
        state=_state(row),
        last_error=row.last_error,
    )


def _state(row: Row[Any]) -> State:
    if row.sent_at is not None:
        return "sent"
    if row.address is None:
        return "unaddressed" if row.try_at is None else "kept"
    return "failed" if row.last_error else "waiting"
