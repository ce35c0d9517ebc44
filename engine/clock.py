"""The only place that reads the machine's clock. Everything else takes `now` as an argument (aware, UTC)."""

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def utc_now() -> datetime:
    """The present moment, aware and in UTC. Only edges (a request, a tick, a CLI command) call this."""
    return datetime.now(UTC)


def stamp() -> float:
    """By the machine's clock, in seconds: tells which of two changes in a tree of tasks came first. No rule asks it."""
    return time.time()


def local_date(moment: datetime) -> date:
    """The calendar date in Stockholm at `moment`."""
    return moment.astimezone(STOCKHOLM).date()


def start_of_day(day: date) -> datetime:
    """00:00 in Stockholm on `day`, as UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=STOCKHOLM).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """23:59:59 in Stockholm on `day`, as UTC."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=STOCKHOLM).astimezone(UTC)
