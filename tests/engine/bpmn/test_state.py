"""What is stored of an instance: small however long it has lived, and the data come back as they were."""

from typing import Any

import pytest

from tests.engine.bpmn import constructs as drawn
from tests.engine.bpmn.walking import Walk

ROUNDS = 600
LETTERS = 40  # moments are written as decimals of varying length


@pytest.mark.parametrize(
    ("bpmn", "round_of"),
    [
        (drawn.LOOP, ["write", "decide"]),
        (drawn.BOUNDARY_TIMERS, ["answer", "decide"]),
        (drawn.PARALLEL_IN_LOOP, ["region", "municipality", "region_more", "decide"]),
        (drawn.MULTI_INSTANCE, ["choose", "answer", "answer", "answer", "decide"]),
        (drawn.TERMINATE_IN_SUB_PROCESS, ["review_date", "review"]),
    ],
    ids=["loop", "boundary timers", "parallel in a loop", "multi-instance", "yearly timer"],
)
def test_the_state_is_as_small_after_many_rounds_as_after_a_few(bpmn: str, round_of: list[str]) -> None:
    # Plain SpiffWorkflow grows by kilobytes a round, shows no ready task after 500 and overflows the stack after 328.
    walk = Walk(bpmn, {"parties": ["2080", "20", "2062"]})
    for _ in range(ROUNDS // len(round_of) * 2):
        for element_id in round_of:
            if element_id == "review_date":
                walk.fire(element_id)
            else:
                walk.complete(element_id, outcome="again")
    settled = 4 * len(round_of)
    assert max(walk.sizes[-settled:]) <= max(walk.sizes[settled : 2 * settled]) + LETTERS
    assert max(walk.sizes) < 12_000


@pytest.mark.parametrize(
    "values",
    [
        [0, False, 0.0],
        [False, 0, None],
        [1, True, 1.0],
        [True, 1, "1"],
        ["", None, [], "å"],
        [["a", "b"], ["a"], []],
        ["2032-10-01", "typename", "Start"],
        [10**15, -1, 0.1],
    ],
)
def test_what_a_task_says_keeps_its_type(values: list[Any]) -> None:
    # Plain SpiffWorkflow stores only what differs, and 0 == False in Python.
    walk = Walk(drawn.LOOP)
    for value in values:
        walk.complete("write", answer=value)
        assert repr(walk.data("decide")["answer"]) == repr(value)
        walk.complete("decide", outcome="again")
        assert repr(walk.data("write")["answer"]) == repr(value)


@pytest.mark.parametrize("name", ["typename", "date", "__class__", "data", "id", "merged", "ended", "å"])
def test_no_name_of_a_variable_is_special(name: str) -> None:
    # Plain SpiffWorkflow saves a variable called typename and never loads it again.
    walk = Walk(drawn.LOOP, {name: 1}).complete("write", outcome="x", **{name: 2})
    assert walk.data("decide")[name] == 2


def test_a_value_changed_by_one_task_is_not_changed_for_another() -> None:
    walk = Walk(drawn.PARALLEL, {"codes": ["20"]})
    walk.data("one")["codes"].append("2080")
    assert walk.data("two")["codes"] == ["20"]


def test_instances_of_one_definition_do_not_meet() -> None:
    one, other = Walk(drawn.UMBRELLA), Walk(drawn.UMBRELLA)
    one.deliver("lapsed").complete("tell_everyone")
    assert one.completed
    assert other.waits == ["lapsed", "phase", "review_date", "revision_begins"]
