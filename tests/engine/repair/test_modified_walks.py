"""Random walks with modifications: a modified instance waits for what the modified token game waits for, to the end."""

import random
from copy import deepcopy

import pytest

from engine.bpmn.execution import Waiting
from engine.bpmn.model import Model, read_model
from engine.bpmn.modification import AFTER, BEFORE, CANCEL, Step
from engine.errors import Conflict, Invalid
from tests.engine.bpmn.constructs import WALKED
from tests.engine.bpmn.test_walks import DATA, waits
from tests.engine.repair.mending import MendedOracle, MendedWalk, count_tokens

WALKS = 60
LONGEST = 40
ANSWERS = ["again", "approved", "approved", "other"]


@pytest.mark.parametrize("construct", WALKED)
def test_a_modified_instance_and_a_modified_token_game_agree(construct: str) -> None:
    bpmn = WALKED[construct]
    model = read_model(bpmn)
    done = 0
    for seed in range(WALKS):
        dice = random.Random(f"mended {construct} {seed}")
        walk, oracle = MendedWalk(bpmn, DATA), MendedOracle(model, DATA)
        path: list[object] = []
        for _ in range(LONGEST):
            assert waits(walk) == oracle.waits(), f"walk {seed}: {path}"
            assert walk.completed == oracle.completed, f"walk {seed}: {path}"
            if oracle.completed or _cannot_be_told_apart(walk, model):
                break
            assert oracle.waits(), f"walk {seed} is stuck: {path}"
            if dice.random() < 0.3:
                steps = _some_steps(dice, list(model.elements), [w.element_id for w in _waiting(walk)])
                oracle, modified = _modify(walk, oracle, steps)
                path.append(("modified" if modified else "refused", [step.told for step in steps]))
                done += modified
                continue
            kind, element_id = dice.choice(sorted(oracle.waits()))
            values = {"outcome": dice.choice(ANSWERS)}
            path.append((kind, element_id, values["outcome"]))
            given = values if kind in {"tasks", "calls"} else {}
            walk.take(kind, element_id, given)
            oracle.step(element_id, given)
    assert done >= 5, "hardly anything could be modified"


def _waiting(walk: MendedWalk) -> list[Waiting]:
    state = walk.wait_state()
    kinds = (state.tasks, state.timers, state.messages, state.calls, state.scopes)
    return [waiting for kind in kinds for waiting in kind.values()]


def _cannot_be_told_apart(walk: MendedWalk, model: Model) -> bool:
    """Two rounds of one multi-instance task beside each other: the game does not know of which one a task is."""
    many = [e.id for e in model.elements.values() if e.loop]
    return any(count_tokens(walk, element_id) > 1 for element_id in many)


def _some_steps(dice: random.Random, elements: list[str], waiting: list[str]) -> list[Step]:
    """Take something away, start something, or both."""
    chosen = dice.choice([(CANCEL,), (BEFORE,), (AFTER,), (CANCEL, BEFORE), (CANCEL, AFTER), (BEFORE, BEFORE)])
    if chosen == (BEFORE, BEFORE) and "tell_all" in elements:
        chosen = (BEFORE,)  # who waits when the first throws a signal depends on whether the second has come
    steps = []
    for kind in chosen:
        element = dice.choice(waiting if kind == CANCEL and waiting else elements)
        steps.append(Step(kind, element, variables={} if kind == CANCEL else {"outcome": dice.choice(ANSWERS)}))
    return steps


def _modify(walk: MendedWalk, oracle: MendedOracle, steps: list[Step]) -> tuple[MendedOracle, bool]:
    before = walk.stored
    try:
        walk.modify(*steps)
    except (Invalid, Conflict):
        assert walk.stored == before
        return oracle, False
    after = deepcopy(oracle)
    for step in steps:
        if step.kind == CANCEL:
            after.cancel(step.element_id)
        else:
            after.start(step.kind, step.element_id, step.variables)
    after.settle()
    return after, True
