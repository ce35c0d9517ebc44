"""What people say to each other beside a task's form; those who are named get a message."""

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, Row, insert, select, update

from engine import mail
from engine.authorisation import may_see_task
from engine.commands.task_mail import task_words
from engine.database.tables import user_task
from engine.database.workplace_tables import comment
from engine.errors import Invalid, NotFound, NotPermitted
from engine.forms import holds_identity_number, is_storable
from engine.people import Person, list_people
from engine.work import Work

LONGEST = 4000
KIND = "mention"

EMPTY = "Skriv något i kommentaren."
TOO_LONG = f"Korta kommentaren. Den får ha högst {LONGEST} tecken."
TELLING = "Ta bort personnumret. Skriv aldrig vem en klient eller patient är i Samflöde."
UNSTORABLE = "Texten innehåller tecken som inte kan sparas."
NO_TASK = "Uppgiften finns inte."
NO_COMMENT = "Kommentaren finns inte."
NOT_YOUR_COMMENT = "Bara den som har skrivit kommentaren kan ta bort den."
CANNOT_SEE = "Den du nämner får inte se uppgiften. Välj någon i listan."


def write_comment(
    connection: Connection, now: datetime, person: Person, task_id: str, text: str, mentions: Iterable[str] = ()
) -> str:
    """Say something beside a task. Returns the comment's id.

    `mentions` are ids of people who are to be told; whoever is named in the text as `@Birgitta B.` is told, too.
    Raises NotFound, NotPermitted, Invalid (empty, too long, an identity number, somebody who may not see the task).
    """
    task = connection.execute(select(user_task).where(user_task.c.id == task_id)).first()
    if task is None:
        raise NotFound(NO_TASK)
    may_see_task(person, task).demand()
    text = text.replace("\r\n", "\n").strip()
    if refusal := _refusal(text):
        raise Invalid(refusal)
    people = {one.id: one for one in list_people(connection) if may_see_task(one, task)}
    if any(mentioned not in people for mentioned in mentions):
        raise Invalid(CANNOT_SEE)
    named = {*mentions, *named_in(text, people.values())} - {person.id}
    comment_id = uuid4().hex
    row = {
        "id": comment_id,
        "task_id": task_id,
        "instance_id": task.instance_id,
        "agreement_key": task.agreement_key,
        "person_id": person.id,
        "text": text,
        "mentions": sorted(named),
        "written_at": now,
    }
    connection.execute(insert(comment).values(row))
    _tell(Work(connection, now, person.id, person.grants), person, task, comment_id, sorted(named))
    return comment_id


def remove_comment(connection: Connection, now: datetime, person: Person, comment_id: str) -> str:
    """Take back what one has said oneself: it is shown as removed. Returns the task's id. Raises NotFound,
    NotPermitted."""
    found = connection.execute(select(comment).where(comment.c.id == comment_id)).first()
    if found is None:
        raise NotFound(NO_COMMENT)
    if found.person_id != person.id:
        raise NotPermitted(NOT_YOUR_COMMENT)
    removed = update(comment).where(comment.c.id == comment_id, comment.c.removed_at.is_(None))
    connection.execute(removed.values(removed_at=now))
    return str(found.task_id)


def named_in(text: str, people: Iterable[Person]) -> set[str]:
    """Who is named in the text by an at sign and the name; the first name alone is enough when only one has it."""
    by_name: dict[str, set[str]] = {}
    for one in people:
        for name in {one.name, one.name.split(" ")[0], one.username}:
            by_name.setdefault(name.casefold(), set()).add(one.id)
    found: set[str] = set()
    for match in re.finditer(r"(?<!\w)@", text):
        after = text[match.end() :].casefold()
        fitting = [name for name in by_name if after.startswith(name) and not after[len(name) :][:1].isalnum()]
        ids = by_name[max(fitting, key=len)] if fitting else set()
        if len(ids) == 1:
            found |= ids
    return found


def _refusal(text: str) -> str | None:
    if not text:
        return EMPTY
    if len(text) > LONGEST:
        return TOO_LONG
    if not is_storable(text):
        return UNSTORABLE
    return TELLING if holds_identity_number(text) else None


def _tell(work: Work, person: Person, task: Row[tuple[object, ...]], comment_id: str, named: list[str]) -> None:
    words: mail.Words = {"name": person.name, "task": task_words(work, task)}
    for receiver in named:
        mail.tell_person(
            work,
            receiver,
            "{name} nämner dig: {task}",
            "{name} har nämnt dig i en kommentar till uppgiften {task}. Läs och svara i Samflöde.",
            f"/uppgifter/{task.id}#kommentar-{comment_id}",
            kind=KIND,
            task_id=task.id,
            words=words,
        )
