"""Faults that readers report from the accessibility statement, signed in or not."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, func, insert, select, update

from engine.authorisation import may_operate
from engine.database.workplace_tables import fault_report
from engine.errors import Conflict, FieldError, InvalidForm, NotFound
from engine.forms import holds_identity_number, is_storable
from engine.people import Person

NOTHING_SAID = "Berätta vad som inte fungerar."
TOO_LONG = "Korta texten. Den får ha högst 4000 tecken."
NOT_STORABLE = "Texten innehåller tecken som inte kan sparas."
IDENTITY = "Ta bort personnumret. Skriv aldrig vem en klient eller patient är i Samflöde."
TOO_MANY = "Många har rapporterat fel den senaste timmen. Försök igen om en stund."
NO_SUCH_REPORT = "Rapporten finns inte, eller är redan hanterad."
_LONGEST = {"text": 4000, "page": 500, "contact": 320}
# Everybody's together: no address of a reader is kept, so a flood is stopped for all, and only here.
_MOST_AN_HOUR = 30


def report_fault(
    connection: Connection, now: datetime, person: Person | None, text: str, page: str = "", contact: str = ""
) -> str:
    """Keep a report and return its id. Raises InvalidForm with an error by field, Conflict when too many come."""
    said = {"text": text.strip(), "page": page.strip(), "contact": contact.strip()}
    errors = [FieldError(name, reason) for name, value in said.items() if (reason := _reason(name, value))]
    if errors:
        raise InvalidForm(errors)
    recent = select(func.count()).where(fault_report.c.reported_at > now - timedelta(hours=1))
    if connection.execute(recent.select_from(fault_report)).scalar_one() >= _MOST_AN_HOUR:
        raise Conflict(TOO_MANY)
    report_id = uuid4().hex
    who = person.id if person else None
    row = {"id": report_id, "reported_at": now, "person_id": who, **{key: value or None for key, value in said.items()}}
    connection.execute(insert(fault_report).values(row))
    return report_id


def handle_fault(connection: Connection, now: datetime, person: Person, report_id: str) -> None:
    """Note that a report has been dealt with. Raises NotPermitted, NotFound."""
    may_operate(person).demand()
    waiting = (fault_report.c.id == report_id, fault_report.c.handled.is_(False))
    done = {"handled": True, "handled_by": person.id, "handled_at": now}
    if connection.execute(update(fault_report).where(*waiting).values(done)).rowcount != 1:
        raise NotFound(NO_SUCH_REPORT)


def _reason(name: str, value: str) -> str | None:
    if name == "text" and not value:
        return NOTHING_SAID
    if not is_storable(value):
        return NOT_STORABLE
    if holds_identity_number(value):
        return IDENTITY
    return TOO_LONG if len(value) > _LONGEST[name] else None
