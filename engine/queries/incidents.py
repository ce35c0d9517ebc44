"""Incidents as frozen rows: what failed, where, with which data, how often, and when it is tried again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.authorisation import may_operate
from engine.database.tables import incident, process_instance
from engine.definitions import definition_by_id
from engine.people import Person


@dataclass(frozen=True)
class IncidentRow:
    """One thing that fails. `retry_at` is none when it waits for a person."""

    id: str
    kind: str  # timer, message, task
    instance_id: str
    process_key: str
    business_key: str
    element_id: str | None
    element_name: str | None  # as drawn in the model, Swedish; none when the instance has left the model that had it
    reason: str
    data: dict[str, Any]
    attempts: int
    created_at: datetime
    last_at: datetime
    retry_at: datetime | None
    resolved_at: datetime | None
    resolution: str | None


def list_incidents(
    connection: Connection, person: Person, *, instance_id: str | None = None, resolved: bool = False, limit: int = 200
) -> list[IncidentRow]:
    """Incidents, the newest failure first: the open ones, or (`resolved`) all. Raises NotPermitted."""
    may_operate(person).demand()
    columns = [incident.c[name] for name in IncidentRow.__dataclass_fields__ if name in incident.c]
    query = (
        select(
            *columns, process_instance.c.process_key, process_instance.c.business_key, process_instance.c.definition_id
        )
        .join(process_instance, process_instance.c.id == incident.c.instance_id)
        .order_by(incident.c.last_at.desc(), incident.c.id)
        .limit(limit)
    )
    if instance_id is not None:
        query = query.where(incident.c.instance_id == instance_id)
    if not resolved:
        query = query.where(incident.c.resolved_at.is_(None))
    return [_row(connection, dict(row._mapping)) for row in connection.execute(query).all()]


def _row(connection: Connection, found: dict[str, Any]) -> IncidentRow:
    model = definition_by_id(connection, found.pop("definition_id")).model
    element = model.elements.get(found["element_id"])
    return IncidentRow(**found, element_name=element.name or None if element is not None else None)
