"""Fires due timers and sends what lies in the outbox. The only door to APScheduler, which is nothing but its clock.

Any number of workers may run: each timer and each message is taken in a transaction of its own, by whoever gets there
first. Nothing is kept in memory that is not in the database.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger

from engine.clock import utc_now
from engine.commands.timers import due_timers, fire_timer, note_failure
from engine.database import Database
from engine.delivery import deliver_mail
from engine.errors import SamflodeError, Stale, Unavailable
from engine.settings import Settings

TICK_SECONDS = 1.0
_BATCH = 100
_log = logging.getLogger("samflode.worker")


def run(database: Database, settings: Settings) -> None:
    """Work until the process is told to stop."""
    scheduler = _SteadyBlockingScheduler(timezone="UTC")
    _schedule(scheduler, database, settings)
    scheduler.start()


def start_in_background(database: Database, settings: Settings) -> BackgroundScheduler:
    """Work in a thread beside the web server (small installations and the demo). Stop it with `shutdown`."""
    scheduler = _SteadyBackgroundScheduler(timezone="UTC", daemon=True)
    _schedule(scheduler, database, settings)
    scheduler.start()
    return scheduler


def tick(database: Database, settings: Settings, now: datetime) -> int:
    """Fire every timer that is due and send what waits. Returns how many timers were fired."""
    fired = fire_due(database, now)
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


class _Beat(BaseTrigger):
    """A second after the last one, whatever the clock on the wall has done meanwhile.

    APScheduler's own interval counts every beat that a clock set forward has jumped over, one by one.
    """

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        return now if previous is None else now + timedelta(seconds=TICK_SECONDS)


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


def _schedule(scheduler: BlockingScheduler | BackgroundScheduler, database: Database, settings: Settings) -> None:
    def beat() -> None:
        try:
            tick(database, settings, utc_now())
        except Unavailable as error:
            _log.warning("nothing done this time: %s", error)

    scheduler.add_job(beat, _Beat(), coalesce=True, max_instances=1, misfire_grace_time=None)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
