"""Each shipped model is walked, on the real engine with save and load between every two steps, to each of its ends."""

import random
from collections import Counter

import pytest

from tests.processes.walking import RandomWalk, shipped

MOST_WALKS = 600
LONGEST = 120
AFTER_ALL = 3  # more walks when everything has been seen


@pytest.mark.parametrize("key", sorted(shipped().files))
def test_every_element_is_passed_and_every_end_reached(key: str) -> None:
    model = shipped().models[key]
    unseen = set(model.elements)
    left, given = AFTER_ALL, Counter[str]()
    for number in range(MOST_WALKS):
        one = RandomWalk(key, random.Random(f"{key} {number}"), given)
        for _ in range(LONGEST):
            if one.walk.completed:
                break
            assert one.waits_for_somebody(), f"walk {number} stands still at {one.walk.waits}"
            one.step()
        unseen -= set(one.walk.passed)
        left -= not unseen
        if not left:
            break
    assert not unseen, f"{len(unseen)} of {len(model.elements)} never seen in {MOST_WALKS} walks"


@pytest.mark.parametrize("key", sorted(shipped().files))
def test_every_user_task_has_a_form_a_role_and_a_deadline(key: str) -> None:
    model, pack = shipped().models[key], shipped().pack
    for element in model.elements.values():
        if element.type == "userTask":
            lane = model.lane_of(element.id)
            assert element.form_key in shipped().files[key].forms, element.id
            assert lane is not None, element.id
            assert pack.role_titled(lane.name), element.id
            assert element.due_date, element.id


def test_every_message_thrown_has_a_catcher_and_the_other_way_round() -> None:
    elements = [element for model in shipped().models.values() for element in model.elements.values()]
    thrown = {element.properties["message"] for element in elements if element.topic == "tell_local_agreements"}
    caught = {element.message_name for element in elements if element.message_name}
    assert thrown == caught


def test_every_process_is_started_by_somebody() -> None:
    elements = [element for model in shipped().models.values() for element in model.elements.values()]
    called = {element.called_element for element in elements} | {e.properties.get("process") for e in elements}
    started = {process.key for process in shipped().pack.processes if process.startable_by}
    assert shipped().files.keys() <= called | started
