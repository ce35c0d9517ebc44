"""Small numbers of people are hidden, and cannot be worked out from what is shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.suppression import suppress, suppress_counts

THRESHOLD = 5


@pytest.mark.parametrize(
    ("numbers", "hidden"),
    [
        pytest.param((12, 8, 20), "", id="all large"),
        pytest.param((3, 10, 13), "women men", id="one small: the other sex goes too"),
        pytest.param((10, 3, 13), "women men", id="the same the other way"),
        pytest.param((2, 1, 3), "women men total", id="all small"),
        pytest.param((2, 4, 6), "women men", id="both small, their total is not"),
        pytest.param((4, 4, 8), "women men total", id="a total that gives both away"),
        pytest.param((0, 7, 7), "", id="0 points nobody out"),
        pytest.param((3, 0, 3), "women total", id="small and all of them"),
        pytest.param((0, 0, 0), "", id="nobody"),
        pytest.param((None, 3, 10), "men", id="the other one is missing, so nothing can be worked out"),
        pytest.param((None, None, 3), "total", id="only a total"),
        pytest.param((None, None, None), "", id="missing is not small"),
        pytest.param((3, 0, 6), "women total", id="a total with noise"),
    ],
)
def test_what_is_hidden(numbers: tuple[int | None, int | None, int | None], hidden: str) -> None:
    assert suppress(*numbers, THRESHOLD).hidden == frozenset(hidden.split())


@settings(deadline=None)  # a busy machine is no fault
@given(st.integers(0, 40), st.integers(0, 40))
def test_no_small_number_can_be_worked_out(women: int, men: int) -> None:
    """Everything that fits with what is shown is tried: no hidden small number has only one possible value."""
    shown = suppress(women, men, women + men, THRESHOLD)
    possible = [(w, m) for w in range(82) for m in range(82) if suppress(w, m, w + m, THRESHOLD) == shown]
    if 0 < women < THRESHOLD:
        assert len({w for w, _ in possible}) > 1
    if 0 < men < THRESHOLD:
        assert len({m for _, m in possible}) > 1


def test_a_threshold_of_none_hides_nothing() -> None:
    assert not suppress(1, 2, 3, 0).hidden


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        pytest.param([12, 8], [12, 8], id="all large"),
        pytest.param([12, 3, 7], [12, None, None], id="one small: the smallest of the others goes too"),
        pytest.param([2, 4, 9], [None, None, 9], id="two small that may be others"),
        pytest.param([1, 1, 9, 6], [None, None, 9, None], id="two that can only be ones"),
        pytest.param([4, 4, 9], [None, None, None], id="two that can only be the largest hidden"),
        pytest.param([0, 0, 9], [0, 0, 9], id="nought points nobody out"),
        pytest.param([3], [None], id="nothing else to hide"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_parts_of_a_known_total_are_hidden_together(numbers: list[int], shown: list[int | None]) -> None:
    assert suppress_counts(numbers, THRESHOLD) == shown


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(st.integers(0, 12), max_size=6))
def test_no_hidden_part_can_be_worked_out_from_the_total(numbers: list[int]) -> None:
    shown = suppress_counts(numbers, THRESHOLD)
    assert not [number for number in shown if number is not None and 0 < number < THRESHOLD]
    hidden = [number for number, seen in zip(numbers, shown, strict=True) if seen is None]
    if hidden and any(number >= THRESHOLD for number in numbers):
        assert len(hidden) > 1
