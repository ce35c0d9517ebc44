"""Random walks during which the instance moves to another version of its model, again and again."""

import random
import re
from collections import Counter
from functools import lru_cache

import pytest

from engine.bpmn.definitions import Definition
from engine.bpmn.migration import move
from engine.bpmn.model import read_model
from engine.bpmn.pairing import Pairing
from tests.engine.bpmn.constructs import WALKED
from tests.engine.bpmn.oracle import Oracle, Waits
from tests.engine.bpmn.test_walks import DATA, waits
from tests.engine.repair.mending import MendedWalk

WALKS = 20
LONGEST = 40
RENAMED = "renamed_"


@pytest.mark.parametrize("construct", WALKED)
def test_an_instance_moves_to_and_fro_and_waits_for_the_same(construct: str) -> None:
    bpmn = WALKED[construct]
    model = read_model(bpmn)
    other = renamed(bpmn)
    there: dict[str, str | None] = {element_id: RENAMED + element_id for element_id in model.elements}
    for seed in range(WALKS):
        dice = random.Random(f"moved {construct} {seed}")
        walk, oracle = MendedWalk(bpmn, DATA), Oracle(model, DATA)
        away = False
        for _ in range(LONGEST):
            assert named_as_before(waits(walk)) == oracle.waits(), f"walk {seed}"
            assert walk.completed == oracle.completed
            if oracle.completed:
                break
            if dice.random() < 0.4:
                target = bpmn if away else other
                mapping = {str(v): k for k, v in there.items()} if away else there
                assert migrate(walk, target, dict(mapping)) == ()
                away = not away
                continue
            kind, element_id = dice.choice(sorted(oracle.waits()))
            values = {"outcome": dice.choice(["again", "approved", "other"])} if kind in {"tasks", "calls"} else {}
            walk.take(kind, (RENAMED if away else "") + element_id, values)
            oracle.step(element_id, values)


def migrate(walk: MendedWalk, bpmn: str, mapping: dict[str, str | None]) -> tuple[str, ...]:
    """Move the walk to another model. Returns the refusals; it stays where it was when there are any."""
    new = _definition(bpmn)
    old = walk.definition
    moved = move(walk.stored, old, new, Pairing(old.model, new.model, mapping), walk.surroundings)
    if moved.execution is not None:
        walk.replace(new, moved.execution)
    return moved.refusals


@lru_cache
def _definition(bpmn: str) -> Definition:
    return Definition("new", "pack", "p", 2, bpmn, {}, {})


def renamed(bpmn: str) -> str:
    """The same model, every element and flow under another id."""
    ids = set(
        re.findall(r'<bpmn:(?!definitions|process|message|error|lane|laneSet|inputDataItem)\w+ id="([^"]+)"', bpmn)
    )
    pattern = re.compile(
        r"(?<![\w:])(?<!== \")(" + "|".join(sorted(map(re.escape, ids), key=len, reverse=True)) + r")(?=[\"<])"
    )
    text = pattern.sub(lambda found: RENAMED + found[1], bpmn)
    return re.sub(rf'(<bpmn:message id="\w+" name="){RENAMED}', r"\1", text)  # a message is not an element


def named_as_before(found: Waits) -> Waits:
    return Counter({(kind, element_id.removeprefix(RENAMED)): n for (kind, element_id), n in found.items()})
