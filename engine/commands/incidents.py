"""What failed and could not be done: noted for operators, tried again ever more seldom, and at last by a person.

An incident is one row per thing that fails: a timer, a message, or a person's completion of a user task. It says what
failed, where, with which data and how often. It is written in a transaction of its own, since the failed one is undone.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine import mail
from engine.authorisation import may_operate
from engine.commands import effects, incident_rows, instance_rows, timers
from engine.commands.administration import note
from engine.commands.reasons import demand_reason
from engine.database.tables import draft, incident, message, process_instance, timer, user_task
from engine.errors import Attempt, Conflict, ExecutionFailed, NotFound
from engine.history import Log
from engine.people import Person
from engine.work import Instance, Work

UNKNOWN = "Felet finns inte."
RESOLVED = "Felet är redan avhjälpt. Inget har ändrats."
NOT_NEEDED = "Det som misslyckades behövs inte längre."
TOLD = "Den som gjorde uppgiften har fått veta att den kan slutföras."
RETRIED = "En administratör gjorde ett nytt försök."


def note_incident(connection: Connection, now: datetime, error: ExecutionFailed) -> str | None:
    """Note what a person or an operator could not get done. Call it in a transaction of its own, and show the error.

    What somebody wrote in a task becomes their draft. Returns the incident's id; None when there is nothing to note.
    """
    attempt = error.attempt
    if attempt is None:
        return None
    if attempt.kind == "task":
        return _note_completion(connection, now, error, attempt)
    subject = timer.c.task_id if attempt.kind == "message" else timer.c.id
    row = connection.execute(select(timer.c.id).where(subject == attempt.subject)).first()
    if row is not None:
        timers.note_failure(connection, now, row.id, error)
    return connection.execute(
        select(incident.c.id).where(incident.c.subject == attempt.subject, incident.c.resolved_at.is_(None))
    ).scalar()


def retry_incident(connection: Connection, now: datetime, person: Person, incident_id: str, reason: str) -> str:
    """Try again what failed, now that it has been repaired. Returns what was done, as a sentence.

    A timer fires, a message is delivered; a person whose completion failed is told that it can be done again. Raises
    NotFound, NotPermitted, Invalid (no reason), Conflict when it is resolved already or the instance is suspended,
    ExecutionFailed when it fails again: nothing is written then; give it to `note_incident`.
    """
    may_operate(person).demand()
    demand_reason(reason)
    found = connection.execute(select(incident).where(incident.c.id == incident_id)).first()
    if found is None:
        raise NotFound(UNKNOWN)
    work = Work(connection, now, person.id, person.grants)
    instance = instance_rows.load(work, found.instance_id)
    row = connection.execute(select(incident).where(incident.c.id == incident_id)).one()  # as it is, now that we hold
    if row.resolved_at is not None:
        raise Conflict(RESOLVED)
    _log(work, instance, row, reason)
    try:
        resolution = _try_again(work, row)
        effects.drain(work)
    except ExecutionFailed as error:
        error.attempt = Attempt(row.kind, row.subject)
        raise
    incident_rows.resolve(connection, now, row.subject, resolution, person.id)
    return resolution


def _log(work: Work, instance: Instance, row: Any, reason: str) -> None:
    log = Log(work, instance)
    log.add("retried", row.element_id, reason=reason, incident=row.id, failed=row.kind, attempts=row.attempts)
    log.write()
    instance_rows.write_changes(work, instance)


def _try_again(work: Work, row: Any) -> str:
    """Do once more what the incident is about. Returns how it was resolved."""
    if row.kind == "task":
        return _tell(work, row)
    subject = timer.c.task_id if row.kind == "message" else timer.c.id
    waiting = work.connection.execute(select(timer).where(subject == row.subject)).first()
    if waiting is None:
        return _deliver(work, row) if row.kind == "message" else NOT_NEEDED
    instance_rows.demand_active(instance_rows.load(work, waiting.instance_id))
    work.connection.execute(timer.delete().where(timer.c.id == waiting.id))
    timers.act(work, waiting)
    return RETRIED


def _deliver(work: Work, row: Any) -> str:
    known = select(message.c.id).where(message.c.id == row.subject, message.c.delivered_at.is_(None))
    if work.connection.execute(known).first() is None:
        return NOT_NEEDED
    effects.deliver_again(work, row.subject)
    return RETRIED


def _tell(work: Work, row: Any) -> str:
    """Only the person can complete the task: what they wrote is theirs to hand in."""
    task = work.connection.execute(
        select(user_task).where(user_task.c.id == row.subject, user_task.c.state == "open")
    ).first()
    if task is None:
        return NOT_NEEDED
    work.connection.execute(update(user_task).where(user_task.c.id == task.id).values(failed_at=None))
    if row.person_id:
        subject = "Nu går det att slutföra: {task}"
        body = "Felet som hindrade dig är avhjälpt. Det du skrev finns kvar som utkast: öppna uppgiften och lämna in."
        link, words = f"/uppgifter/{task.id}", {"task": task.name}
        mail.tell_person(work, row.person_id, subject, body, link, kind="handover", task_id=task.id, words=words)
    return TOLD


def _note_completion(connection: Connection, now: datetime, error: ExecutionFailed, attempt: Attempt) -> str | None:
    still_open = (user_task.c.id == attempt.subject, user_task.c.state == "open")
    task = connection.execute(select(user_task).where(*still_open)).first()
    if task is None:
        return None
    connection.execute(update(user_task).where(*still_open).values(failed_at=now))
    _keep_draft(connection, now, attempt)
    return incident_rows.note(
        connection,
        now,
        error.__cause__ or error,
        kind="task",
        subject=task.id,
        instance_id=task.instance_id,
        element_id=task.element_id,
        person_id=attempt.person_id,
    )


def _keep_draft(connection: Connection, now: datetime, attempt: Attempt) -> None:
    mine = (draft.c.task_id == attempt.subject, draft.c.person_id == attempt.person_id)
    kept = {"values": attempt.values, "saved_at": now}
    if connection.execute(update(draft).where(*mine).values(version=draft.c.version + 1, **kept)).rowcount == 0:
        row = {"task_id": attempt.subject, "person_id": attempt.person_id, **kept}
        connection.execute(insert(draft).values(row))


def resolve_incident(connection: Connection, now: datetime, person: Person, incident_id: str, reason: str) -> None:
    """Close an incident without trying again: what failed was seen to in another way, or is not needed.

    Raises NotFound, NotPermitted, Invalid (no reason), Conflict when it is resolved already.
    """
    may_operate(person).demand()
    demand_reason(reason)
    found = connection.execute(select(incident).where(incident.c.id == incident_id)).first()
    if found is None:
        raise NotFound(UNKNOWN)
    still_open = (incident.c.id == incident_id, incident.c.resolved_at.is_(None))
    closed = {"resolved_at": now, "resolved_by": person.id, "resolution": reason.strip(), "retry_at": None}
    if connection.execute(update(incident).where(*still_open).values(closed)).rowcount != 1:
        raise Conflict(RESOLVED)
    if found.kind == "task":
        connection.execute(update(user_task).where(user_task.c.id == found.subject).values(failed_at=None))
    named = select(process_instance.c.business_key).where(process_instance.c.id == found.instance_id)
    key = connection.execute(named).scalar_one()
    note(connection, now, person, "incident_resolved", key, after={"reason": reason.strip()})
