"""Time by the calendar in Stockholm: nights when clocks change, leap days, working days, durations backwards."""

from datetime import UTC, date, datetime

import pytest

from engine.bpmn.moments import (
    add_duration,
    add_duration_to_date,
    due_moment,
    is_duration,
    is_working_day,
    to_moment,
)
from engine.clock import STOCKHOLM


def stockholm(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    "text", ["P1Y", "P2M", "P6W", "P10D", "PT24H", "PT90M", "PT30S", "P1Y2M3W4DT5H6M7S", "P0D", "P0010D"]
)
def test_durations(text: str) -> None:
    assert is_duration(text)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "1D", "P-1D", "-P1D", "P1.5D", "PD", "P1H", "p1d", " P1D", "P1D ", "R/P1D", "P1Y1Y"]
)
def test_no_durations(text: str) -> None:
    assert not is_duration(text)
    with pytest.raises(ValueError, match="not an ISO 8601 duration"):
        add_duration(datetime(2026, 1, 1, tzinfo=UTC), text)


@pytest.mark.parametrize(
    ("start", "duration", "times", "expected"),
    [
        # Clocks go forward on 29 March 2026 and back on 25 October 2026: a day is a day, an hour is an hour.
        ("2026-03-28T08:00", "P1D", 1, "2026-03-29T08:00"),
        ("2026-10-24T08:00", "P1D", 1, "2026-10-25T08:00"),
        ("2026-03-28T08:00", "PT24H", 1, "2026-03-29T09:00"),
        ("2026-10-24T08:00", "PT24H", 1, "2026-10-25T07:00"),
        ("2026-03-29T08:00", "P1D", -1, "2026-03-28T08:00"),
        ("2026-02-28T08:00", "P1M", 1, "2026-03-28T08:00"),
        ("2026-03-01T08:00", "P6M", 1, "2026-09-01T08:00"),
        # 02:30 does not exist in the night when clocks go forward: it is half past three.
        ("2026-03-28T02:30", "P1D", 1, "2026-03-29T03:30"),
        # In the night when they go back 02:30 comes twice; the first is meant.
        ("2026-10-24T02:30", "P1D", 1, "2026-10-25T02:30"),
        # Leap days and the ends of months.
        ("2028-02-29T12:00", "P1Y", 1, "2029-02-28T12:00"),
        ("2028-02-29T12:00", "P4Y", 1, "2032-02-29T12:00"),
        ("2027-02-28T12:00", "P1Y", 1, "2028-02-28T12:00"),
        ("2028-02-28T12:00", "P1D", 1, "2028-02-29T12:00"),
        ("2026-01-31T12:00", "P1M", 1, "2026-02-28T12:00"),
        ("2028-01-31T12:00", "P1M", 1, "2028-02-29T12:00"),
        ("2026-03-31T12:00", "P1M", -1, "2026-02-28T12:00"),
        ("2026-08-31T12:00", "P6M", 1, "2027-02-28T12:00"),
        # Years are calendar years, not 365 days: eight years have two leap days.
        ("2024-10-01T00:00", "P1Y", 1, "2025-10-01T00:00"),
        ("2024-10-01T00:00", "P8Y", 1, "2032-10-01T00:00"),
        ("2024-10-01T00:00", "P1Y", 8, "2032-10-01T00:00"),
        ("2032-10-01T00:00", "P18M", -1, "2031-04-01T00:00"),
        # Backwards over the turn of the year, and several parts at once.
        ("2026-01-15T09:00", "P1M", -1, "2025-12-15T09:00"),
        ("2026-01-15T09:00", "P1Y1M", -1, "2024-12-15T09:00"),
        ("2026-01-15T09:00", "P1W", -1, "2026-01-08T09:00"),
        ("2026-01-15T09:00", "P1M2W3DT4H", 1, "2026-03-04T13:00"),
        ("2026-12-31T23:00", "PT2H", 1, "2027-01-01T01:00"),
        ("2026-01-15T09:00", "P0D", 1, "2026-01-15T09:00"),
    ],
)
def test_adding_a_duration(start: str, duration: str, times: int, expected: str) -> None:
    assert add_duration(stockholm(start), duration, times) == stockholm(expected).astimezone(UTC)


