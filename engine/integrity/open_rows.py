"""Compares what the rows of open tasks and of awaited messages say with the instance and the model that they come of.

Whether there is such a row at all is `waiting`'s business. When a task was created and is due, only its row says.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select, update

from engine.bpmn.definitions import Definition
from engine.bpmn.execution import Waiting, WaitState
from engine.commands import open_tasks
from engine.database.tables import subscription, user_task
from engine.errors import SamflodeError
from engine.packs import Pack
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
    wanted = ((row, _task(work, instance, pack, definition, state.tasks[key])) for key, row in rows.items())
    return _differing(wanted)


def wrong_subscriptions(work: Work, instance: Instance, definition: Definition, state: WaitState) -> list[Wrong]:
    """Awaited messages and signals whose rows say something else than they should, or listen for another's."""
    query = select(subscription).where(subscription.c.instance_id == instance.id)
    rows = (row for row in work.connection.execute(query).mappings() if row["task_id"] in state.messages)
    wanted = ((row, _subscription(instance, definition, state.messages[row["task_id"]])) for row in rows)
    return _differing(wanted)


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
