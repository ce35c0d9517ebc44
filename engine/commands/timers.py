"""What happens when time has come: events drawn in a model, reminders, and escalation of what is late."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from engine.bpmn.moments import add_duration
from engine.commands import effects, incident_rows, instance_rows, instances, notices
from engine.commands.lanes import organisation_of
from engine.commands.open_tasks import deadlines_of, timer_row
from engine.database.prepared import Prepared
from engine.database.tables import timer, user_task
from engine.definitions import definition_by_id
from engine.errors import ExecutionFailed
from engine.packs import Pack
from engine.work import NextTask, Work

# Not with a suspended instance, nor waiting for a person after too many attempts.
_AWAKE = (timer.c.suspended.is_(False), timer.c.attempts < incident_rows.MOST_ATTEMPTS)
_DUE_IDS = Prepared(
    select(timer.c.id)
    .where(timer.c.due_at <= bindparam("now"), *_AWAKE)
    .order_by(timer.c.due_at, timer.c.id)
    .limit(bindparam("most"))
)
_NEXT = Prepared(select(timer.c.id, timer.c.due_at).where(*_AWAKE).order_by(timer.c.due_at, timer.c.id).limit(1))
_due = (timer.c.id == bindparam("timer_id"), timer.c.due_at <= bindparam("now"), *_AWAKE)
_DUE, _TAKE = Prepared(select(timer).where(*_due)), Prepared(delete(timer).where(*_due))
_SET = Prepared(insert(timer))
_OPEN_TASK = Prepared(select(user_task).where(user_task.c.id == bindparam("task_id"), user_task.c.state == "open"))
_NOTE_ON_TASK = Prepared(update(user_task).where(user_task.c.id == bindparam("task_id")))


def due_timers(connection: Connection, now: datetime, limit: int) -> list[str]:
    """The ids of timers that are due, the oldest first."""
    return _DUE_IDS.scalars(connection, {"now": now, "most": limit})


def next_due(connection: Connection) -> datetime | None:
    """When the next timer is due."""
    found = next_timer(connection)
    return None if found is None else found[1]


def next_timer(connection: Connection) -> tuple[str, datetime] | None:
    """The id of the timer that is due next, and when that is. None when there is none."""
    found: tuple[str, datetime] | None = _NEXT.first(connection, {})
    return found


@dataclass(frozen=True)
class Fired:
    """A timer that has fired, and the user tasks that opened because of it."""

    next_tasks: tuple[NextTask, ...]


def fire_timer(connection: Connection, now: datetime, timer_id: str) -> Fired | None:
    """Fire one timer that is due. None when somebody else got there first, or when it is not due after all.

    Whoever deletes the row fires the timer; a second worker finds no row. A worker does not wait for an instance that
    somebody else is changing: it goes on with other timers, and comes back to this one if it is still there.
    """
    work = Work(connection, now)
    due = {"timer_id": timer_id, "now": now}
    row = _DUE.first(connection, due)
    if row is None or not instance_rows.lock_tree(work, row.instance_id, wait=False):
        return None
    if _TAKE.run(connection, due) != 1:
        return None
    act(work, row)
    if row.attempts:
        incident_rows.resolve(connection, now, subject_of(row), "Det gick vid ett nytt försök.")
    effects.drain(work)
    return Fired(tuple(work.next_tasks))


def act(work: Work, row: Any) -> None:
    """Do what a timer's row says should be done."""
    match row.kind:
        case "event":
            _fire_event(work, row)
        case "message":
            effects.deliver_again(work, row.task_id)
        case _:
            _act_on_deadline(work, row)


def subject_of(row: Any) -> str:
    """What an incident of this timer is about: the timer, or the message that it delivers."""
    return str(row.task_id if row.kind == "message" else row.id)


def _fire_event(work: Work, row: Any) -> None:
    instance = instance_rows.load(work, row.instance_id)
    instances.advance(work, instance, lambda execution: execution.fire(row.task_id), "timer_fired", row.element_id)


def _act_on_deadline(work: Work, row: Any) -> None:
    task = _OPEN_TASK.first(work.connection, {"task_id": row.task_id})
    if task is None:
        return
    pack = work.pack(task.pack_key)
    if row.kind == "remind":
        _remind(work, pack, task)
    else:
        _escalate(work, pack, task, row)


def _remind(work: Work, pack: Pack, task: Any) -> None:
    notices.remind(work, pack, task)
    _NOTE_ON_TASK.run(work.connection, {"task_id": task.id, "reminded_at": work.now})


def _escalate(work: Work, pack: Pack, task: Any, row: Any) -> None:
    """Tell the next role in order that the task is late, and set the clock for the one after."""
    definition = definition_by_id(work.connection, task.definition_id)
    deadlines = deadlines_of(definition.element(task.element_id), pack)
    # The county's own processes have no steering group; then the next in order is told at once.
    roles = [role for role in deadlines.escalate_to if task.organisation or pack.item("organisations", role)]
    told = roles.index(task.escalated_to) + 1 if task.escalated_to in roles else 0
    if told >= len(roles):
        return
    role = roles[told]
    notices.tell_of_lateness(work, pack, task, role, _organisation_of_role(pack, role, task))
    _NOTE_ON_TASK.run(work.connection, {"task_id": task.id, "escalated_to": role})
    if told + 1 < len(roles):
        again = add_duration(work.now, deadlines.escalate_after)
        next_row = timer_row(row.instance_id, "escalate", task.id, task.element_id, again)
        _SET.run(work.connection, next_row)


def _organisation_of_role(pack: Pack, role: str, task: Any) -> str:
    """A body's role is held in the body; other roles in the municipality that the task is about."""
    if pack.item("organisations", role) is not None:
        return role
    try:
        return organisation_of("municipality", task.organisation, {}, pack)
    except ExecutionFailed:
        return str(task.role_organisation)


def note_failure(connection: Connection, now: datetime, timer_id: str, error: BaseException) -> None:
    """A timer could not be fired: an incident. Try again later, ever more seldom, and at last wait for a person."""
    row = connection.execute(select(timer).where(timer.c.id == timer_id)).first()
    if row is None:
        return
    attempts = row.attempts + 1
    again_at = incident_rows.retry_at(now, attempts)
    values = {"attempts": attempts, "last_error": str(error)[:2000], "due_at": again_at or row.due_at}
    connection.execute(update(timer).where(timer.c.id == timer_id).values(values))
    incident_rows.note(
        connection,
        now,
        error,
        kind="message" if row.kind == "message" else "timer",
        subject=subject_of(row),
        instance_id=row.instance_id,
        element_id=row.element_id,
        attempts=attempts,
        again_at=again_at,
    )
