"""Compares agreements and their stages with what they are pictures of: process instances and changes of status.

What only these rows say is left as it is: the first day in force, and how a stage ended that was not cancelled.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine.bpmn.moments import due_moment
from engine.clock import local_date
from engine.database.register_tables import agreement, agreement_status, decision, stage_period
from engine.database.tables import process_instance
from engine.definitions import definition_by_id
from engine.errors import NotFound
from engine.packs import current_pack
from engine.registers.agreements import ENDED, owns_agreement, title_of

Row = dict[str, Any]
RETURNED = frozenset({"returned", "declined"})  # outcomes of gates; see engine.commands.tasks


def differing(connection: Connection) -> Iterator[str]:
    """Agreements and stages that say something else than what they come of, that are missing, or come of nothing."""
    for table, wanted in ((agreement, _agreements(connection)), (stage_period, _stages(connection))):
        key = next(iter(table.primary_key)).name
        found = {row[key]: row for row in connection.execute(select(table)).mappings()}
        for name, row in sorted(wanted.items()):
            if name not in found:
                yield f"Registret {table.name} saknar raden {name}."
            elif wrong := [column for column, value in row.items() if found[name][column] != value]:
                yield f"Registret {table.name}, rad {name}: {', '.join(wrong)} stämmer inte med ärendet."
        for name in sorted(_instances_among(connection, table, found) - wanted.keys()):
            yield f"Registret {table.name} har raden {name}, som inget ärende säger."


def rebuild(connection: Connection) -> None:
    """Correct what differs, and make what is missing as far as it can be told."""
    for key, row in _agreements(connection).items():
        if connection.execute(update(agreement).where(agreement.c.key == key).values(row)).rowcount == 0:
            connection.execute(insert(agreement).values(row | _guessed_agreement(connection, key, row)))
    for period_id, row in _stages(connection).items():
        if connection.execute(update(stage_period).where(stage_period.c.id == period_id).values(row)).rowcount == 0:
            connection.execute(insert(stage_period).values(row | _guessed_stage(connection, row)))


# What they come of ----------------------------------------------------------------------------------------------------


def _agreements(connection: Connection) -> dict[str, Row]:
    """By key: what the instance that is an agreement's life says, and what its changes of status do."""
    statuses: dict[str, list[Any]] = {}
    for change in connection.execute(select(agreement_status).order_by(agreement_status.c.since)):
        statuses.setdefault(change.agreement_key, []).append(change)
    lives = connection.execute(_instances().where(process_instance.c.parent_id.is_(None))).all()
    found = {}
    for life in lives:
        if life.agreement_key == life.business_key and owns_agreement(_pack(connection, life), life.process_key):
            own = {"key": life.business_key, "pack_key": life.pack_key, "organisation": life.organisation}
            own |= {"instance_id": life.id, "started_at": life.started_at}
            found[life.business_key] = own | _standing(statuses.get(life.business_key, []))
    return found


def _standing(changes: list[Any]) -> Row:
    """Status, end and last day, unless two changes at one moment make the order uncertain."""
    moments = [change.since for change in changes]
    if not changes or len(set(moments)) < len(moments):
        return {}
    days = [change.valid_to for change in changes if change.valid_to is not None]
    last = changes[-1]
    ended = last.since if last.status in ENDED else None
    return {"status": last.status, "ended_at": ended, **({"valid_to": days[-1]} if days else {})}


def _stages(connection: Connection) -> dict[str, Row]:
    """By id: the called instances whose call activity is a stage. Embedded sub-processes are stages of other ids."""
    callers = {row.id: row for row in connection.execute(_instances())}
    rounds: dict[tuple[str, str], int] = {}
    embedded = _embedded(connection)
    begun: dict[tuple[str, str], set[Any]] = {}
    found: dict[str, Row] = {}
    for row in sorted(callers.values(), key=lambda each: (each.started_at, each.id)):
        try:
            stage = _stage_of(connection, callers.get(row.parent_id), row)
        except NotFound:  # the caller has moved to a model without this call: it counts, but what it was is not known
            embedded.add((row.agreement_key, row.stage))
            continue
        if stage is None or row.agreement_key is None:
            continue
        own = {"id": row.id, "agreement_key": row.agreement_key, "organisation": row.organisation, "stage": stage}
        own |= {"started_at": row.started_at, "ended_at": row.ended_at}
        place = (row.agreement_key, stage)
        rounds[place] = rounds.get(place, 0) + 1
        # Of two that began at one moment nothing tells which came first, nor therefore of those after them.
        together = row.started_at in begun.setdefault(place, set())
        begun[place].add(row.started_at)
        if together:
            embedded.add(place)
            for earlier in found.values():
                if (earlier["agreement_key"], earlier["stage"], earlier["started_at"]) == (*place, row.started_at):
                    earlier.pop("round", None)
        if place not in embedded:
            own["round"] = rounds[place]
        if row.status == "cancelled":
            own["outcome"] = "cancelled"
        found[row.id] = own
    return found