def test_the_answer_is_in_utc_whatever_was_asked() -> None:
    for start in (stockholm("2026-07-01T12:00"), datetime(2026, 7, 1, 10, tzinfo=UTC)):
        moment = add_duration(start, "P1D")
        assert moment.tzinfo is UTC
        assert moment == datetime(2026, 7, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "duration", "times", "expected"),
    [
        ((2024, 10, 1), "P1Y", 1, (2025, 10, 1)),
        ((2024, 10, 1), "P1Y", 8, (2032, 10, 1)),
        # Counted at once from the first day, a review on a leap day comes back to it.
        ((2024, 2, 29), "P1Y", 1, (2025, 2, 28)),
        ((2024, 2, 29), "P1Y", 4, (2028, 2, 29)),
        ((2024, 1, 31), "P1M", 1, (2024, 2, 29)),
        ((2024, 1, 31), "P1M", 2, (2024, 3, 31)),
        ((2024, 3, 1), "P1D", -1, (2024, 2, 29)),
        ((2024, 3, 31), "P1M", -1, (2024, 2, 29)),
        ((2024, 12, 24), "P2W", 1, (2025, 1, 7)),
    ],
)
def test_adding_a_duration_to_a_day(
    day: tuple[int, int, int], duration: str, times: int, expected: tuple[int, int, int]
) -> None:
    assert add_duration_to_date(date(*day), duration, times) == date(*expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2032, 12, 31), datetime(2032, 12, 30, 23, tzinfo=UTC)),
        (date(2026, 7, 1), datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2032-12-31T23:59:59", datetime(2032, 12, 31, 22, 59, 59, tzinfo=UTC)),
        ("2026-07-01T12:00:00Z", datetime(2026, 7, 1, 12, tzinfo=UTC)),
        ("2026-07-01T12:00:00+02:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        (datetime(2026, 7, 1, 12), datetime(2026, 7, 1, 10, tzinfo=UTC)),  # noqa: DTZ001 - as TOML gives it
        (datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)),
    ],
)
def test_what_a_moment_may_be_written_as(value: object, expected: datetime) -> None:
    assert to_moment(value) == expected


@pytest.mark.parametrize("value", ["", "soon", "2026-13-01", "2026-02-29", "P1D", 5, None, True, []])
def test_what_is_no_moment(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - also the library's own words
        to_moment(value)


WORKING = datetime(2026, 5, 4, 8, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("P1D", "2026-05-05T23:59:59"),
        ("P5D", "2026-05-11T23:59:59"),  # Saturday: Monday
        ("P6D", "2026-05-11T23:59:59"),  # Sunday: Monday
        ("P10D", "2026-05-15T23:59:59"),  # the day after Ascension is a working day like others
        ("P46D", "2026-06-22T23:59:59"),  # Midsummer's Eve, then a weekend
        ("P1M2D", "2026-06-08T23:59:59"),  # National Day, a Saturday
        ("P33W3D", "2026-12-28T23:59:59"),  # Christmas Eve, both Christmas days and a weekend
        ("PT24H", "2026-05-05T10:00:00"),
        ("PT120H", "2026-05-09T10:00:00"),  # "at once" is at once on a Saturday too
        ("2026-05-09", "2026-05-09T23:59:59"),  # a date that somebody has set stays
        (date(2026, 12, 25), "2026-12-25T23:59:59"),
        ("2026-05-09T12:00:00", "2026-05-09T12:00:00"),
    ],
)
def test_when_something_is_due(value: object, expected: str) -> None:
    assert due_moment(WORKING, value) == stockholm(expected).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ((2026, 1, 1), False),  # New Year's Day
        ((2026, 1, 6), False),  # Epiphany
        ((2026, 4, 2), True),  # Maundy Thursday
        ((2026, 4, 3), False),  # Good Friday
        ((2026, 4, 6), False),  # Easter Monday
        ((2026, 5, 1), False),  # May Day
        ((2026, 5, 14), False),  # Ascension
        ((2025, 6, 6), False),  # National Day, a Friday
        ((2026, 6, 19), False),  # Midsummer's Eve
        ((2026, 12, 24), False),
        ((2026, 12, 25), False),
        ((2026, 12, 31), False),
        ((2026, 5, 9), False),  # Saturday
        ((2026, 5, 10), False),  # Sunday
        ((2026, 5, 15), True),
        ((2028, 2, 29), True),
        ((2033, 12, 30), True),
    ],
)
def test_working_days(day: tuple[int, int, int], working: bool) -> None:
    assert is_working_day(date(*day)) is working
