"""Fires due timers and sends what lies in the outbox. The only door to APScheduler, which is nothing but its clock.

Any number of workers may run: each timer and each message is taken in a transaction of its own, by whoever gets there
first. Nothing is kept in memory that is not in the database.
"""

import logging
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.blocking import BlockingScheduler

from engine.clock import utc_now
from engine.commands.timers import due_timers, fire_timer, note_failure
from engine.database import Database
from engine.delivery import deliver_mail
from engine.errors import SamflodeError
from engine.settings import Settings

TICK_SECONDS = 1.0
_BATCH = 100
_log = logging.getLogger("samflode.worker")


def run(database: Database, settings: Settings) -> None:
    """Work until the process is told to stop."""
    scheduler = BlockingScheduler(timezone="UTC")
    _schedule(scheduler, database, settings)
    scheduler.start()


def start_in_background(database: Database, settings: Settings) -> BackgroundScheduler:
    """Work in a thread beside the web server (small installations and the demo). Stop it with `shutdown`."""
    scheduler = BackgroundScheduler(timezone="UTC", daemon=True)
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
        with database.write() as connection:
            return fire_timer(connection, now, timer_id) is not None
    except SamflodeError as error:
        _log.warning("timer %s failed: %s", timer_id, error)
        with database.write() as connection:
            note_failure(connection, now, timer_id, str(error))
        return False


def _schedule(scheduler: BlockingScheduler | BackgroundScheduler, database: Database, settings: Settings) -> None:
    scheduler.add_job(
        lambda: tick(database, settings, utc_now()),
        "interval",
        seconds=TICK_SECONDS,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
