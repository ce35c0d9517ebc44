"""Calendar arithmetic for timers and deadlines: ISO 8601 durations counted in Stockholm, moments as UTC."""

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import holidays

from engine.clock import STOCKHOLM, start_of_day

_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?=.)(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,4})S)?)?"
)


def is_duration(text: str) -> bool:
    """Whether `text` is an ISO 8601 duration of whole units, such as P1Y2M, P6W or PT24H."""
    return _DURATION.fullmatch(text) is not None


@lru_cache(maxsize=1000)
def _parts(duration: str) -> tuple[int, ...]:
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(f"not an ISO 8601 duration: {duration!r}")
    return tuple(int(part or 0) for part in match.groups())


def add_duration(moment: datetime, duration: str, times: int = 1) -> datetime:
    """`moment` plus `times` (-1: minus) an ISO 8601 duration, by the calendar in Stockholm.

    08:00 stays 08:00 over a change to summer time; 31 January plus a month is the last of February; 29 February plus
    a year is 28 February. Hours, minutes and seconds are counted in real time. Returns UTC.

    Raises ValueError when `duration` is no ISO 8601 duration.
    """
    years, months, weeks, days, hours, minutes, seconds = (part * times for part in _parts(duration))
    local = moment.astimezone(STOCKHOLM).replace(tzinfo=None)
    month_index = local.month - 1 + months + 12 * years
    year, month = local.year + month_index // 12, month_index % 12 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    shifted = local.replace(year=year, month=month, day=day) + timedelta(weeks=weeks, days=days)
    return shifted.replace(tzinfo=STOCKHOLM).astimezone(UTC) + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def add_duration_to_date(day: date, duration: str, times: int = 1) -> date:
    """`day` plus `times` ISO 8601 durations of years, months, weeks and days, counted at once from `day`.

    Counting from the first day keeps a yearly 29 February from drifting to the 28th in leap years.
    """
    years, months, weeks, days = (part * times for part in _parts(duration)[:4])
    month_index = day.month - 1 + months + 12 * years
    year, month = day.year + month_index // 12, month_index % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1])) + timedelta(
        weeks=weeks, days=days
    )


def to_moment(value: object) -> datetime:
    """A date (00:00 in Stockholm), a naive moment (Stockholm) or an aware one, given as object or ISO text, as UTC.

    Raises ValueError when `value` is none of these.
    """
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=STOCKHOLM)).astimezone(UTC)
    if isinstance(value, date):
        return start_of_day(value)
    raise ValueError(f"not a date or a moment: {value!r}")


def due_moment(created: datetime, value: object) -> datetime:
    """When something is due: `value` is a duration counted from `created`, or a date (its last second) or moment.

    A duration of whole days or more ends at the last second of its day, moved on to a working day: nobody is late on
    a Saturday or on Midsummer's Eve. A duration in hours is exact ("at once", agreement section on deviations).
    """
    if isinstance(value, str) and is_duration(value):
        due = add_duration(created, value)
        if "T" in value:
            return due
        return _end_of_working_day(due.astimezone(STOCKHOLM).date())
    if isinstance(value, str) and len(value) == 10:
        value = date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return _end_of_day(value)
    return to_moment(value)


def is_working_day(day: date) -> bool:
    """Monday to Friday, but for Swedish public holidays and the eves that are free in practice."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def load_holidays() -> None:
    """Load the library that knows the holidays of all countries: it takes a third of a second."""
    _holidays(2024)


@lru_cache
def _holidays(year: int) -> frozenset[date]:
    found = holidays.country_holidays("SE", years=year, language="sv", categories=("public", "de_facto"))
    return frozenset(found)


def _end_of_working_day(day: date) -> datetime:
    while not is_working_day(day):
        day += timedelta(days=1)
    return _end_of_day(day)


def _end_of_day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=STOCKHOLM).astimezone(UTC)
