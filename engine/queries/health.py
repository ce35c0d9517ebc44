"""A few figures by which those who run the system see whether it keeps up. One statement, over indexes only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from engine.database.tables import incident, outbox, timer, user_task


@dataclass(frozen=True)
class Health:
    """How much there is, and how much of it should have been done by now."""

    open_tasks: int
    late_tasks: int
    due_timers: int
    oldest_due_timer_seconds: float
    unsent_mail: int
    open_incidents: int


def read_health(connection: Connection, now: datetime) -> Health:
    is_open = user_task.c.state == "open"
    due = and_(timer.c.due_at <= now, timer.c.suspended.is_(False))
    counts = (
        select(func.count()).select_from(user_task).where(is_open),
        select(func.count()).select_from(user_task).where(is_open, user_task.c.due_at < now),
        select(func.count()).select_from(timer).where(due),
        select(func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None), outbox.c.address.is_not(None)),
        select(func.count()).select_from(incident).where(incident.c.resolved_at.is_(None)),
    )
    oldest = select(func.min(timer.c.due_at)).where(due)
    row = connection.execute(select(*(query.scalar_subquery() for query in (*counts, oldest)))).one()
    open_tasks, late, timers, unsent, incidents, oldest_at = row
    lateness = (now - oldest_at).total_seconds() if oldest_at else 0.0
    return Health(open_tasks, late, timers, lateness, unsent, incidents)
