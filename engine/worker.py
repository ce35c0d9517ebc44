"""Fires due timers, writes the scheduled letters and sends what lies in the outbox.

The only door to APScheduler, which is nothing but its clock.
Any number of workers may run: each timer and each message is taken in a transaction of its own, by whoever gets there
first. Nothing is kept in memory that is not in the database.
"""

import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger

from engine import kept_texts
from engine.clock import utc_now
from engine.commands.digests import MakeWorkbook, due_digests, due_workbooks, write_digest, write_workbook
from engine.commands.drafts import clear_old_drafts
from engine.commands.start_drafts import clear_old_start_drafts
from engine.commands.timers import due_timers, fire_timer, note_failure
from engine.database import Database
from engine.delivery import deliver_mail
from engine.errors import SamflodeError, Stale, Unavailable
from engine.heartbeats import Heart, forget_silent
from engine.settings import Settings

TICK_SECONDS = 1.0
TIDY_SECONDS = 60 * 60.0
_BATCH = 100
_LETTERS = 50  # at a tick, so that timers do not wait for a whole county's letters
_log = logging.getLogger("samflode.worker")


def run(database: Database, settings: Settings, make_workbook: MakeWorkbook | None = None) -> None:
    """Work until the process is told to stop. `make_workbook` is for those who have asked for one each month."""
    scheduler = _SteadyBlockingScheduler(timezone="UTC")
    heart = _schedule(scheduler, database, settings, make_workbook)
    try:
        scheduler.start()
    finally:
        with contextlib.suppress(Stale, Unavailable):
            heart.stop(database)


def start_in_background(
    database: Database, settings: Settings, make_workbook: MakeWorkbook | None = None
) -> BackgroundScheduler:
    """Work in a thread beside the web server (small installations and the demo). Stop it with `shutdown`."""
    scheduler = _SteadyBackgroundScheduler(timezone="UTC", daemon=True)
    _schedule(scheduler, database, settings, make_workbook)
    scheduler.start()
    return scheduler


def tick(database: Database, settings: Settings, now: datetime, make_workbook: MakeWorkbook | None = None) -> int:
    """Fire every timer that is due, write the letters of the week and month, and send what waits.

    Returns how many timers were fired.
    """
    fired = fire_due(database, now)
    write_letters(database, settings, now, make_workbook)
    if settings.smtp_url:
        deliver_mail(database, settings, now)
    return fired


def fire_due(database: Database, now: datetime) -> int:
    """Fire what is due, the oldest first. One that fails is noted, put off, and never stops the others."""
    fired = 0
    while True:
        with database.read() as connection:
            ids = due_timers(connection, now, _BATCH)
        fired_now = sum(_fire(database, now, timer_id) for timer_id in ids)
        fired += fired_now
        if len(ids) < _BATCH or not fired_now:
            return fired


def _fire(database: Database, now: datetime, timer_id: str) -> bool:
    try:
        return database.run(lambda connection: fire_timer(connection, now, timer_id)) is not None
    except Unavailable:
        raise  # it is not the timer's fault
    except Stale:
        return False  # somebody else is at it: the next tick looks again
    except Exception as error:  # noqa: BLE001 - whatever a model brings about, the other timers are fired
        _log.warning("timer %s failed: %s", timer_id, error, exc_info=not isinstance(error, SamflodeError))
        failure = error  # the name is gone when the block ends
        database.run(lambda connection: note_failure(connection, now, timer_id, failure))
        return False


def write_letters(
    database: Database, settings: Settings, now: datetime, make_workbook: MakeWorkbook | None = None
) -> int:
    """Write the scheduled letters that are due, some at a time. Returns how many were written."""
    with database.read() as connection:
        weekly = due_digests(connection, now, _LETTERS)
        monthly = due_workbooks(connection, now, _LETTERS) if make_workbook else []
    written = sum(_write(database, now, one, partial(write_digest, base_url=settings.base_url)) for one in weekly)
    if make_workbook:
        written += sum(_write(database, now, one, partial(write_workbook, make=make_workbook)) for one in monthly)
    return written


def _write(database: Database, now: datetime, person_id: str, write: Callable[..., bool]) -> bool:
    try:
        return database.run(lambda connection: write(connection, now, person_id))
    except (Unavailable, Stale):
        return False  # the next tick looks again
    except Exception:  # noqa: BLE001 - nobody's letter waits for another's
        # Tried again at the next tick, as long as the letter is of use.
        _log.exception("the letter to %s could not be written", person_id)
        return False


class _Beat(BaseTrigger):
    """So long after the last one, whatever the clock on the wall has done meanwhile.

    APScheduler's own interval counts every beat that a clock set forward has jumped over, one by one.
    """

    def __init__(self, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        return now if previous is None else now + self._pause


class _SteadyMixin:
    """A clock set back would else leave the next beat in the future, for as long as it was set back."""

    _seen: datetime | None = None

    def _process_jobs(self) -> Any:
        now = utc_now()
        if self._seen is not None and now < self._seen:
            for job in self.get_jobs():  # type: ignore[attr-defined]
                job.modify(next_run_time=now)
        self._seen = now
        return super()._process_jobs()  # type: ignore[misc]


class _SteadyBlockingScheduler(_SteadyMixin, BlockingScheduler):
    pass


class _SteadyBackgroundScheduler(_SteadyMixin, BackgroundScheduler):
    pass


def _schedule(
    scheduler: BlockingScheduler | BackgroundScheduler,
    database: Database,
    settings: Settings,
    make_workbook: MakeWorkbook | None,
) -> Heart:
    heart = Heart(utc_now())

    def beat() -> None:
        try:
            heart.beat(database, utc_now())
            tick(database, settings, utc_now(), make_workbook)
            heart.beat(database, utc_now())  # it may have been a long round
        except Unavailable as error:
            _log.warning("nothing done this time: %s", error)

    def tidy() -> None:
        try:
            database.run(lambda connection: clear_old_drafts(connection, utc_now()))
            database.run(lambda connection: clear_old_start_drafts(connection, utc_now()))
            database.run(lambda connection: kept_texts.clear_old(connection, utc_now()))
            database.run(lambda connection: forget_silent(connection, utc_now()))
        except (Stale, Unavailable) as error:
            _log.warning("old drafts are still there: %s", error)

    scheduler.add_job(tidy, _Beat(TIDY_SECONDS), coalesce=True, max_instances=1, misfire_grace_time=None)
    scheduler.add_job(beat, _Beat(TICK_SECONDS), coalesce=True, max_instances=1, misfire_grace_time=None)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    return heart
