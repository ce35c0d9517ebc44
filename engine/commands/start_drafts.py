"""What somebody has begun to write on a start form, with its files: kept until it is handed in, or too old.

Each person has one for each process. Nothing has started yet, so nobody else sees it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from engine.authorisation import may_draft_start
from engine.commands import kept_files
from engine.commands.drafts import CHANGED, SavedDraft
from engine.commands.kept_files import NO_FILES_ASKED, NewFile, SentFile, keep_file
from engine.commands.task_files import file_fields
from engine.database.workplace_tables import attachment, attachment_content, start_draft
from engine.definitions import latest_definition
from engine.errors import Conflict, Invalid, InvalidForm, NotFound
from engine.forms import validate_draft
from engine.packs import current_pack
from engine.people import Person
from engine.work import Instance, Work

# So long what was never handed in is kept, counted from when it was last saved.
KEPT_FOR = timedelta(days=30)
GONE = "Filen finns inte."


class StartDraftChanged(Conflict):
    """The person's draft is another than the one that this page began with; nothing has been written."""

    def __init__(self) -> None:
        super().__init__(CHANGED)


@dataclass(frozen=True)
class Along:
    """What goes along when it starts: the draft's files and those just sent, for `bind` when there is a submission."""

    draft_id: str | None
    files: Sequence[Row[Any] | NewFile] = ()


def save_start_draft(
    connection: Connection,
    now: datetime,
    person: Person,
    pack_key: str,
    process_key: str,
    values: dict[str, Any],
    *,
    organisation: str | None = None,
    version: int | None = None,
) -> SavedDraft:
    """Keep what the person has written so far on a start form, however incomplete.

    `version` is the draft's that the page began with, 0 when there was none; None replaces whatever is there. Raises
    NotFound, NotPermitted, InvalidForm (what may not be kept at all), StartDraftChanged.
    """
    form = _form(connection, person, pack_key, process_key)
    if errors := validate_draft(form, values):
        raise InvalidForm(errors)
    found = _find(connection, person, pack_key, process_key)
    if found is None:
        _begin(connection, now, person, pack_key, process_key, values, organisation)
        return SavedDraft(now, 1)
    if (found._mapping["values"], found.organisation) == (values, organisation):
        return SavedDraft(found.saved_at, found.version)
    if version is not None and version != found.version:
        raise StartDraftChanged
    newer = {"values": values, "organisation": organisation, "saved_at": now, "version": found.version + 1}
    connection.execute(update(start_draft).where(start_draft.c.id == found.id).values(newer))
    return SavedDraft(now, found.version + 1)


def add_start_file(
    connection: Connection,
    now: datetime,
    person: Person,
    pack_key: str,
    process_key: str,
    name: str,
    content: bytes,
    *,
    field: str | None = None,
) -> str:
    """Keep a file with the person's draft, as the answer to `field` or beside the form. Returns its id.

    Raises NotFound, NotPermitted, Invalid (name, kind, size or number).
    """
    form = _form(connection, person, pack_key, process_key)
    if not form or (field is not None and field not in file_fields(form)):
        raise Invalid(NO_FILES_ASKED)
    found = _find(connection, person, pack_key, process_key)
    draft_id = found.id if found else _begin(connection, now, person, pack_key, process_key, {}, None)
    kept = keep_file(connection, now, person, name, content, _of(draft_id), start_draft_id=draft_id, field=field)
    # Other windows have not seen the file: whoever hands in there is asked to look first.
    newer = {"saved_at": now, "version": start_draft.c.version + 1}
    connection.execute(update(start_draft).where(start_draft.c.id == draft_id).values(newer))
    return kept


def remove_start_file(
    connection: Connection, person: Person, pack_key: str, process_key: str, attachment_id: str
) -> None:
    """Take a file away again, as if it had never been there. Raises NotFound."""
    found = _find(connection, person, pack_key, process_key)
    if found is None or not _remove(connection, *_of(found.id), attachment.c.id == attachment_id):
        raise NotFound(GONE)
    newer = update(start_draft).where(start_draft.c.id == found.id).values(version=start_draft.c.version + 1)
    connection.execute(newer)


def throw_away_start_draft(connection: Connection, person: Person, pack_key: str, process_key: str) -> None:
    """Remove the person's draft with its files, if there is one."""
    found = _find(connection, person, pack_key, process_key)
    if found is not None:
        _throw_away(connection, [found.id])


