"""Writes incidents: one open row per thing that fails, however often it does. What to do about them is elsewhere."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from engine.database.tables import incident, process_instance, timer
from engine.errors import ExecutionFailed

MOST_ATTEMPTS = 5  # then a person is needed
_LONGEST_PAUSE = timedelta(days=1)
_LONGEST_REASON = 2000


def retry_at(now: datetime, attempts: int) -> datetime | None:
    """When to try again what has failed so many times: ever later; None when a person is needed."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + min(timedelta(minutes=2**attempts), _LONGEST_PAUSE)


def note(
    connection: Connection,
    now: datetime,
    error: BaseException,
    *,
    kind: str,
    subject: str,
    instance_id: str,
    element_id: str | None,
    attempts: int | None = None,
    again_at: datetime | None = None,
    person_id: str | None = None,
) -> str:
    """A timer, a message or a completion (`subject`) has failed, first or once more. Returns the incident's id.

    `instance_id` and `element_id` are of what set it off; the error may say more exactly where it failed.
    """
    open_row = connection.execute(select(incident.c.id, incident.c.attempts).where(*_open(subject))).first()
    place = _place(connection, error, instance_id)
    for troubled in {place, instance_id}:
        connection.execute(update(process_instance).where(process_instance.c.id == troubled).values(troubled=True))
    values = {
        "instance_id": place,
        "element_id": getattr(error, "element_id", None) or element_id,
        "reason": (str(error) or type(error).__name__)[:_LONGEST_REASON],
        "data": getattr(error, "data", None) or {},
        "person_id": person_id,
        "attempts": attempts or (open_row.attempts + 1 if open_row else 1),
        "last_at": now,
        "retry_at": again_at,
    }
    if open_row is not None:
        connection.execute(update(incident).where(incident.c.id == open_row.id).values(values))
        return str(open_row.id)
    incident_id = uuid4().hex
    values |= {"id": incident_id, "kind": kind, "subject": subject, "created_at": now}
    connection.execute(insert(incident).values(values))
    return incident_id


def resolve(connection: Connection, now: datetime, subject: str, resolution: str, by: str | None = None) -> None:
    """What failed has been done after all, or is not needed any more."""
    values = {"resolved_at": now, "resolved_by": by, "resolution": resolution, "retry_at": None}
    connection.execute(update(incident).where(*_open(subject)).values(values))


def resolve_all(connection: Connection, now: datetime, instance_id: str, resolution: str, by: str | None) -> None:
    """The instance is over."""
    open_here = (incident.c.instance_id == instance_id, incident.c.resolved_at.is_(None))
    values = {"resolved_at": now, "resolved_by": by, "resolution": resolution, "retry_at": None}
    connection.execute(update(incident).where(*open_here).values(values))


def close(connection: Connection, now: datetime, instance_id: str) -> None:
    """The instance has come to its end: what failed on the way, and messages that it was to be given, are past."""
    connection.execute(delete(timer).where(timer.c.instance_id == instance_id, timer.c.kind == "message"))
    resolve_all(connection, now, instance_id, "Ärendet är klart.", None)


def _open(subject: str) -> tuple[ColumnElement[bool], ...]:
    return incident.c.subject == subject, incident.c.resolved_at.is_(None)


def _place(connection: Connection, error: BaseException, instance_id: str) -> str:
    """The innermost instance in which it failed that is still there: what began in the undone transaction is not."""
    inner = error.instance_ids if isinstance(error, ExecutionFailed) else []
    known = set(connection.execute(select(process_instance.c.id).where(process_instance.c.id.in_(inner))).scalars())
    return next((each for each in inner if each in known), instance_id)
