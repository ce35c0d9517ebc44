"""The log of what administrators do outside any process instance: who, when, what, before and after."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert

from engine.database.workplace_tables import administration_event
from engine.people import Person
from engine.work import SYSTEM


def note(connection: Connection, now: datetime, person: Person, kind: str, subject: str, **data: Any) -> None:
    """Append what `person` did (`kind`, see `engine.queries.administration.KINDS`) to whom or what (`subject`).

    What the command line does, where no person is named, is nobody's: the log calls it so.
    """
    by = None if person.id == SYSTEM else person.id
    row = {"id": uuid4().hex, "at": now, "person_id": by, "kind": kind, "subject": subject, "data": data}
    connection.execute(insert(administration_event).values(row))


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What has changed: {"before": {...}, "after": {...}}, only the fields that differ."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {
        "before": {name: before.get(name) for name in changed},
        "after": {name: after[name] for name in changed},
    }