def throw_away_all_of(connection: Connection, person_id: str) -> None:
    """Remove every start draft of somebody, with its files."""
    query = select(start_draft.c.id).where(start_draft.c.person_id == person_id)
    _throw_away(connection, connection.execute(query).scalars().all())


def clear_old_start_drafts(connection: Connection, now: datetime) -> int:
    """Remove drafts, with their files, that nobody has touched for longer than KEPT_FOR. Returns how many."""
    query = select(start_draft.c.id).where(start_draft.c.saved_at < now - KEPT_FOR).with_for_update()
    old = connection.execute(query).scalars().all()
    _throw_away(connection, old)
    return len(old)


def taken_along(connection: Connection, person: Person, pack_key: str, process_key: str, version: int | None) -> Along:
    """The draft that is now handed in, locked, as the page of `version` showed it. Raises StartDraftChanged.

    `version` None: whoever starts it knows of no draft, and leaves it be.
    """
    if version is None:
        return Along(None)
    found = _find(connection, person, pack_key, process_key)
    if (found.version if found else 0) != version:
        raise StartDraftChanged
    if found is None:
        return Along(None)
    files = select(attachment).where(*_of(found.id)).order_by(attachment.c.added_at, attachment.c.id)
    return Along(found.id, connection.execute(files).all())


def with_sent(along: Along, form: dict[str, Any], files: Sequence[SentFile]) -> Along:
    """With files that come with the start itself. Raises InvalidForm, see `kept_files.all_looked_at`."""
    return replace(along, files=[*along.files, *kept_files.all_looked_at(files, file_fields(form))])


def bind(work: Work, along: Along, instance: Instance, submission_id: str) -> None:
    """From now on the files stay with the submission that started the instance, and the draft is gone."""
    bound = {"instance_id": instance.id, "agreement_key": instance.agreement_key, "submission_id": submission_id}
    for file in along.files:
        if isinstance(file, NewFile):
            kept_files.write(work.connection, work.now, work.actor, file, **bound)
    if along.draft_id is not None:
        of_draft = update(attachment).where(*_of(along.draft_id))
        work.connection.execute(of_draft.values(start_draft_id=None, **bound))
        work.connection.execute(delete(start_draft).where(start_draft.c.id == along.draft_id))


def _form(connection: Connection, person: Person, pack_key: str, process_key: str) -> dict[str, Any]:
    process = current_pack(connection, pack_key).process(process_key)
    if process is None:
        raise NotFound(f"Processen {process_key} finns inte.")
    may_draft_start(person, process).demand()
    definition = latest_definition(connection, pack_key, process_key)
    return definition.form(definition.start_form_key) if definition.start_form_key else {}


def _find(connection: Connection, person: Person, pack_key: str, process_key: str) -> Row[Any] | None:
    """The person's own draft, locked until the transaction ends."""
    mine = (
        start_draft.c.person_id == person.id,
        start_draft.c.pack_key == pack_key,
        start_draft.c.process_key == process_key,
    )
    return connection.execute(select(start_draft).where(*mine).with_for_update()).first()


def _begin(
    connection: Connection,
    now: datetime,
    person: Person,
    pack_key: str,
    process_key: str,
    values: dict[str, Any],
    organisation: str | None,
) -> str:
    row = {
        "id": uuid4().hex,
        "person_id": person.id,
        "pack_key": pack_key,
        "process_key": process_key,
        "organisation": organisation,
        "values": values,
        "saved_at": now,
        "version": 1,
    }
    connection.execute(insert(start_draft).values(row))
    return str(row["id"])


def _of(draft_id: str) -> tuple[ColumnElement[bool], ...]:
    return (attachment.c.start_draft_id == draft_id,)


def _remove(connection: Connection, *which: ColumnElement[bool]) -> int:
    """Nothing refers to a file before the start: its row goes with its content."""
    ids = connection.execute(select(attachment.c.id).where(*which)).scalars().all()
    connection.execute(delete(attachment_content).where(attachment_content.c.attachment_id.in_(ids)))
    return connection.execute(delete(attachment).where(attachment.c.id.in_(ids))).rowcount


def _throw_away(connection: Connection, draft_ids: Sequence[str]) -> None:
    _remove(connection, attachment.c.start_draft_id.in_(draft_ids))
    connection.execute(delete(start_draft).where(start_draft.c.id.in_(draft_ids)))