def _stage_of(connection: Connection, caller: Any, row: Any) -> str | None:
    """The stage that the call activity names, if any. Raises NotFound when its model no longer has the element."""
    if caller is None or row.parent_element_id is None:
        return None
    return definition_by_id(connection, caller.definition_id).element(row.parent_element_id).stage


def _embedded(connection: Connection) -> set[tuple[str, str]]:
    known = select(process_instance.c.id)
    query = select(stage_period.c.agreement_key, stage_period.c.stage).where(stage_period.c.id.not_in(known))
    return {(row.agreement_key, row.stage) for row in connection.execute(query)}


def _instances_among(connection: Connection, table: Any, found: dict[Any, Any]) -> set[str]:
    """Which of the rows there ought to be an instance behind: every agreement, and stages that are called processes.

    A stage whose call activity has gone from the model with a migration is let be.
    """
    if table is agreement:
        return set(found)
    callers = {row.id: row for row in connection.execute(_instances())}
    return {key for key in found if key in callers and not _is_unknown(connection, callers, callers[key])}


def _is_unknown(connection: Connection, callers: dict[str, Any], row: Any) -> bool:
    caller = callers.get(row.parent_id)
    model = definition_by_id(connection, caller.definition_id).model if caller is not None else None
    return model is not None and row.parent_element_id not in model.elements


def _instances() -> Any:
    columns = process_instance.c
    return select(
        columns.id,
        columns.definition_id,
        columns.pack_key,
        columns.process_key,
        columns.business_key,
        columns.organisation,
        columns.agreement_key,
        columns.parent_id,
        columns.parent_element_id,
        columns.stage,
        columns.status,
        columns.started_at,
        columns.ended_at,
    )


def _pack(connection: Connection, row: Any) -> Any:
    return current_pack(connection, row.pack_key)


# What is made of too little ----------------------------------------------------------------------------------------


def _guessed_agreement(connection: Connection, key: str, row: Row) -> Row:
    """The rest of a row that is gone: its kind and title from the pack, what it follows from its key."""
    life = connection.execute(_instances().where(process_instance.c.id == row["instance_id"])).one()
    pack = _pack(connection, life)
    process = pack.process(life.process_key)
    first, _, number = key.partition(":")
    before = first if number in {"", "2"} else f"{first}:{int(number) - 1}"
    regional = select(agreement.c.key).where(agreement.c.pack_key == pack.key, agreement.c.kind == "regional")
    above = connection.execute(regional.order_by(agreement.c.started_at.desc()).limit(1)).scalar()
    in_force = select(agreement_status.c.since).where(
        agreement_status.c.agreement_key == key, agreement_status.c.status == "in_force"
    )
    since = connection.execute(in_force.order_by(agreement_status.c.since).limit(1)).scalar()
    return {
        "kind": process.agreement,
        "title": title_of(pack, process.agreement, process.title, life.organisation),
        "status": row.get("status", "preparing"),
        "regional_key": above if process.agreement == "local" else None,
        "predecessor_key": before if number else None,
        "in_force_on": local_date(since) if since else None,
    }


def _guessed_stage(connection: Connection, row: Row) -> Row:
    """The rest of a row that is gone: how it ended from the last decision at its gate, its label from its key."""
    instance = connection.execute(_instances().where(process_instance.c.id == row["id"])).one()
    caller = connection.execute(_instances().where(process_instance.c.id == instance.parent_id)).one()
    stage = _pack(connection, instance).stage(row["stage"])
    decided = select(decision.c.outcome, decision.c.recorded_at).where(decision.c.instance_id == row["id"])
    last = connection.execute(decided.order_by(decision.c.recorded_at.desc()).limit(1)).first()
    returned = last is not None and last.outcome in RETURNED
    label = instance.business_key.removeprefix(caller.business_key).removeprefix("/") or None
    ended = row["ended_at"] is not None
    return {
        "round": row.get("round", 1),
        "label": label,
        "expected_by": due_moment(row["started_at"], stage.expected) if stage and stage.expected else None,
        "outcome": row.get("outcome") or (("returned" if returned else "done") if ended else None),
        "returned_at": last.recorded_at if last is not None and returned and not ended else None,
    }
