"""Text from people cannot become a formula, nor break the file."""

import pytest

from exports.safety import LONGEST, clean, for_csv, looks_like_formula


@pytest.mark.parametrize("text", ["=1+1", "+46", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1+1"])
def test_formulas_are_recognised(text: str) -> None:
    assert looks_like_formula(text)
    assert for_csv(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Falun", "a=b", "3 + 4", "▲ Försenad"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert for_csv(text) == text


def test_characters_that_no_workbook_can_hold_are_dropped() -> None:
    assert clean("a\x00b\x1bc\ud800d") == "abcd"
    assert clean("a\r\nb\rc\td") == "a\nb\nc\td"


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    cut = clean("å" * (LONGEST + 1))
    assert (len(cut), cut[-3:]) == (LONGEST, "[…]")
