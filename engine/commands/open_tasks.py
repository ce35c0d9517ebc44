"""Writes the rows that show what an instance waits for: user tasks with their deadlines, timers and subscriptions.

Rows are the difference between two wait states, so nothing is read back from the database.
"""

from collections.abc import Set
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, delete, insert, update

from engine.bpmn.definitions import Definition
from engine.bpmn.elements import Element
from engine.bpmn.execution import Waiting, WaitState
from engine.bpmn.moments import add_duration, due_moment
from engine.commands import notices
from engine.commands.broadcasts import EVERYBODY
from engine.commands.lanes import organisation_of
from engine.database.prepared import Prepared
from engine.database.tables import subscription, timer, user_task
from engine.errors import ExecutionFailed
from engine.packs import Deadlines, Pack
from engine.packs.deployed import role_once_titled
from engine.work import DeliverKept, Instance, NextTask, Work

_OPEN = Prepared(insert(user_task))
_CANCEL = Prepared(
    update(user_task)
    .where(user_task.c.id == bindparam("task_id"), user_task.c.state == "open")
    .values(state="cancelled", ended_at=bindparam("now"))
)
_SET_TIMERS = Prepared(insert(timer))
_DROP_TIMERS = Prepared(
    delete(timer).where(timer.c.instance_id == bindparam("instance_id"), timer.c.task_id == bindparam("task_id"))
)
_SUBSCRIBE = Prepared(insert(subscription))
_UNSUBSCRIBE = Prepared(
    delete(subscription).where(
        subscription.c.instance_id == bindparam("instance_id"), subscription.c.task_id == bindparam("task_id")
    )
)


def record(
    work: Work,
    instance: Instance,
    pack: Pack,
    definition: Definition,
    before: WaitState,
    after: WaitState,
    passed: Set[str],
) -> None:
    """Make the rows of open tasks, timers and subscriptions agree with `after`, given that they agree with `before`.

    `passed` are the ids of what has been passed: a user task among them was completed and has already been marked.
    """
    opened = [
        task_row(work, instance, pack, definition, waiting)
        for key, waiting in after.tasks.items()
        if key not in before.tasks
    ]
    cancelled = [key for key in before.tasks if key not in after.tasks and key not in passed]
    if cancelled:
        _cancel_tasks(work, instance, cancelled)
    if opened:
        _OPEN.run_each(work.connection, opened)
        notices.tell_of_new(work, pack, opened)
        work.next_tasks.extend(_next_task(work, row) for row in opened)
    _record_timers(work, instance, pack, definition, before, after, opened)
    _record_subscriptions(work, instance, definition, before, after)


def task_row(work: Work, instance: Instance, pack: Pack, definition: Definition, waiting: Waiting) -> dict[str, Any]:
    """The row of a user task that has just opened."""
    element = definition.element(waiting.element_id)
    lane = definition.lane(element.id)
    role = pack.role_titled(lane.name) or role_once_titled(work.connection, pack, lane.name)
    if role is None:
        raise ExecutionFailed(f"Banan {lane.name!r} är ingen roll i paketet {pack.key}.")
    created = work.now
    begun = instance.started_at if element.properties.get("counted_from") == "start" else created
    return {
        "id": waiting.id,
        "instance_id": instance.id,
        "pack_key": instance.pack_key,
        "process_key": instance.process_key,
        "definition_id": definition.id,
        "element_id": element.id,
        "name": element.name,
        "item": waiting.data.get(element.item_variable) if element.item_variable else None,
        "catalogue": element.properties.get("catalogue"),
        "form_key": element.form_key,
        "gate": element.gate,
        "role": role.key,
        "role_organisation": organisation_of(lane.organisation, instance.organisation, waiting.data, pack),
        "organisation": instance.organisation,
        "agreement_key": instance.agreement_key,
        "business_key": instance.business_key,
        "stage": instance.stage,
        "assignee": instance.started_by if element.properties.get("assignee") == "starter" else None,
        "claimed_at": None,
        "created_at": created,
        "follow_up_at": _moment(created, begun, element.follow_up_date, waiting.data, pack),
        "due_at": _moment(created, begun, element.due_date, waiting.data, pack) or due_moment(created, "P30D"),
        "state": "open",
    }


def _moment(created: datetime, begun: datetime, value: str | None, data: dict[str, Any], pack: Pack) -> datetime | None:
    """A due date as written in the model: a duration or date, or the name of a variable or parameter that holds one.

    A duration is counted from `begun`: when the task came, or when its process began where the model says so.
    """
    if not value:
        return None
    held = data.get(value, pack.parameters.get(value, value))
    try:
        moment = due_moment(begun, held)
    except (TypeError, ValueError) as error:
        raise ExecutionFailed(f"{value!r} är varken ett datum, en tid eller ett känt namn.") from error
    # A rework long after a fixed date still deserves its time: a date already passed counts from today.
    return moment if moment > created else due_moment(created, "P14D")


