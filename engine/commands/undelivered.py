"""Messages whose receiver failed: noted as incidents, with a clock for the next attempt."""

from sqlalchemy import insert, select, update

from engine.commands import incident_rows
from engine.commands.open_tasks import timer_row
from engine.database.tables import timer
from engine.work import Work


def put_off(work: Work, message_id: str, instance_id: str, element_id: str, error: Exception) -> None:
    """The receiver, which waits at `element_id`, failed with the message: try again later."""
    mine = (timer.c.kind == "message", timer.c.task_id == message_id)
    attempts = (work.connection.execute(select(timer.c.attempts).where(*mine)).scalar() or 0) + 1
    again_at = incident_rows.retry_at(work.now, attempts)
    values = {"attempts": attempts, "last_error": str(error)[:2000], "due_at": again_at or work.now}
    if work.connection.execute(update(timer).where(*mine).values(values)).rowcount == 0:
        row = timer_row(instance_id, "message", message_id, element_id, work.now)
        work.connection.execute(insert(timer).values(row | values))
    incident_rows.note(
        work.connection,
        work.now,
        error,
        kind="message",
        subject=message_id,
        instance_id=instance_id,
        element_id=element_id,
        attempts=attempts,
        again_at=again_at,
    )
