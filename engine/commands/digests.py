"""Letters by schedule: the weekly one from the task list, and the month's workbook. Once per person and period.

What has been written is in `scheduled_mail`, whose key lets only one of several workers write a letter; the clock may
be set forward and back, and nobody gets the same week's letter again.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.authorisation import sees_everything
from engine.clock import STOCKHOLM, local_date
from engine.commands.preferences import DIGEST, MONTHLY, preferences_of
from engine.database.tables import outbox
from engine.database.tables import person as person_table
from engine.database.workplace_tables import preference, scheduled_mail
from engine.language import day_in_words, say
from engine.letters import News, weekly_letter
from engine.mail import DIGEST_HOUR, digest_moment
from engine.people import Person, get_person
from engine.queries.task_rows import TaskFilter
from engine.queries.tasks import list_tasks
from engine.queries.titles import load_titles

# A worker that was down on Monday morning still writes the letters, but not when the week is soon over.
_WEEKLY_WITHIN, _MONTHLY_WITHIN = timedelta(days=3), timedelta(days=7)
_NEWS_WITHIN = timedelta(days=15)  # what has waited longer, because nothing was sent for weeks, is no news
_MOST_TASKS = 200

# Makes the month's workbook for a person: (name of the file, its content).
MakeWorkbook = Callable[[Connection, Person, datetime], tuple[str, bytes]]


def due_digests(connection: Connection, now: datetime, most: int) -> list[str]:
    """The ids of people whose weekly letter has not been looked at since Monday 08:00 in Stockholm."""
    moment = digest_moment(now)
    if not moment <= now < moment + _WEEKLY_WITHIN:
        return []
    unwritten = (
        select(person_table.c.id)
        .where(person_table.c.active, person_table.c.created_at < moment, ~_written("digest", week_of(now)))
        .order_by(person_table.c.id)
    )
    return list(connection.execute(unwritten.limit(most)).scalars())


def write_digest(connection: Connection, now: datetime, person_id: str, base_url: str) -> bool:
    """Write the week's letter to a person who has something to do or to know. False when there was no need.

    It is noted either way: by whoever comes first.
    """
    if not _note(connection, now, person_id, "digest", week_of(now)):
        return False
    person = get_person(connection, person_id)
    letter = digest_of(connection, now, person, base_url)
    if preferences_of(connection, person_id).get(DIGEST) is False or letter is None:
        return False
    subject, body = letter
    _put(connection, now, person, {"kind": "digest", "subject": subject, "body": body, "link": None})
    kept = _kept(person_id, now)
    connection.execute(update(outbox).where(*kept).values(sent_at=now))
    return True


def digest_of(connection: Connection, now: datetime, person: Person, base_url: str) -> tuple[str, str] | None:
    """Subject and body of the letter as it would be now; None when there is nothing to say."""
    page = list_tasks(connection, person, now, TaskFilter(scope="mine"), limit=_MOST_TASKS)
    kept = connection.execute(
        select(outbox.c.subject, outbox.c.body, outbox.c.link)
        .where(*_kept(person.id, now), outbox.c.created_at > now - _NEWS_WITHIN)
        .order_by(outbox.c.created_at, outbox.c.id)
    )
    news = [News(row.subject, row.body, row.link) for row in kept]
    return weekly_letter(person, now, page.items, news, load_titles(connection), base_url)


def due_workbooks(connection: Connection, now: datetime, most: int) -> list[str]:
    """The ids of those who have asked for the month's workbook and have not got it since the 1st, 08:00."""
    today = local_date(now)
    moment = datetime(today.year, today.month, 1, DIGEST_HOUR, tzinfo=STOCKHOLM).astimezone(UTC)
    if not moment <= now < moment + _MONTHLY_WITHIN:
        return []
    asked = (
        select(preference.c.person_id, preference.c.value)
        .join(person_table, person_table.c.id == preference.c.person_id)
        .where(preference.c.name == MONTHLY, person_table.c.active, ~_written("monthly_status", month_of(now)))
        .order_by(preference.c.person_id)
    )
    return [row.person_id for row in connection.execute(asked.limit(most)) if row.value is True]


def write_workbook(connection: Connection, now: datetime, person_id: str, make: MakeWorkbook) -> bool:
    """Write the month's letter with the workbook, to whoever may still have it."""
    if not _note(connection, now, person_id, "monthly_status", month_of(now)):
        return False
    person = get_person(connection, person_id)
    if not sees_everything(person):
        return False
    name, content = make(connection, person, now)
    day = day_in_words(now, person.locale)
    letter = {
        "kind": "monthly_status",
        "subject": say("Läget i länet {day}", person.locale, day=day),
        "body": say("Här är månadens arbetsbok med läget i länets kommuner, som du har bett om.", person.locale),
        "link": "/lansbild",
        "attachment_name": name,
        "attachment": content,
    }
    _put(connection, now, person, letter)
    return True


def week_of(now: datetime) -> str:
    """`2026-W48`, by the calendar in Stockholm."""
    year, week, _ = local_date(now).isocalendar()
    return f"{year}-W{week:02}"


def month_of(now: datetime) -> str:
    return f"{local_date(now):%Y-%m}"


def _written(kind: str, period: str) -> ColumnElement[bool]:
    return exists().where(
        scheduled_mail.c.person_id == person_table.c.id,
        scheduled_mail.c.kind == kind,
        scheduled_mail.c.period >= period,  # a clock that is set back brings no letter of a week that has been
    )


def _note(connection: Connection, now: datetime, person_id: str, kind: str, period: str) -> bool:
    """False when somebody else has noted it: the key of the table decides who writes."""
    row = {"person_id": person_id, "kind": kind, "period": period, "written_at": now}
    try:
        with connection.begin_nested():
            connection.execute(insert(scheduled_mail).values(row))
    except IntegrityError:
        return False
    return True


def _kept(person_id: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Messages that have been kept for the weekly letter."""
    return (
        outbox.c.person_id == person_id,
        outbox.c.sent_at.is_(None),
        outbox.c.address.is_(None),
        outbox.c.try_at <= now,
    )


def _put(connection: Connection, now: datetime, person: Person, letter: Mapping[str, object]) -> None:
    row = {"id": uuid4().hex, "person_id": person.id, "address": person.email, "created_at": now, **letter}
    connection.execute(insert(outbox).values(row))
