"""What somebody has begun to write on a start form: for that person only."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.database.workplace_tables import attachment, start_draft
from engine.people import Person
from engine.queries.attachments import AttachmentRow, read_rows


@dataclass(frozen=True)
class StartDraftRow:
    """The draft as last saved, with its files in the order in which they came."""

    organisation: str | None
    saved_at: datetime
    version: int
    files: tuple[AttachmentRow, ...]
    values: dict[str, Any] = field(repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is lost without it."""
        return not self.files and not any(value not in (None, "", []) for value in self.values.values())


def own_start_draft(connection: Connection, person: Person, pack_key: str, process_key: str) -> StartDraftRow | None:
    """The person's draft of a process, None when there is none."""
    row = connection.execute(
        select(start_draft).where(
            start_draft.c.person_id == person.id,
            start_draft.c.pack_key == pack_key,
            start_draft.c.process_key == process_key,
        )
    ).first()
    if row is None:
        return None
    files = tuple(read_rows(connection, attachment.c.start_draft_id == row.id))
    return StartDraftRow(row.organisation, row.saved_at, row.version, files, dict(row._mapping["values"]))


def begun_processes(connection: Connection, person: Person) -> dict[tuple[str, str], datetime]:
    """(pack key, process key) of what the person has begun to write, with when it was last saved."""
    query = select(start_draft).where(start_draft.c.person_id == person.id)
    return {(row.pack_key, row.process_key): row.saved_at for row in connection.execute(query)}
