"""Enters and takes away the meetings of the bodies that decide."""

from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from engine.authorisation import may_plan_meetings
from engine.clock import local_date
from engine.database.tables import organisation as organisation_table
from engine.database.workplace_tables import meeting
from engine.errors import FieldError, InvalidForm, NotFound
from engine.forms import holds_identity_number
from engine.people import Person

NO_BODY = "Skriv vilket organ som möts, till exempel Kommunstyrelsen."
NO_DAY = "Skriv dagen för mötet som år-månad-dag, till exempel 2026-11-24."
DAY_HAS_BEEN = "Mötets dag har redan varit. Välj i dag eller senare."
PAPERS_AFTER = "Underlaget behöver lämnas senast den dag då mötet hålls."
NO_SUCH_MEETING = "Mötet finns inte, eller är redan borttaget."
_LONGEST = 200


def add_meeting(
    connection: Connection,
    now: datetime,
    person: Person,
    organisation: str,
    body: str,
    held_on: date | None,
    papers_by: date | None = None,
) -> str:
    """Enter a meeting and return its id. Raises NotFound, NotPermitted, InvalidForm with an error by field."""
    known = select(organisation_table.c.code).where(organisation_table.c.code == organisation)
    if connection.execute(known).first() is None:
        raise NotFound("Organisationen finns inte.")
    may_plan_meetings(person, organisation).demand()
    body = " ".join(body.split())
    errors = list(_errors(now, body, held_on, papers_by))
    if errors or held_on is None:
        raise InvalidForm(errors)
    row = {
        "id": uuid4().hex,
        "organisation": organisation,
        "body": body,
        "held_on": held_on,
        "papers_by": papers_by,
        "created_by": person.id,
        "created_at": now,
    }
    connection.execute(insert(meeting).values(row))
    return str(row["id"])


def remove_meeting(connection: Connection, now: datetime, person: Person, meeting_id: str) -> None:
    """Take a meeting away. Raises NotFound, NotPermitted."""
    there = (meeting.c.id == meeting_id, meeting.c.removed_at.is_(None))
    organisation = connection.execute(select(meeting.c.organisation).where(*there)).scalar()
    if organisation is None:
        raise NotFound(NO_SUCH_MEETING)
    may_plan_meetings(person, organisation).demand()
    connection.execute(update(meeting).where(*there).values(removed_at=now))


def _errors(now: datetime, body: str, held_on: date | None, papers_by: date | None) -> list[FieldError]:
    errors = []
    if not body or len(body) > _LONGEST or holds_identity_number(body):
        errors.append(FieldError("body", NO_BODY))
    if held_on is None:
        errors.append(FieldError("held_on", NO_DAY))
    elif held_on < local_date(now):
        errors.append(FieldError("held_on", DAY_HAS_BEEN))
    if held_on is not None and papers_by is not None and papers_by > held_on:
        errors.append(FieldError("papers_by", PAPERS_AFTER))
    return errors
