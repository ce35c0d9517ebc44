"""Moves running instances to another version of their process: a plan first, then each in a transaction of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.authorisation import may_operate
from engine.bpmn.definitions import Definition
from engine.bpmn.execution import Execution, Surroundings
from engine.bpmn.migration import move
from engine.bpmn.pairing import Pairing
from engine.commands import effects, instance_rows, migration_rows
from engine.commands.administration import note
from engine.commands.migration_plan import Fate, InstancePlan, Migrated, MigrationPlan, fates
from engine.commands.reasons import demand_reason
from engine.commands.starting import DEFAULT_PACK
from engine.database import Database
from engine.database.tables import draft, process_instance, user_task
from engine.definitions import definition_by_id, definition_of_version
from engine.errors import Conflict, Invalid, SamflodeError
from engine.history import Log
from engine.people import Person
from engine.work import Instance, Work

__all__ = [
    "Fate",
    "InstancePlan",
    "Migrated",
    "MigrationPlan",
    "migrate_instance",
    "migrate_instances",
    "plan_migration",
]

SAME_VERSION = "Ärendet har redan den versionen. Inget har ändrats."
RUNNING = ("active", "suspended")


def plan_migration(
    connection: Connection,
    now: datetime,
    person: Person,
    process_key: str,
    from_version: int,
    to_version: int,
    mapping: Mapping[str, str | None] | None = None,
    *,
    pack_key: str = DEFAULT_PACK,
) -> MigrationPlan:
    """What would become of everything that each running instance of a version waits for. Changes nothing.

    `mapping` says where the tokens of elements go that the new version does not have (element id -> element id of the
    same kind), or (None) that a boundary event's timer or message is dropped.
    Raises NotFound (process, version), NotPermitted, Invalid (a mapping of elements that are not there).
    """
    may_operate(person).demand()
    old = definition_of_version(connection, pack_key, process_key, from_version)
    new = definition_of_version(connection, pack_key, process_key, to_version)
    pairing = _pair(old, new, mapping)
    work = Work(connection, now, person.id, person.grants)
    running = (process_instance.c.definition_id == old.id, process_instance.c.status.in_(RUNNING))
    rows = connection.execute(
        select(process_instance).where(*running).order_by(process_instance.c.business_key, process_instance.c.id)
    ).all()
    plans = tuple(_plan(work, Instance.from_row(row), old, new, pairing)[0] for row in rows)
    return MigrationPlan(pack_key, process_key, from_version, to_version, plans)


def migrate_instance(
    connection: Connection,
    now: datetime,
    person: Person,
    instance_id: str,
    to_version: int,
    reason: str,
    mapping: Mapping[str, str | None] | None = None,
) -> InstancePlan:
    """Move one running instance, suspended or not, to another version of its process. Returns what became of what.

    Due dates, drafts and assignees are carried over. Raises NotFound, NotPermitted, Invalid (no reason, the same
    version, a mapping of elements that are not there), Conflict with the plan's refusals.
    """
    may_operate(person).demand()
    demand_reason(reason)
    work = Work(connection, now, person.id, person.grants)
    instance = instance_rows.load(work, instance_id)
    if instance.status not in RUNNING:
        raise Conflict(instance_rows.OVER)
    old = definition_by_id(connection, instance.definition_id)
    new = definition_of_version(connection, instance.pack_key, instance.process_key, to_version)
    pairing = _pair(old, new, mapping)
    plan, after = _plan(work, instance, old, new, pairing)
    if after is None:
        raise Conflict(" ".join([*plan.refusals, "Inget har ändrats."]))
    _write(work, instance, old, new, plan, after, reason)
    effects.drain(work)
    return plan


def migrate_instances(
    database: Database,
    now: datetime,
    person: Person,
    process_key: str,
    from_version: int,
    to_version: int,
    reason: str,
    mapping: Mapping[str, str | None] | None = None,
    *,
    pack_key: str = DEFAULT_PACK,
) -> tuple[Migrated, ...]:
    """Move every running instance of a version, each in a transaction of its own, with a result for each.

    How many were moved is written in the administrators' log.
    """
    demand_reason(reason)
    with database.read() as connection:
        plan = plan_migration(
            connection, now, person, process_key, from_version, to_version, mapping, pack_key=pack_key
        )

    def migrate(planned: InstancePlan) -> Migrated:
        try:
            database.run(
                lambda connection: migrate_instance(
                    connection, now, person, planned.instance_id, to_version, reason, mapping
                )
            )
        except SamflodeError as error:
            return Migrated(planned.instance_id, planned.business_key, (str(error),))
        return Migrated(planned.instance_id, planned.business_key, ())

    done = tuple(migrate(planned) for planned in plan.instances)
    refused = sum(bool(one.refusals) for one in done)
    said = {
        "from_version": from_version,
        "to_version": to_version,
        "instances": len(done) - refused,
        "refused": refused,
        "reason": reason,
    }
    database.run(lambda connection: note(connection, now, person, "instances_migrated", process_key, after=said))
    return done


# Planning -------------------------------------------------------------------------------------------------------------


def _pair(old: Definition, new: Definition, mapping: Mapping[str, str | None] | None) -> Pairing:
    if old.id == new.id:
        raise Invalid(SAME_VERSION)
    pairing = Pairing(old.model, new.model, mapping or {})
    if unknown := pairing.unknown():
        raise Invalid(f"{', '.join(unknown)} finns inte i den version som det gäller.")
    return pairing


def _plan(
    work: Work, instance: Instance, old: Definition, new: Definition, pairing: Pairing
) -> tuple[InstancePlan, Execution | None]:
    surroundings = _surroundings(work, instance)
    before = Execution.load(old.spec, old.sub_specs, surroundings, instance.state).wait_state()
    moved = move(instance.state, old, new, pairing, surroundings)
    after = moved.execution.wait_state() if moved.execution is not None else None
    refusals = list(moved.refusals)
    if after is not None:
        refusals += migration_rows.unplaced(work, instance, new, after)
    told = fates(old, new, pairing, before, after, _drafts(work, instance))
    plan = InstancePlan(instance.id, instance.business_key, told, tuple(refusals))
    return plan, None if refusals else moved.execution


def _drafts(work: Work, instance: Instance) -> dict[str, list[list[str]]]:
    """The fields that people have written in, by open task."""
    query = (
        select(draft.c.task_id, draft.c["values"].label("written"))
        .join(user_task, user_task.c.id == draft.c.task_id)
        .where(user_task.c.instance_id == instance.id, user_task.c.state == "open")
    )
    found: dict[str, list[list[str]]] = {}
    for row in work.connection.execute(query):
        found.setdefault(row.task_id, []).append(list(row.written))
    return found


def _surroundings(work: Work, instance: Instance) -> Surroundings:
    """A migration takes no step: no handler is called, and nothing is decided."""

    def never(element_id: str, _data: dict[str, Any]) -> dict[str, Any]:
        raise Conflict(f"{element_id} kan inte utföras medan ärendet flyttas.")

    return Surroundings(work.now, work.pack(instance.pack_key).parameters, never, never)


# Writing --------------------------------------------------------------------------------------------------------------


def _write(
    work: Work,
    instance: Instance,
    old: Definition,
    new: Definition,
    plan: InstancePlan,
    after: Execution,
    reason: str,
) -> None:
    before = Execution.load(old.spec, old.sub_specs, _surroundings(work, instance), instance.state).wait_state()
    moved = {fate.element_id: fate.to_element for fate in plan.fates if fate.becomes in ("moved", "dropped")}
    log = Log(work, instance)
    log.add("migrated", None, reason=reason, from_version=old.version, to_version=new.version, moved=moved)
    log.write()
    migration_rows.carry_over(work, instance, new, before, after.wait_state())
    instance_rows.write_changes(work, instance, state=after.save(), definition_id=new.id)
