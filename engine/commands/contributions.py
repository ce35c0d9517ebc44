"""Asks a colleague to write some of a task's questions, and takes what they write; it is theirs until they say done."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, insert, select, update

from engine import mail
from engine.authorisation import may_be_asked, may_work_task
from engine.clock import local_date
from engine.commands.drafts import DraftChanged
from engine.commands.task_files import file_fields
from engine.commands.task_mail import task_words
from engine.commands.tasks import open_task, submitters
from engine.database.workplace_tables import contribution
from engine.definitions import definition_by_id
from engine.errors import AlreadyDone, Invalid, InvalidForm, NotFound, NotPermitted
from engine.forms import Circumstances, holds_identity_number, is_storable, part, validate, validate_draft
from engine.people import Person, get_person
from engine.work import Work

KIND = "contribution"
LONGEST_NOTE = 1000

NO_FIELDS = "Välj minst en fråga."
UNKNOWN_FIELDS = "Någon av frågorna finns inte i uppgiften. Ladda om sidan och välj på nytt."
PAST = "Välj en dag som inte redan har varit."
TELLING = "Ta bort personnumret. Skriv aldrig vem en klient eller patient är i Samflöde."
TOO_LONG = f"Korta texten. Den får ha högst {LONGEST_NOTE} tecken."
UNSTORABLE = "Texten innehåller tecken som inte kan sparas."
GONE = "Det som du blev ombedd att skriva finns inte."
NOT_YOURS = "Bara den som blev ombedd att skriva kan göra det."
WITHDRAWN = "Du behöver inte skriva det här längre: den som bad dig har tagit tillbaka sin fråga."
DONE = "Du har redan sagt att du är klar. Be den som frågade om det är något mer som behöver ändras."


def ask_for_contribution(
    connection: Connection,
    now: datetime,
    person: Person,
    task_id: str,
    asked_id: str,
    fields: Iterable[str],
    due_on: date | None = None,
    note: str = "",
) -> str:
    """Ask somebody to write the questions `fields` of a task by a day. Returns the request's id.

    Raises NotFound, NotPermitted, AlreadyDone, Invalid.
    """
    task = open_task(connection, task_id)
    may_work_task(person, task, submitters(connection, task)).demand()
    asked = get_person(connection, asked_id)
    may_be_asked(person, asked, task).demand()
    chosen = list(dict.fromkeys(fields))
    if refusal := _refusal(_form(connection, task), chosen, due_on, local_date(now), note):
        raise Invalid(refusal)
    contribution_id = uuid4().hex
    row: dict[str, Any] = {
        "id": contribution_id,
        "task_id": task_id,
        "person_id": asked_id,
        "fields": chosen,
        "note": note.strip() or None,
        "asked_by": person.id,
        "asked_at": now,
        "due_on": due_on,
        "values": {},
    }
    connection.execute(insert(contribution).values(row))
    work = Work(connection, now, person.id, person.grants)
    words: dict[str, Any] = {"name": person.name, "task": task_words(work, task)}
    body = "{name} vill att du skriver en del av uppgiften {task}. Öppna den i Samflöde."
    if due_on is not None:
        body = "{name} vill att du skriver en del av uppgiften {task}, senast {due}. Öppna den i Samflöde."
        words["due"] = due_on
    link = f"/uppgifter/{task_id}/bidra/{contribution_id}"
    mail.tell_person(
        work, asked_id, "{name} ber dig skriva: {task}", body, link, kind=KIND, task_id=task_id, words=words
    )
    return contribution_id


def save_contribution(
    connection: Connection,
    now: datetime,
    person: Person,
    contribution_id: str,
    values: dict[str, Any],
    *,
    done: bool = False,
    version: str | None = None,
) -> datetime:
    """Keep what somebody has written of what they were asked for; `done` hands it to the one who asked.

    `version` is when what the text began with was saved (ISO 8601, empty for never); None replaces whatever is there.
    Raises NotFound, NotPermitted, AlreadyDone, InvalidForm, DraftChanged (its version is 0).
    """
    found = _found(connection, contribution_id)
    if found.person_id != person.id:
        raise NotPermitted(NOT_YOURS)
    if found.withdrawn_at is not None:
        raise AlreadyDone(WITHDRAWN)
    if found.done_at is not None:
        raise AlreadyDone(DONE)
    task = open_task(connection, found.task_id)
    form = part(_form(connection, task), found.fields)
    work = Work(connection, now, person.id, person.grants)
    at = Circumstances(local_date(now))
    errors = validate(form, values, work.pack(task.pack_key).catalogues, at) if done else validate_draft(form, values)
    if errors:
        raise InvalidForm(errors)
    saved: dict[str, Any] = found._mapping["values"] or {}
    if version is not None and found.saved_at and version != found.saved_at.isoformat() and saved != values:
        raise DraftChanged(saved, found.saved_at, 0)
    kept: dict[str, Any] = {"values": values, "saved_at": now}
    if done:
        kept["done_at"] = now
    connection.execute(update(contribution).where(contribution.c.id == contribution_id).values(kept))
    if done:
        words: mail.Words = {"name": person.name, "task": task_words(work, task)}
        body = "{name} har skrivit det du bad om i uppgiften {task}. Ta in det i ditt utkast."
        link = f"/uppgifter/{task.id}#bidrag"
        mail.tell_person(
            work, found.asked_by, "{name} är klar: {task}", body, link, kind=KIND, task_id=task.id, words=words
        )
    return now


def withdraw_contribution(connection: Connection, now: datetime, person: Person, contribution_id: str) -> str:
    """Take back what was asked for; what has been written stays with whoever wrote it. Returns the task's id."""
    found = _found(connection, contribution_id)
    task = open_task(connection, found.task_id)
    if found.asked_by != person.id:
        may_work_task(person, task, submitters(connection, task)).demand()
    pending = (contribution.c.id == contribution_id, contribution.c.withdrawn_at.is_(None))
    if connection.execute(update(contribution).where(*pending).values(withdrawn_at=now)).rowcount == 1:
        work = Work(connection, now, person.id, person.grants)
        words: mail.Words = {"name": person.name, "task": task_words(work, task)}
        body = (
            "{name} behöver inte längre ditt bidrag till uppgiften {task}. Det du hann skriva kan du fortfarande läsa."
        )
        link = f"/uppgifter/{task.id}/bidra/{contribution_id}"
        subject = "Du behöver inte skriva längre: {task}"
        mail.tell_person(work, found.person_id, subject, body, link, kind=KIND, task_id=task.id, words=words)
    return str(found.task_id)


def _found(connection: Connection, contribution_id: str) -> Row[Any]:
    row = connection.execute(select(contribution).where(contribution.c.id == contribution_id).with_for_update()).first()
    if row is None:
        raise NotFound(GONE)
    return row


def _form(connection: Connection, task: Any) -> dict[str, Any]:
    return definition_by_id(connection, task.definition_id).form(task.form_key) if task.form_key else {}


def _refusal(form: dict[str, Any], chosen: list[str], due_on: date | None, today: date, note: str) -> str | None:
    if not chosen:
        return NO_FIELDS
    if set(chosen) - set(form.get("properties", {})) | set(chosen) & set(file_fields(form)):
        return UNKNOWN_FIELDS
    if due_on is not None and due_on < today:
        return PAST
    if len(note) > LONGEST_NOTE:
        return TOO_LONG
    if not is_storable(note):
        return UNSTORABLE
    return TELLING if holds_identity_number(note) else None
