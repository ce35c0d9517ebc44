"""Faults that readers have reported from the accessibility statement."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.authorisation import may_operate
from engine.database.tables import person as person_table
from engine.database.workplace_tables import fault_report
from engine.people import Person


@dataclass(frozen=True)
class FaultRow:
    """One report; who wrote it, if they were signed in."""

    id: str
    reported_at: datetime
    page: str | None
    text: str
    contact: str | None
    person_name: str | None
    handled: bool
    handled_at: datetime | None


def list_faults(connection: Connection, person: Person, *, handled: bool = False, limit: int = 200) -> list[FaultRow]:
    """Reports, the latest first: those that wait, or (`handled`) those dealt with. Raises NotPermitted."""
    may_operate(person).demand()
    names = [column for column in FaultRow.__dataclass_fields__ if column != "person_name"]
    query = (
        select(*(fault_report.c[name] for name in names), person_table.c.name.label("person_name"))
        .select_from(fault_report.outerjoin(person_table, person_table.c.id == fault_report.c.person_id))
        .where(fault_report.c.handled.is_(handled))
        .order_by(fault_report.c.reported_at.desc(), fault_report.c.id)
    )
    return [FaultRow(**row._mapping) for row in connection.execute(query.limit(limit))]
