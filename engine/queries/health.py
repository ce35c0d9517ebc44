"""A few figures by which those who run the system see whether it keeps up. One statement, over indexes only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from engine.database.tables import incident, outbox, timer, user_task
from engine.database.workplace_tables import backup_copy, worker_beat
from engine.heartbeats import SILENT_AFTER


@dataclass(frozen=True)
class Health:
    """How much there is, and how much of it should have been done by now. None: never."""

    open_tasks: int
    late_tasks: int
    due_timers: int
    oldest_due_timer_seconds: float
    unsent_mail: int
    open_incidents: int
    workers: int  # that live
    last_beat_seconds: float | None
    last_backup_seconds: float | None


def read_health(connection: Connection, now: datetime) -> Health:
    is_open = user_task.c.state == "open"
    due = and_(timer.c.due_at <= now, timer.c.suspended.is_(False))
    counts = (
        select(func.count()).select_from(user_task).where(is_open),
        select(func.count()).select_from(user_task).where(is_open, user_task.c.due_at < now),
        select(func.count()).select_from(timer).where(due),
        select(func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None), outbox.c.address.is_not(None)),
        select(func.count()).select_from(incident).where(incident.c.resolved_at.is_(None)),
        select(func.count()).select_from(worker_beat).where(worker_beat.c.beat_at > now - SILENT_AFTER),
    )
    moments = (
        select(func.min(timer.c.due_at)).where(due),
        select(func.max(worker_beat.c.beat_at)),
        select(func.max(backup_copy.c.made_at)),
    )
    row = connection.execute(select(*(query.scalar_subquery() for query in (*counts, *moments)))).one()
    open_tasks, late, timers, unsent, incidents, workers, oldest, beat, backup = row
    return Health(
        open_tasks,
        late,
        timers,
        _seconds(oldest, now) or 0.0,
        unsent,
        incidents,
        workers,
        _seconds(beat, now),
        _seconds(backup, now),
    )


def _seconds(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else (now - since).total_seconds()
