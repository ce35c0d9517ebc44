"""What stands in the calendar: deadlines of one's tasks, planned reviews, meetings, and the agreements' own days."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, takewhile
from typing import Literal, Protocol

from sqlalchemy import Connection, select

from engine.alphabet import swedish_order
from engine.bpmn.moments import add_duration_to_date
from engine.clock import local_date
from engine.database.workplace_tables import calendar_feed
from engine.errors import NotFound
from engine.packs import Pack
from engine.people import Person, get_person
from engine.queries.meetings import list_meetings
from engine.queries.rows import StatusPicture
from engine.queries.status import status_picture
from engine.queries.task_rows import TaskFilter, TaskRow
from engine.queries.tasks import list_tasks
from engine.queries.titles import Titles, load_titles

Kind = Literal["deadline", "review", "meeting", "papers", "revision", "expiry"]
_MOST_TASKS = 500


@dataclass(frozen=True)
class CalendarDay:
    """Something on one day in Stockholm. `id` is the same each time it is asked for.

    `subject` is a task's title or a body's name, in Swedish; `organisation` is None for the whole county.
    """

    id: str
    kind: Kind
    day: date
    subject: tuple[str, ...]
    organisation: str | None
    organisation_name: str
    link: str | None


class HasTerms(Protocol):
    """An agreement as far as its own days go."""

    @property
    def agreement_key(self) -> str | None: ...
    @property
    def organisation(self) -> str: ...
    @property
    def organisation_name(self) -> str: ...
    @property
    def in_force_on(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


def hash_of(secret: str) -> str:
    """What is stored of an address. No salt and no slow hash: the secret is 256 random bits, as an access token's."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def feed_owner(connection: Connection, secret: str) -> Person | None:
    """Whose calendar address this is; None when it is unknown or withdrawn, or the person has left."""
    live = (calendar_feed.c.secret_hash == hash_of(secret), calendar_feed.c.revoked_at.is_(None))
    person_id = connection.execute(select(calendar_feed.c.person_id).where(*live)).scalar()
    try:
        return get_person(connection, person_id) if person_id else None
    except NotFound:
        return None


def feed_since(connection: Connection, person_id: str) -> datetime | None:
    """When the person's present address was made; None when there is none."""
    live = (calendar_feed.c.person_id == person_id, calendar_feed.c.revoked_at.is_(None))
    return connection.execute(select(calendar_feed.c.created_at).where(*live)).scalar()


def own_deadlines(
    connection: Connection, person: Person, now: datetime, first: date, last: date
) -> Iterator[CalendarDay]:
    """When the tasks are due that are the person's, or free for one of the person's roles."""
    tasks = list_tasks(connection, person, now, TaskFilter(scope="mine"), limit=_MOST_TASKS).items
    for task in tasks:
        day = local_date(task.due_at)
        if first <= day <= last:
            yield task_day(task, day)


def task_day(task: TaskRow, day: date) -> CalendarDay:
    """A task's deadline, on its day in Stockholm."""
    subject = tuple(part for part in (task.name, task.item_title) if part)
    place = (task.organisation, task.organisation_name)
    return CalendarDay(f"task-{task.id}", "deadline", day, subject, *place, f"/uppgifter/{task.id}")


def common_days(
    connection: Connection, now: datetime, first: date, last: date, organisations: Collection[str] | None = None
) -> list[CalendarDay]:
    """Reviews, meetings, revision and last days; of these organisations and of the county, or with None of all."""
    titles = load_titles(connection)
    found = list(_meetings(connection, titles, first, last, organisations))
    for pack in titles.packs.values():
        picture = status_picture(connection, pack.key, now)
        found += _county(picture, first, last)
        for row in picture.rows:
            if organisations is None or row.organisation in organisations:
                found += agreement_days(pack, row, first, last)
    return sorted(found, key=lambda one: (one.day, one.kind, swedish_order(one.organisation_name), one.id))


def _meetings(
    connection: Connection, titles: Titles, first: date, last: date, organisations: Collection[str] | None
) -> Iterator[CalendarDay]:
    for row in list_meetings(connection, first, last, organisations, titles):
        place = (row.organisation, row.organisation_name)
        yield CalendarDay(f"meeting-{row.id}", "meeting", row.held_on, (row.body,), *place, None)
        if row.papers_by is not None and first <= row.papers_by <= last:
            yield CalendarDay(f"papers-{row.id}", "papers", row.papers_by, (row.body,), *place, None)


def _county(picture: StatusPicture, first: date, last: date) -> Iterator[CalendarDay]:
    """The regional agreement's own days."""
    key = picture.regional.key if picture.regional else picture.pack.agreement_key
    link = f"/overenskommelser/{key}" if picture.regional else None
    revision = picture.pack.parameters.get("revision_due")
    expiry = picture.regional.valid_to if picture.regional else picture.pack.valid_to
    for kind, day in (("revision", revision), ("expiry", expiry)):
        if isinstance(day, date) and first <= day <= last:
            yield CalendarDay(f"{kind}-{key}", kind, day, (), None, "", link)  # type: ignore[arg-type]


def agreement_days(pack: Pack, row: HasTerms, first: date, last: date) -> Iterator[CalendarDay]:
    """An agreement's yearly reviews and its last day; none before it is in force."""
    if row.in_force_on is None:
        return
    place = (row.organisation, row.organisation_name)
    link = f"/overenskommelser/{row.agreement_key}" if row.agreement_key else None
    interval = pack.parameters.get("review_interval")
    for day in _yearly(row.in_force_on, str(interval), last, row.valid_to) if interval else ():
        if day >= first:
            yield CalendarDay(f"review-{row.organisation}-{day}", "review", day, (), *place, link)
    if row.valid_to and first <= row.valid_to <= last:
        yield CalendarDay(f"expiry-{row.organisation}-{row.valid_to}", "expiry", row.valid_to, (), *place, link)


def _yearly(start: date, interval: str, last: date, valid_to: date | None) -> Iterator[date]:
    until = min(last, valid_to) if valid_to else last
    return takewhile(lambda day: day <= until, (add_duration_to_date(start, interval, n) for n in count(1)))
