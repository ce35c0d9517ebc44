"""A reminder that one person sends about a task that others hold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from engine import mail
from engine.authorisation import may_remind
from engine.clock import local_date
from engine.database.tables import organisation, user_task
from engine.errors import AlreadyDone, Conflict, Invalid, NotFound
from engine.people import Person, get_person, list_people
from engine.work import Work

KIND = "reminder"
SUBJECT = "Påminnelse: {task}"
# By whether it is late.
BODIES = {
    True: "{name} påminner om uppgiften {task}. Den skulle ha varit klar {due}. "
    "Öppna den i Samflöde när du vill fortsätta.",
    False: "{name} påminner om uppgiften {task}. Den ska vara klar {due}. Öppna den i Samflöde när du vill fortsätta.",
}
DONE = "Uppgiften är redan klar, så det finns inget att påminna om."
REMINDED_TODAY = "En påminnelse om uppgiften har redan gått i väg i dag. Du kan skicka en ny i morgon."
NOBODY = "Ingen har rollen som uppgiften väntar på. Be en administratör ge någon rollen."
ONLY_YOU = "Uppgiften väntar bara på dig själv, så det finns ingen annan att påminna."

_TASK = (
    select(user_task, organisation.c.name.label("organisation_name"))
    .outerjoin(organisation, organisation.c.code == user_task.c.organisation)
    .where(user_task.c.id == bindparam("task_id"))
)
_NOTE = update(user_task).where(
    user_task.c.id == bindparam("sought"),
    user_task.c.state == "open",
    user_task.c.reminded_at.is_not_distinct_from(bindparam("reminded_before")),
)


@dataclass(frozen=True)
class Reminded:
    """Who has been reminded of a task, by name."""

    task_id: str
    names: tuple[str, ...]


def remind_task(connection: Connection, now: datetime, person: Person, task_id: str) -> Reminded:
    """Write a reminder to whoever has taken the task over, else to all who hold its role; at most once a day.

    A day is one in Stockholm, and the reminders that the deadline rules send count too.
    Raises NotFound, NotPermitted, AlreadyDone, Conflict (reminded today), Invalid (nobody to remind).
    """
    task = connection.execute(_TASK, {"task_id": task_id}).first()
    if task is None:
        raise NotFound("Uppgiften finns inte.")
    may_remind(person, task).demand()
    if task.state != "open":
        raise AlreadyDone(DONE)
    if task.reminded_at is not None and local_date(task.reminded_at) == local_date(now):
        raise Conflict(REMINDED_TODAY)
    receivers = _receivers(connection, person, task)
    _note(connection, now, task)
    work = Work(connection, now, person.id, person.grants)
    title = (task.name, task.organisation_name) if task.organisation_name else (task.name,)
    letter: mail.Words = {"task": title, "name": person.name, "due": local_date(task.due_at)}
    for receiver in receivers:
        mail.tell_person(
            work,
            receiver.id,
            SUBJECT,
            BODIES[task.due_at < now],
            f"/uppgifter/{task_id}",
            kind=KIND,
            task_id=task_id,
            words=letter,
        )
    return Reminded(task_id, tuple(receiver.name for receiver in receivers))


def _receivers(connection: Connection, person: Person, task: Any) -> list[Person]:
    """Whoever has the task, else everybody with its role; never the one who reminds. Raises Invalid for nobody."""
    if task.assignee is not None:
        holders = [get_person(connection, task.assignee)]
    else:
        holders = list_people(connection, role=task.role, organisation=task.role_organisation)
    if not holders:
        raise Invalid(NOBODY)
    others = [holder for holder in holders if holder.id != person.id]
    if not others:
        raise Invalid(ONLY_YOU)
    return others


def _note(connection: Connection, now: datetime, task: Any) -> None:
    """Of two who remind at once, one does: the other finds the row changed."""
    known = {"sought": task.id, "reminded_before": task.reminded_at, "reminded_at": now}
    if connection.execute(_NOTE, known).rowcount != 1:
        raise Conflict(REMINDED_TODAY)
