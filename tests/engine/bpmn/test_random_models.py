"""Random walks through random models: saved, pruned and loaded at each step, the engine is where a token game is."""

import random
from collections import Counter
from datetime import UTC, datetime

import pytest

from engine.bpmn.definitions import Definition
from engine.bpmn.execution import Execution, Surroundings, Waiting, WaitState
from engine.errors import AlreadyDone
from tests.engine.bpmn.oracle import Oracle, Waits
from tests.engine.bpmn.random_models import random_model
from tests.engine.bpmn.walking import Values, nothing

MODELS = 1600
BATCHES = 8
LONGEST = 40
LARGEST = 40_000  # bytes of state
NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
ALL = ["2080", "20", "2062"]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_engine_and_the_token_game_agree_on_random_models(batch: int) -> None:
    walked = [walk(f"{number}") for number in range(batch, MODELS, BATCHES)]
    assert sum(walked) > len(walked)


def walk(seed: str) -> int:
    """One walk through one model; says how to get there when the two part. Returns how many steps it took."""
    bpmn = random_model(seed)
    dice = random.Random(f"walk {seed}")
    data = {"outcome": "", "parties": ALL[: dice.randint(0, 3)]}
    definition = Definition("d", "pack", "p", 1, bpmn, {}, {})
    oracle, path = Oracle(definition.model, data), [f"model {seed}"]
    surroundings = Surroundings(NOW, {}, nothing, nothing)
    execution = Execution.start(definition.spec, definition.sub_specs, surroundings, data)
    over: set[tuple[str, str]] = set()  # what has waited and does no longer
    for _ in range(LONGEST):
        before = execution.wait_state()
        state = execution.save()
        execution.rest(state, before)
        # Every other step by who has it in memory, every other by who reads its state.
        go_on = Execution.resume if len(path) % 2 else Execution.load
        execution = go_on(definition.spec, definition.sub_specs, surroundings, state)
        waiting = execution.wait_state()
        assert told(execution.waited or waiting) == told(waiting)
        assert told(waiting) == told(before), f"saved and loaded, it is elsewhere: {path}"
        assert counted(waiting) == oracle.waits(), path
        assert waiting.completed == oracle.completed, path
        assert len(state) < LARGEST, path
        if oracle.completed:
            break
        refuses(execution, dice, over - ids(waiting))
        kind, element_id = dice.choice(sorted(oracle.waits()))
        values = {"outcome": dice.choice(["again", "approved", "other"])} if kind in {"tasks", "calls"} else {}
        path.append(f"{element_id} {values.get('outcome', '')}")
        over |= ids(waiting)
        step(execution, definition, kind, element_id, values)
        oracle.step(element_id, values)
    return len(path) - 1


def step(execution: Execution, definition: Definition, kind: str, element_id: str, values: Values) -> None:
    found = kinds(execution.wait_state())[kind]
    task_id = next(w.id for w in found.values() if w.element_id == element_id)
    match kind:
        case "tasks":
            execution.complete(task_id, values, definition.element(element_id).item_variable)
        case "timers":
            assert execution.fire(task_id)
        case "messages":
            assert execution.deliver(task_id, {})
        case _:
            assert execution.call_ended(task_id, values)


def refuses(execution: Execution, dice: random.Random, over: set[tuple[str, str]]) -> None:
    """What comes too late or twice changes nothing: a timer, a message, a called process that ends, an answer."""
    if not over:
        return
    kind, task_id = dice.choice(sorted(over))
    before = told(execution.wait_state())
    match kind:
        case "tasks":
            with pytest.raises(AlreadyDone):
                execution.complete(task_id, {"outcome": "again"})
        case "timers":
            assert not execution.fire(task_id)
        case "messages":
            assert not execution.deliver(task_id, {})
        case _:
            assert not execution.call_ended(task_id, {})
    assert told(execution.wait_state()) == before


def kinds(state: WaitState) -> dict[str, dict[str, Waiting]]:
    return {"tasks": state.tasks, "timers": state.timers, "messages": state.messages, "calls": state.calls}


def ids(state: WaitState) -> set[tuple[str, str]]:
    return {(kind, task_id) for kind, found in kinds(state).items() for task_id in found}


def counted(state: WaitState) -> Waits:
    return Counter((kind, waiting.element_id) for kind, found in kinds(state).items() for waiting in found.values())


def told(state: WaitState) -> list[str]:
    """All that a wait state tells, with data and their types."""
    found = [waiting for each in kinds(state).values() for waiting in each.values()]
    return sorted(f"{w.id} {w.element_id} {w.scope} {w.due_at} {w.message} {sorted(w.data.items())}" for w in found)
