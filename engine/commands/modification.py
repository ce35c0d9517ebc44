"""Repairs a running instance by hand: takes tokens away and puts them elsewhere, as an operator says and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.authorisation import may_operate
from engine.bpmn.modification import Step, modify, unsound
from engine.commands import effects, instance_rows, instances
from engine.commands.administration import note
from engine.commands.reasons import demand_reason
from engine.database.tables import process_instance, user_task
from engine.definitions import definition_by_id
from engine.errors import FieldError, Invalid, InvalidForm
from engine.people import Person
from engine.work import NextTask, Work

NO_STEPS = "Säg vad som ska ändras: minst ett steg att avbryta eller starta."

__all__ = ["Modified", "Preview", "Step", "modify_instance", "preview_modification"]


@dataclass(frozen=True)
class Modified:
    """What came of a modification."""

    instance_id: str
    next_tasks: tuple[NextTask, ...]


def modify_instance(
    connection: Connection, now: datetime, person: Person, instance_id: str, reason: str, steps: Sequence[Step]
) -> Modified:
    """Cancel waiting tokens and start others (see `engine.bpmn.modification.Step`), all of them or none.

    Raises NotFound, NotPermitted, Invalid (no reason, no steps, an element that is not there or cannot be started),
    InvalidForm (what cannot be saved, by its place among the instructions that a program sends), Conflict when the
    instance is suspended or over, or could not come to an end afterwards.
    """
    may_operate(person).demand()
    demand_reason(reason)
    if not steps:
        raise Invalid(NO_STEPS)
    if wrong := [
        FieldError(f"instructions.{number}.{one.path}", one.message)
        for number, step in enumerate(steps)
        for one in unsound(step)
    ]:
        raise InvalidForm(wrong)
    work = Work(connection, now, person.id, person.grants)
    instance = instance_rows.load(work, instance_id)
    definition = definition_by_id(connection, instance.definition_id)
    told = [step.told for step in steps]
    said = {"reason": reason.strip()}
    note(connection, now, person, "instance_modified", instance.business_key, after=said)
    instances.advance(
        work, instance, lambda run: modify(run, definition, steps), "modified", None, reason=reason, steps=told
    )
    effects.drain(work)
    return Modified(instance.id, tuple(work.next_tasks))


@dataclass(frozen=True)
class Preview:
    """What a modification would do: open tasks that would go (by name), those that would come, and the status after."""

    goes: tuple[str, ...]
    comes: tuple[str, ...]
    status: str


def preview_modification(
    connection: Connection, now: datetime, person: Person, instance_id: str, reason: str, steps: Sequence[Step]
) -> Preview:
    """Make a modification and take it back again, all of it, and tell what it did. Raises as `modify_instance`."""
    try:
        with connection.begin_nested():
            _look(connection, now, person, instance_id, reason, steps)
    except _Seen as seen:
        return seen.preview
    raise AssertionError("a look always ends by telling what it saw")


class _Seen(Exception):
    """Ends the preview's own transaction, so that everything in it is taken back, and carries out what it saw."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview


def _look(
    connection: Connection, now: datetime, person: Person, instance_id: str, reason: str, steps: Sequence[Step]
) -> None:
    """Raises `_Seen`."""
    before = _open_tasks(connection, instance_id)
    modify_instance(connection, now, person, instance_id, reason, steps)
    after = _open_tasks(connection, instance_id)
    status = select(process_instance.c.status).where(process_instance.c.id == instance_id)
    raise _Seen(Preview(_missing(before, after), _missing(after, before), connection.execute(status).scalar_one()))


def _open_tasks(connection: Connection, instance_id: str) -> dict[str, str]:
    """The open tasks of the instance and of all that it is a part of: (id, name)."""
    root = select(process_instance.c.root_id).where(process_instance.c.id == instance_id).scalar_subquery()
    query = (
        select(user_task.c.id, user_task.c.name)
        .join(process_instance, process_instance.c.id == user_task.c.instance_id)
        .where(process_instance.c.root_id == root, user_task.c.state == "open")
    )
    return {row.id: row.name for row in connection.execute(query)}


def _missing(some: dict[str, str], others: dict[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name for task_id, name in some.items() if task_id not in others))
