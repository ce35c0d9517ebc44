"""When the bodies meet that decide: what is planned, and the next one that a decision can be taken at."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, func, select

from engine.database.workplace_tables import meeting
from engine.queries.titles import Titles, load_titles

STEERING_GROUP = "steering_group"


@dataclass(frozen=True)
class MeetingRow:
    """A meeting of a body. `papers_by` is the last day to hand in what it is to decide, when somebody has said."""

    id: str
    organisation: str
    organisation_name: str
    body: str
    held_on: date
    papers_by: date | None


def list_meetings(
    connection: Connection,
    first: date,
    last: date,
    organisations: Collection[str] | None = None,
    titles: Titles | None = None,
) -> list[MeetingRow]:
    """Meetings from `first` to `last`, in order; in these organisations or, with None, in all."""
    conditions: list[ColumnElement[bool]] = [meeting.c.held_on.between(first, last)]
    if organisations is not None:
        conditions.append(meeting.c.organisation.in_(sorted(organisations)))
    return _meetings(connection, titles or load_titles(connection), *conditions)


def next_meeting(
    connection: Connection, organisation: str, after: date, role: str | None = None, titles: Titles | None = None
) -> MeetingRow | None:
    """The first meeting in an organisation on or after a day; `role` is whose decision it is.

    A municipality's steering group and its political bodies meet apart: a body is a steering group's when its name
    says so.
    """
    conditions = [meeting.c.organisation == organisation, meeting.c.held_on >= after]
    if role is not None:
        of_steering_group = func.lower(meeting.c.body).contains("styrgrupp")
        conditions.append(of_steering_group if role == STEERING_GROUP else ~of_steering_group)
    found = _meetings(connection, titles or load_titles(connection), *conditions, most=1)
    return found[0] if found else None


def next_meetings(connection: Connection, after: date, titles: Titles) -> dict[tuple[str, bool], MeetingRow]:
    """The first meeting of every (organisation, whether it is its steering group's), as `next_meeting`, at once."""
    found: dict[tuple[str, bool], MeetingRow] = {}
    for row in _meetings(connection, titles, meeting.c.held_on >= after):
        found.setdefault((row.organisation, "styrgrupp" in row.body.lower()), row)
    return found


def _meetings(
    connection: Connection, titles: Titles, *conditions: ColumnElement[bool], most: int | None = None
) -> list[MeetingRow]:
    query = (
        select(meeting)
        .where(meeting.c.removed_at.is_(None), *conditions)
        .order_by(meeting.c.held_on, meeting.c.organisation, meeting.c.id)
        .limit(most)
    )
    return [
        MeetingRow(
            id=row.id,
            organisation=row.organisation,
            organisation_name=titles.organisation(row.organisation),
            body=row.body,
            held_on=row.held_on,
            papers_by=row.papers_by,
        )
        for row in connection.execute(query)
    ]
