"""Makes an instance's rows agree with another version of its process: names, forms and roles; never due dates."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import update

from engine.bpmn.definitions import Definition
from engine.bpmn.execution import WaitState
from engine.commands import open_tasks
from engine.database.tables import process_instance, subscription, timer, user_task
from engine.errors import ExecutionFailed, NotFound
from engine.work import Instance, Work

_FROM_MODEL = ("definition_id", "element_id", "name", "catalogue", "form_key", "gate", "role", "role_organisation")


def unplaced(work: Work, instance: Instance, new: Definition, state: WaitState) -> Iterator[str]:
    """Why open tasks could have no row in the new version: a lane that is no role, a form that is not there."""
    for waiting in state.tasks.values():
        try:
            row = open_tasks.task_row(work, instance, work.pack(instance.pack_key), new, waiting)
            if row["form_key"]:
                new.form(row["form_key"])
        except (ExecutionFailed, NotFound) as error:
            yield str(error)


def carry_over(work: Work, instance: Instance, new: Definition, before: WaitState, after: WaitState) -> None:
    """Update what goes on waiting, and add or drop what only one of the versions has. The instance has its new id."""
    open_tasks.record(work, instance, work.pack(instance.pack_key), new, before, after, frozenset())
    for waiting in after.tasks.values():
        _carry_task(work, open_tasks.task_row(work, instance, work.pack(instance.pack_key), new, waiting))
    for waiting in (*after.tasks.values(), *after.timers.values()):
        mine = (timer.c.instance_id == instance.id, timer.c.task_id == waiting.id, timer.c.kind != "message")
        _carry_element(work, timer, mine, waiting.element_id)
    for waiting in after.messages.values():
        waits = (subscription.c.instance_id == instance.id, subscription.c.task_id == waiting.id)
        _carry_element(work, subscription, waits, waiting.element_id)
    for waiting in after.calls.values():
        called = (process_instance.c.parent_id == instance.id, process_instance.c.parent_task_id == waiting.id)
        work.connection.execute(update(process_instance).where(*called).values(parent_element_id=waiting.element_id))
    if instance.status == "suspended":
        work.connection.execute(update(timer).where(timer.c.instance_id == instance.id).values(suspended=True))


def _carry_task(work: Work, row: dict[str, Any]) -> None:
    """The task's words and role are the new version's. Who had taken it over keeps it, if the role is the same."""
    mine = (user_task.c.id == row["id"], user_task.c.state == "open")
    other_role = (user_task.c.role != row["role"]) | (user_task.c.role_organisation != row["role_organisation"])
    work.connection.execute(update(user_task).where(*mine, other_role).values(assignee=None, claimed_at=None))
    work.connection.execute(update(user_task).where(*mine).values({name: row[name] for name in _FROM_MODEL}))


def _carry_element(work: Work, table: Any, mine: tuple[Any, ...], element_id: str) -> None:
    work.connection.execute(update(table).where(*mine, table.c.element_id != element_id).values(element_id=element_id))
