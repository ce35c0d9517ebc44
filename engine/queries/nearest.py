"""What is next in somebody's calendar, out of the statement that every page begins with: meetings and set days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, or_, select

from engine.authorisation import sees_everything
from engine.bpmn.moments import add_duration_to_date
from engine.database.register_tables import agreement
from engine.database.workplace_tables import meeting
from engine.people import Person
from engine.queries.calendar import CalendarDay, agreement_days
from engine.queries.pieces import Pieces, piece
from engine.queries.status_facts import BINDING
from engine.queries.titles import Titles

AHEAD = "P1Y"
_MOST_MEETINGS = 8


@dataclass(frozen=True)
class Terms:
    """What an agreement that binds its parties says of its own days."""

    agreement_key: str
    organisation: str
    organisation_name: str
    in_force_on: date | None
    valid_to: date | None


def nearest_pieces(person: Person, today: date) -> list[Select[Any]]:
    """The next meetings of the person's organisations, and the agreements of these and of the county."""
    first = select(meeting).where(meeting.c.removed_at.is_(None), meeting.c.held_on >= today)
    binding = piece(
        "binding",
        agreement.c.key,
        agreement.c.organisation,
        agreement.c.pack_key,
        agreement.c.in_force_on,
        agreement.c.valid_to,
    ).where(agreement.c.status.in_(sorted(BINDING)), agreement.c.ended_at.is_(None))
    if not sees_everything(person):
        codes = sorted(person.organisations)
        first = first.where(meeting.c.organisation.in_(codes))
        binding = binding.where(or_(agreement.c.organisation.in_(codes), agreement.c.organisation.is_(None)))
    rows = first.order_by(meeting.c.held_on, meeting.c.id).limit(_MOST_MEETINGS).subquery("first_meetings")
    meetings = piece("meeting", rows.c.id, rows.c.organisation, rows.c.body, rows.c.held_on, rows.c.papers_by)
    return [meetings, binding]


def nearest_days(found: Pieces, titles: Titles, today: date) -> list[CalendarDay]:
    """From today and a year ahead, soonest first."""
    last = add_duration_to_date(today, AHEAD)
    days = [*_meetings(found["meeting"], titles), *_of_agreements(found["binding"], titles, today, last)]
    for pack in titles.packs.values():
        revision = pack.parameters.get("revision_due")
        if isinstance(revision, date):
            days.append(CalendarDay(f"revision-{pack.key}", "revision", revision, (), None, "", None))
    return sorted((one for one in days if today <= one.day <= last), key=lambda one: (one.day, one.kind, one.id))


def _meetings(rows: list[Row[Any]], titles: Titles) -> Iterator[CalendarDay]:
    for row in rows:
        place = (row.two, titles.organisation(row.two))
        yield CalendarDay(f"meeting-{row.one}", "meeting", _day(row.four), (row.three,), *place, None)
        if row.five:
            yield CalendarDay(f"papers-{row.one}", "papers", _day(row.five), (row.three,), *place, None)


def _of_agreements(rows: list[Row[Any]], titles: Titles, first: date, last: date) -> Iterator[CalendarDay]:
    for row in rows:
        pack, valid_to = titles.packs.get(row.three), _day(row.five) if row.five else None
        if row.two is None and valid_to is not None:
            yield CalendarDay(f"expiry-{row.one}", "expiry", valid_to, (), None, "", f"/overenskommelser/{row.one}")
        elif row.two is not None and pack is not None:
            in_force_on = _day(row.four) if row.four else None
            yield from agreement_days(
                pack, Terms(row.one, row.two, titles.organisation(row.two), in_force_on, valid_to), first, last
            )


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])
