"""The yearly date of the next review and the rule of 24 months."""

from datetime import date

import pytest

from engine.queries.review_rules import followed_up_until, next_review_date

START = date(2025, 6, 15)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param({}, date(2026, 6, 15), id="the first one"),
        pytest.param({"last_ended": date(2026, 8, 1)}, date(2027, 6, 15), id="after the first"),
        pytest.param({"last_ended": date(2027, 9, 1)}, date(2028, 6, 15), id="a late one does not move the next"),
        pytest.param(
            {"last_ended": date(2026, 6, 1)}, date(2026, 6, 15), id="one held early does not count for the date"
        ),
        pytest.param({"running_since": date(2026, 6, 15)}, date(2026, 6, 15), id="the one going on"),
        pytest.param({"running_since": date(2027, 9, 1)}, date(2027, 6, 15), id="the one going on, begun late"),
        pytest.param({"running_since": date(2026, 5, 1)}, date(2026, 6, 15), id="the one going on, begun early"),
        pytest.param({"valid_to": date(2026, 1, 1)}, None, id="the agreement runs out before"),
    ],
)
def test_next_review(known: dict[str, date], expected: date | None) -> None:
    assert next_review_date(START, "P1Y", **known) == expected


def test_a_leap_day_does_not_drift() -> None:
    assert next_review_date(date(2024, 2, 29), "P1Y", last_ended=date(2027, 3, 1)) == date(2028, 2, 29)


def test_followed_up_counts_from_the_last_review_or_from_entry_into_force() -> None:
    assert followed_up_until(START, "P24M", None) == date(2027, 6, 15)
    assert followed_up_until(START, "P24M", date(2026, 8, 31)) == date(2028, 8, 31)
    assert followed_up_until(START, "P24M", date(2024, 8, 31)) == date(2027, 6, 15)  # the predecessor's review
