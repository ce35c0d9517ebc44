"""Decision tables: what they decide."""

import pytest

from engine.bpmn.decisions import UnreadableDecision, decide, read_decision
from engine.errors import ExecutionFailed
from tests.engine.bpmn.profile.tables import column, rule, table


@pytest.mark.parametrize(
    ("cell", "value", "matches"),
    [
        ('"a"', "a", True),
        ('"a","b"', "b", True),
        ('not("a","b")', "b", False),
        ('not("a")', "c", True),
        ("-", None, True),
        ("", 7, True),
        (">= 3", 3, True),
        ("< 3", 3, False),
        ("< 3", "2", False),
        ("[1..3]", 3, True),
        ("[1..3[", 3, False),
        ("]1..3]", 1, False),
        ("(1..3)", 2, True),
        ("true", True, True),
        ("true", 1, False),
        ("1", True, False),
        ("0, > 5", 6, True),
    ],
)
def test_cells(cell: str, value: object, matches: bool) -> None:
    dmn = table([column("x")], [rule(cell, answer='"yes"')])
    if matches:
        assert decide(dmn, {"x": value}) == "yes"
    else:
        with pytest.raises(ExecutionFailed, match="ingen regel"):
            decide(dmn, {"x": value})


def test_two_matches_are_an_error() -> None:
    dmn = table([column("x")], [rule("> 1", answer="1"), rule("> 2", answer="2")])
    with pytest.raises(ExecutionFailed, match="flera regler"):
        decide(dmn, {"x": 3})


def test_missing_value_is_told() -> None:
    with pytest.raises(ExecutionFailed, match="frågar efter x"):
        decide(table([column("x")], [rule("-", answer="1")]), {})


@pytest.mark.parametrize("cell", ["x.y", "open('f')", "1 + 1", "date('2024-10-01')", "> x"])
def test_cells_hold_no_code(cell: str) -> None:
    with pytest.raises(UnreadableDecision, match="får inte stå i en cell"):
        read_decision(table([column("x")], [rule(cell, answer="1")]))
