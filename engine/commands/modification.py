"""Repairs a running instance by hand: takes tokens away and puts them elsewhere, as an operator says and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.authorisation import may_operate
from engine.bpmn.modification import Step, demand_sound, modify
from engine.commands import effects, instances
from engine.commands.reasons import demand_reason
from engine.definitions import definition_by_id
from engine.errors import Invalid
from engine.people import Person
from engine.work import NextTask, Work

NO_STEPS = "Säg vad som ska ändras: minst ett steg att avbryta eller starta."

__all__ = ["Modified", "Step", "modify_instance"]


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
    Conflict when the instance is suspended or over, or could not come to an end afterwards.
    """
    may_operate(person).demand()
    demand_reason(reason)
    if not steps:
        raise Invalid(NO_STEPS)
    for step in steps:
        demand_sound(step)
    work = Work(connection, now, person.id, person.grants)
    instance = instances.load(work, instance_id)
    definition = definition_by_id(connection, instance.definition_id)
    told = [step.told for step in steps]
    instances.advance(
        work, instance, lambda run: modify(run, definition, steps), "modified", None, reason=reason, steps=told
    )
    effects.drain(work)
    return Modified(instance.id, tuple(work.next_tasks))
