"""Random walks: at every step the engine, saved and loaded, waits for exactly what a plain token game waits for."""

import random
from collections import Counter

import pytest

from engine.bpmn.model import read_model
from tests.engine.bpmn.constructs import WALKED
from tests.engine.bpmn.oracle import Oracle, Waits
from tests.engine.bpmn.walking import Walk

WALKS = 40
LONGEST = 60
DATA = {"outcome": "", "parties": ["2080", "20", "2062"]}


@pytest.mark.parametrize("construct", WALKED)
def test_the_engine_and_the_token_game_agree(construct: str) -> None:
    bpmn = WALKED[construct]
    model = read_model(bpmn)
    for seed in range(WALKS):
        dice = random.Random(f"{construct} {seed}")
        walk, oracle = Walk(bpmn, DATA), Oracle(model, DATA)
        path: list[tuple[str, str, str]] = []
        for _ in range(LONGEST):
            assert waits(walk) == oracle.waits(), f"walk {seed}: {path}"
            assert walk.completed == oracle.completed, f"walk {seed}: {path}"
            if oracle.completed:
                break
            kind, element_id = dice.choice(sorted(oracle.waits()))
            values = {"outcome": dice.choice(["again", "again", "approved", "other"])}
            path.append((kind, element_id, values["outcome"]))
            given = values if kind in {"tasks", "calls"} else {}
            walk.take(kind, element_id, given)
            oracle.step(element_id, given)


def waits(walk: Walk) -> Waits:
    state = walk.wait_state()
    kinds = {"tasks": state.tasks, "timers": state.timers, "messages": state.messages, "calls": state.calls}
    return Counter((kind, waiting.element_id) for kind, found in kinds.items() for waiting in found.values())
