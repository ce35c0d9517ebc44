"""Compares the rows of open tasks, timers, subscriptions and called instances with the instances' stored state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, case, select, update

from engine.bpmn.definitions import Definition
from engine.bpmn.execution import Execution, Surroundings, Waiting, WaitState
from engine.commands import effects, instance_rows, open_tasks
from engine.database.tables import process_instance, subscription, timer, user_task
from engine.definitions import definition_by_id
from engine.errors import NotFound
from engine.integrity import open_rows
from engine.packs import Pack, current_pack
from engine.work import Instance, Work

_RUNNING = process_instance.c.status.in_(("active", "suspended"))


@dataclass(frozen=True)
class _Pair:
    """What an instance's rows say that it waits for, and what its state says."""

    rows: WaitState
    state: WaitState
    instance: Instance
    pack: Pack
    definition: Definition


def differing(connection: Connection) -> Iterator[str]:
    """Rows without something that waits, things that wait without a row, and rows that say something else."""
    for row in connection.execute(select(process_instance).where(_RUNNING)).all():
        try:
            pair = _pair(connection, Instance.from_row(row))
            _demand_whole_tree(row.state)
        except Exception as error:  # noqa: BLE001 - a damaged state fails in ways of the library's own, too
            yield f"Ärende {row.id}: det sparade läget går inte att läsa ({error})."
            continue
        yield from _differences(f"Ärende {row.id}", pair)
        work = Work(connection, row.started_at)
        for element_id, task_id, values in (*_wrong_tasks(work, pair), *_wrong_subscriptions(work, pair)):
            yield f"Ärende {row.id}: raden för {element_id} ({task_id}) stämmer inte med ärendet: {', '.join(values)}."
        for element_id, timer_id, _ in open_rows.wrong_deadlines(work, pair.instance, pair.definition):
            yield f"Ärende {row.id}: tidpunkten {timer_id} stämmer inte med när {element_id} ska vara klar."


def _demand_whole_tree(state: bytes) -> None:
    """Raise ValueError unless every task of the state hangs where its parent says: loading it looks at some only."""
    stored = orjson.loads(state)
    for scope in (stored["main"], *(scope for _, _, scope in stored["subs"])):
        said = [(parent, task) for task, parent, *_ in scope["tasks"] if parent is not None]
        held = [(task, child) for task, _, children, *_ in scope["tasks"] for child in children]
        if sorted(said) != sorted(held):
            raise ValueError("stegen hänger inte ihop")


def rebuild(connection: Connection, now: datetime) -> None:
    """Close rows that nothing waits behind, and open those that are missing."""
    work = Work(connection, now)
    for instance_id in connection.execute(select(process_instance.c.id).where(_RUNNING)).scalars().all():
        instance = instance_rows.load(work, instance_id)
        try:
            pair = _pair(connection, instance)
        except Exception:  # noqa: BLE001, S112 - the check says so; nothing can be made of it
            continue
        if any(_differences("", pair)):
            open_tasks.record(work, instance, pair.pack, pair.definition, pair.rows, pair.state, set())
            resting = timer.c.instance_id == instance.id
            connection.execute(update(timer).where(resting).values(suspended=instance.status == "suspended"))
        open_rows.correct(connection, instance.id, _wrong_tasks(work, pair), _wrong_subscriptions(work, pair))
        # After the tasks, from whose due days they are counted.
        open_rows.correct_deadlines(connection, open_rows.wrong_deadlines(work, pair.instance, pair.definition))
    effects.drain(work)


def _wrong_tasks(work: Work, pair: _Pair) -> list[open_rows.Wrong]:
    return open_rows.wrong_tasks(work, pair.instance, pair.pack, pair.definition, pair.state)


def _wrong_subscriptions(work: Work, pair: _Pair) -> list[open_rows.Wrong]:
    return open_rows.wrong_subscriptions(work, pair.instance, pair.definition, pair.state)


def _differences(place: str, pair: _Pair) -> Iterator[str]:
    kinds = (
        ("uppgift", pair.rows.tasks, pair.state.tasks),
        ("tidpunkt", pair.rows.timers, pair.state.timers),
        ("meddelande", pair.rows.messages, pair.state.messages),
        ("anropat ärende", pair.rows.calls, pair.state.calls),
    )
    for kind, rows, state in kinds:
        for key in sorted(rows.keys() - state.keys()):
            yield f"{place}: {kind} {rows[key].element_id} ({key}) har en rad men väntar inte."
        for key in sorted(state.keys() - rows.keys()):
            yield f"{place}: {kind} {state[key].element_id} ({key}) väntar men har ingen rad."
        for key in sorted(rows.keys() & state.keys()):
            if not _agree(rows[key], state[key]):
                yield f"{place}: {kind} {state[key].element_id} ({key}) stämmer inte med sin rad."


def _agree(row: Waiting, state: Waiting) -> bool:
    """A timer's row that says no time has failed and been put off."""
    due = row.due_at is None or row.due_at == state.due_at
    return due and (row.element_id, row.message) == (state.element_id, state.message)


def _pair(connection: Connection, row: Instance) -> _Pair:
    pack = current_pack(connection, row.pack_key)
    definition = definition_by_id(connection, row.definition_id)

    def nothing_runs(element_id: str, _data: dict[str, Any]) -> dict[str, Any]:
        raise NotFound(f"{element_id} körs inte vid en kontroll.")

    surroundings = Surroundings(row.started_at, pack.parameters, nothing_runs, nothing_runs)
    execution = Execution.load(definition.spec, definition.sub_specs, surroundings, row.state)
    return _Pair(_from_rows(connection, row.id), execution.wait_state(), row, pack, definition)


def _from_rows(connection: Connection, instance_id: str) -> WaitState:
    tasks = select(user_task.c.id, user_task.c.element_id).where(
        user_task.c.instance_id == instance_id, user_task.c.state == "open"
    )
    due = case((timer.c.attempts == 0, timer.c.due_at)).label("due_at")
    timers = select(timer.c.task_id, timer.c.element_id, due).where(
        timer.c.instance_id == instance_id, timer.c.kind == "event"
    )
    messages = select(subscription.c.task_id, subscription.c.element_id, subscription.c.name).where(
        subscription.c.instance_id == instance_id
    )
    called = select(process_instance.c.parent_task_id, process_instance.c.parent_element_id).where(
        process_instance.c.parent_id == instance_id, _RUNNING
    )

    def by_id(query: Any) -> dict[str, Waiting]:
        return {
            row[0]: Waiting(row[0], row[1], {}, due_at=getattr(row, "due_at", None), message=getattr(row, "name", None))
            for row in connection.execute(query)
        }

    return WaitState(by_id(tasks), by_id(timers), by_id(messages), by_id(called), {}, completed=False)
