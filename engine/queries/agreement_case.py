"""Everything of an agreement's case, for the archive: what was handed in, decided and done, and the files."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, select

from engine.authorisation import may_archive_agreement
from engine.database.register_tables import agreement
from engine.database.tables import person as person_table
from engine.database.tables import submission
from engine.database.workplace_tables import attachment, attachment_content
from engine.errors import NotFound
from engine.people import Person
from engine.queries.agreement_detail import own_instances
from engine.queries.agreements import AgreementRow, agreement_row, with_stage
from engine.queries.decisions import RecordedDecision, list_decisions
from engine.queries.history import EventRow, list_events
from engine.queries.submissions import SubmissionRow, read_submissions
from engine.queries.titles import load_titles

MOST_EVENTS = 100_000


@dataclass(frozen=True)
class CaseFile:
    """A file that was handed in. Its content is read one file at a time: see `read_content`."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime
    person_name: str


@dataclass(frozen=True)
class Case:
    """One agreement's case, the oldest first. Deviations are cases of their own and are not in it."""

    agreement: AgreementRow
    submissions: list[SubmissionRow]
    decisions: list[RecordedDecision]
    events: list[EventRow]
    files: list[CaseFile]


def get_case(connection: Connection, person: Person, key: str) -> Case:
    """Raises `NotFound`, and `NotPermitted` for those who are not one of the parties."""
    row = connection.execute(with_stage().where(agreement.c.key == key)).first()
    if row is None:
        raise NotFound("Överenskommelsen finns inte.")
    may_archive_agreement(person, row.organisation).demand()
    titles = load_titles(connection)
    own = own_instances(key)
    handed_in = read_submissions(connection, titles, submission.c.instance_id.in_(own))
    decisions = list_decisions(connection, person, agreement_key=key)
    events = list_events(connection, agreement_key=key, within=own, limit=MOST_EVENTS)
    return Case(
        agreement=agreement_row(row, titles),
        submissions=handed_in[::-1],
        decisions=[one for one in decisions if one.deviation_key is None][::-1],
        events=events.items[::-1],
        files=list(_files(connection, own)),
    )


def read_content(connection: Connection, file: CaseFile) -> bytes:
    """The file's bytes."""
    query = select(attachment_content.c.content).where(attachment_content.c.attachment_id == file.id)
    return bytes(connection.execute(query).scalar_one())


def _files(connection: Connection, own: Select[tuple[str]]) -> Iterator[CaseFile]:
    columns = attachment.c
    query = (
        select(attachment, person_table.c.name.label("person_name"))
        .outerjoin(person_table, person_table.c.id == columns.person_id)
        .where(columns.instance_id.in_(own), columns.removed_at.is_(None), columns.submission_id.is_not(None))
        .order_by(columns.added_at, columns.id)
    )
    for row in connection.execute(query):
        yield CaseFile(row.id, row.name, row.media_type, row.size, row.sha256, row.added_at, row.person_name or "")
