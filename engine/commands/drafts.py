"""Keeps what people have begun to write. Each has a draft of their own; a version tells one's own windows apart."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from engine.authorisation import may_work_task
from engine.commands.tasks import open_task, submitters
from engine.database.tables import draft, user_task
from engine.definitions import definition_by_id
from engine.errors import Conflict, InvalidForm
from engine.forms import validate_draft
from engine.people import Person

# So long a draft that was never handed in can be read by whoever wrote it, counted from the end of the task.
KEPT_FOR = timedelta(days=30)
CHANGED = "Utkastet har ändrats i ett annat fönster sedan du öppnade sidan. Båda texterna finns kvar."


@dataclass(frozen=True)
class SavedDraft:
    """When it was saved, and the version that the next one has to build on."""

    saved_at: datetime
    version: int


class DraftChanged(Conflict):
    """The person's own draft is another than the one that this text began with. `saved` is what is kept now."""

    def __init__(self, saved: dict[str, Any], saved_at: datetime, version: int) -> None:
        super().__init__(CHANGED)
        self.saved = saved
        self.saved_at = saved_at
        self.version = version


def save_draft(
    connection: Connection,
    now: datetime,
    person: Person,
    task_id: str,
    values: dict[str, Any],
    *,
    version: int | None = None,
) -> SavedDraft:
    """Keep what the person has written so far, however incomplete.

    `version` is the draft's that the text began with, 0 when there was none; None replaces whatever is there. Raises
    NotFound, NotPermitted, AlreadyDone, InvalidForm (what may not be kept at all), DraftChanged.
    """
    task = open_task(connection, task_id)
    may_work_task(person, task, submitters(connection, task)).demand()
    form = definition_by_id(connection, task.definition_id).form(task.form_key) if task.form_key else {}
    if errors := validate_draft(form, values):
        raise InvalidForm(errors)
    mine = (draft.c.task_id == task_id, draft.c.person_id == person.id)
    found = connection.execute(select(draft).where(*mine).with_for_update()).first()
    if found is None:
        connection.execute(insert(draft).values(task_id=task_id, person_id=person.id, values=values, saved_at=now))
        return SavedDraft(now, 1)
    saved: dict[str, Any] = found._mapping["values"]
    if saved == values:
        return SavedDraft(found.saved_at, found.version)
    if version is not None and version != found.version:
        raise DraftChanged(saved, found.saved_at, found.version)
    newer = {"values": values, "saved_at": now, "version": found.version + 1}
    connection.execute(update(draft).where(*mine).values(newer))
    return SavedDraft(now, found.version + 1)


def throw_away_draft(connection: Connection, person: Person, task_id: str) -> None:
    """Remove the person's own draft, whether the task is open or not."""
    connection.execute(delete(draft).where(draft.c.task_id == task_id, draft.c.person_id == person.id))


def clear_old_drafts(connection: Connection, now: datetime) -> int:
    """Remove drafts of tasks that have been over for longer than KEPT_FOR. Returns how many."""
    over = select(user_task.c.id).where(user_task.c.state != "open", user_task.c.ended_at < now - KEPT_FOR)
    return connection.execute(delete(draft).where(draft.c.task_id.in_(over))).rowcount
