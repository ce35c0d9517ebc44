"""Compares what the rows of open tasks and of awaited messages say with the instance and the model that they come of.

Whether there is such a row at all is `waiting`'s business. When a task was created only its row says; when it is due,
and when its holders are to be reminded, is counted from that as the pack said then.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from engine.bpmn.definitions import Definition
from engine.bpmn.execution import Waiting, WaitState
from engine.bpmn.moments import add_duration
from engine.commands import open_tasks
from engine.database.tables import event, pack_version, subscription, timer, user_task
from engine.errors import SamflodeError
from engine.packs import Pack
from engine.packs.deployed import pack_of_version
from engine.work import Instance, Work

_OF_INSTANCE = ("pack_key", "process_key", "organisation", "agreement_key", "business_key", "stage")
_OF_MODEL = ("definition_id", "name", "item", "catalogue", "form_key", "gate", "role", "role_organisation")

Wrong = tuple[
    str, str, dict[str, Any]
]  # element id, task id, and what its row ought to say where it says another thing


def wrong_tasks(work: Work, instance: Instance, pack: Pack, definition: Definition, state: WaitState) -> list[Wrong]:
    """Open tasks whose rows say something else than they should."""
    query = select(user_task).where(user_task.c.instance_id == instance.id, user_task.c.state == "open")
    rows = {row["id"]: row for row in work.connection.execute(query).mappings() if row["id"] in state.tasks}
    moved = _has_moved(work, instance)  # a task that is moved to another version keeps its days
    return _differing(
        (row, _task(work, instance, pack, definition, waiting) | _days(work, instance, definition, row, waiting, moved))
        for row, waiting in ((row, state.tasks[key]) for key, row in rows.items())
    )


def wrong_deadlines(work: Work, instance: Instance, definition: Definition) -> list[Wrong]:
    """Timers of open tasks, to remind and to tell others first, that are set to another time than the task's due day
    says. One that has failed is put off, and those after the first are counted from when the one before went off.
    """
    task = user_task.alias("task")
    query = select(timer, task.c.due_at.label("task_due_at"), task.c.created_at).join(
        task, task.c.id == timer.c.task_id
    )
    own = (timer.c.instance_id == instance.id, timer.c.attempts == 0, task.c.escalated_to.is_(None))
    rows = work.connection.execute(query.where(*own, timer.c.kind.in_(("remind", "escalate")))).mappings().all()
    moved = bool(rows) and _has_moved(work, instance)
    return [
        (str(row["element_id"]), str(row["id"]), {"due_at": due})
        for row in rows
        if (due := _deadline(work, instance, definition, row, moved)) is not None and due != row["due_at"]
    ]


def wrong_subscriptions(work: Work, instance: Instance, definition: Definition, state: WaitState) -> list[Wrong]:
    """Awaited messages and signals whose rows say something else than they should, or listen for another's."""
    query = select(subscription).where(subscription.c.instance_id == instance.id)
    rows = (row for row in work.connection.execute(query).mappings() if row["task_id"] in state.messages)
    wanted = ((row, _subscription(instance, definition, state.messages[row["task_id"]])) for row in rows)
    return _differing(wanted)


def correct_deadlines(connection: Connection, deadlines: list[Wrong]) -> None:
    """Set the timers to when they ought to go off."""
    for _, timer_id, values in deadlines:
        connection.execute(update(timer).where(timer.c.id == timer_id).values(values))


def correct(connection: Connection, instance_id: str, tasks: list[Wrong], subscriptions: list[Wrong]) -> None:
    """Write what the rows ought to say."""
    for _, task_id, values in tasks:
        connection.execute(update(user_task).where(user_task.c.id == task_id).values(values))
    for _, task_id, values in subscriptions:
        mine = (subscription.c.instance_id == instance_id, subscription.c.task_id == task_id)
        connection.execute(update(subscription).where(*mine).values(values))


def _task(work: Work, instance: Instance, pack: Pack, definition: Definition, waiting: Waiting) -> dict[str, Any]:
    own = {name: getattr(instance, name) for name in _OF_INSTANCE}
    try:
        row = open_tasks.task_row(work, instance, pack, definition, waiting)
    except SamflodeError:  # the pack has lost the role or the organisation since: what the row says is all there is
        return own
    return own | {name: row[name] for name in _OF_MODEL}


def _days(
    work: Work, instance: Instance, definition: Definition, row: Any, waiting: Waiting, moved: bool
) -> dict[str, Any]:
    """When the task is worth looking at and due, counted once more from its creation."""
    pack = None if moved else _pack_then(work, instance, row["created_at"])
    if pack is None:
        return {}
    try:
        made = open_tasks.task_row(Work(work.connection, row["created_at"]), instance, pack, definition, waiting)
    except SamflodeError:
        return {}
    return {"follow_up_at": made["follow_up_at"], "due_at": made["due_at"]}


def _deadline(work: Work, instance: Instance, definition: Definition, row: Any, moved: bool) -> datetime | None:
    pack = None if moved else _pack_then(work, instance, row["created_at"])
    if pack is None or row["element_id"] not in definition.model.elements:
        return None
    policy = open_tasks.deadlines_of(definition.element(row["element_id"]), pack)
    if row["kind"] == "remind":
        return add_duration(row["task_due_at"], policy.remind_before, -1)
    return add_duration(row["task_due_at"], policy.escalate_after)


def _pack_then(work: Work, instance: Instance, moment: datetime) -> Pack | None:
    """The pack as it was; None when none had been deployed, e.g. where a clock has been set."""
    columns = pack_version.c
    known = (columns.pack_key == instance.pack_key, columns.deployed_at <= moment)
    query = select(columns.id).where(*known).order_by(columns.version.desc()).limit(1)
    version_id = work.connection.execute(query).scalar()
    return None if version_id is None else pack_of_version(work.connection, version_id)


def _has_moved(work: Work, instance: Instance) -> bool:
    moves = select(event.c.sequence).where(event.c.instance_id == instance.id, event.c.kind == "migrated").limit(1)
    return work.connection.execute(moves).first() is not None


def _subscription(instance: Instance, definition: Definition, waiting: Waiting) -> dict[str, Any]:
    try:
        return open_tasks.subscription_row(instance, definition, waiting)
    except SamflodeError:
        return {}


def _differing(rows: Iterator[tuple[Any, dict[str, Any]]]) -> list[Wrong]:
    found = []
    for row, wanted in rows:
        wrong = {name: value for name, value in wanted.items() if row[name] != value}
        if wrong:
            found.append((str(row["element_id"]), str(row.get("id") or row["task_id"]), wrong))
    return found