def _next_task(work: Work, row: dict[str, Any]) -> NextTask:
    mine = (row["role"], row["role_organisation"]) in work.grants or row["assignee"] == work.actor
    return NextTask(row["id"], row["name"], row["role"], row["role_organisation"], mine)


def _cancel_tasks(work: Work, instance: Instance, gone: list[str]) -> None:
    _CANCEL.run_each(work.connection, [{"task_id": task_id, "now": work.now} for task_id in gone])
    _DROP_TIMERS.run_each(work.connection, _here(instance, gone))


def _here(instance: Instance, task_ids: list[str]) -> list[dict[str, str]]:
    return [{"instance_id": instance.id, "task_id": task_id} for task_id in task_ids]


def _record_timers(
    work: Work,
    instance: Instance,
    pack: Pack,
    definition: Definition,
    before: WaitState,
    after: WaitState,
    opened: list[dict[str, Any]],
) -> None:
    gone = [key for key in before.timers if key not in after.timers]
    if gone:
        _DROP_TIMERS.run_each(work.connection, _here(instance, gone))
    rows = [
        timer_row(instance.id, "event", waiting.id, waiting.element_id, waiting.due_at)
        for key, waiting in after.timers.items()
        if key not in before.timers and waiting.due_at is not None
    ]
    for row in opened:
        deadlines = deadlines_of(definition.element(row["element_id"]), pack)
        rows.extend(_deadline_timers(work.now, instance, deadlines, row))
    if rows:
        _SET_TIMERS.run_each(work.connection, rows)


def deadlines_of(element: Element, pack: Pack) -> Deadlines:
    """The pack's policy, where the element does not say otherwise by properties of the same names."""
    said, policy = element.properties, pack.deadlines
    roles = said.get("escalate_to")
    return Deadlines(
        said.get("remind_before", policy.remind_before),
        said.get("escalate_after", policy.escalate_after),
        tuple(role.strip() for role in roles.split(",")) if roles else policy.escalate_to,
    )


def _deadline_timers(
    now: datetime, instance: Instance, deadlines: Deadlines, row: dict[str, Any]
) -> list[dict[str, Any]]:
    """When to remind about a task, and when to tell others that it is late."""
    due: datetime = row["due_at"]
    rows = []
    remind_at = add_duration(due, deadlines.remind_before, -1)
    if remind_at > now:
        rows.append(timer_row(instance.id, "remind", row["id"], row["element_id"], remind_at))
    if deadlines.escalate_to:
        escalate_at = add_duration(due, deadlines.escalate_after)
        rows.append(timer_row(instance.id, "escalate", row["id"], row["element_id"], escalate_at))
    return rows


def timer_row(instance_id: str, kind: str, task_id: str, element_id: str, due_at: datetime | None) -> dict[str, Any]:
    """A row of `timer`."""
    return {
        "id": uuid4().hex,
        "instance_id": instance_id,
        "kind": kind,
        "task_id": task_id,
        "element_id": element_id,
        "due_at": due_at,
    }


def _record_subscriptions(
    work: Work, instance: Instance, definition: Definition, before: WaitState, after: WaitState
) -> None:
    gone = [key for key in before.messages if key not in after.messages]
    if gone:
        _UNSUBSCRIBE.run_each(work.connection, _here(instance, gone))
    rows = [
        subscription_row(instance, definition, waiting)
        for key, waiting in after.messages.items()
        if key not in before.messages
    ]
    if rows:
        _SUBSCRIBE.run_each(work.connection, rows)
    waited_for = [row for row in rows if row["kind"] == "message"]  # a signal that came before is past
    for key in sorted({row["correlation_key"] for row in waited_for}):
        names = {row["name"] for row in waited_for if row["correlation_key"] == key}
        work.effects.append(DeliverKept(key, tuple(sorted(names))))


def subscription_row(instance: Instance, definition: Definition, waiting: Waiting) -> dict[str, Any]:
    """The row of a message or signal that is awaited."""
    return {
        "instance_id": instance.id,
        "task_id": waiting.id,
        "element_id": waiting.element_id,
        "kind": "signal" if waiting.is_signal else "message",
        "name": waiting.message,
        "correlation_key": _correlation_key(definition.element(waiting.element_id), instance, waiting),
    }


def _correlation_key(element: Element, instance: Instance, waiting: Waiting) -> str:
    variable = element.properties.get("correlation")
    if waiting.is_signal:
        return EVERYBODY
    if variable is None:
        return instance.business_key
    if variable not in waiting.data:
        raise ExecutionFailed(f"{element.id} väntar på ett meddelande om {variable}, som inte har något värde.")
    return str(waiting.data[variable])
