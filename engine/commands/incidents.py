"""What failed and could not be done: notes it for operators, tries again ever more seldom, and then waits for a person.

An incident is one row per thing that fails: a timer, a message, or a person's completion of a user task. It says what
failed, where, with which data and how often. It is written in a transaction of its own, since the failed one is undone.
"""

from datetime import datetime

from sqlalchemy import Connection

from engine.people import Person


def retry_incident(connection: Connection, now: datetime, person: Person, incident_id: str, reason: str) -> None:
    """Try again what failed, now that it has been repaired.

    A timer fires, a message is delivered; a person whose completion failed is told that it can be done again. Raises
    NotFound, NotPermitted, Invalid (no reason), Conflict when it is resolved already or the instance is suspended,
    ExecutionFailed when it fails again (nothing is written then; give it to `note_failure`).
    """
    raise NotImplementedError
