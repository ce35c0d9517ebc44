"""When an agreement is next to be reviewed, and whether it counts as followed up. Pure: dates in, dates out."""

from datetime import date
from itertools import count

from engine.bpmn.moments import add_duration_to_date


def next_review_date(
    in_force_on: date,
    interval: str,
    *,
    last_ended: date | None = None,
    running_since: date | None = None,
    valid_to: date | None = None,
) -> date | None:
    """The yearly date that the next review belongs to; none when the agreement will have run out by then.

    Dates are counted from the day of entry into force, so that a late review does not move those that follow. While
    a review is going on, the date is its own. One that was due and never begun keeps its date.
    """
    if running_since is not None:
        planned = _last_until(in_force_on, interval, running_since)
    else:
        planned = _first_after(in_force_on, interval, last_ended or in_force_on)
    return planned if valid_to is None or planned <= valid_to else None


def followed_up_until(in_force_on: date, limit: str, last_review: date | None) -> date:
    """The last day on which the agreement counts as followed up (24 months in the national comparison)."""
    return add_duration_to_date(max(in_force_on, last_review or in_force_on), limit)


def _first_after(start: date, interval: str, day: date) -> date:
    return next(planned for n in count(1) if (planned := add_duration_to_date(start, interval, n)) > day)


def _last_until(start: date, interval: str, day: date) -> date:
    """The last planned date up to `day`, but never before the first one."""
    following = next(n for n in count(1) if add_duration_to_date(start, interval, n) > day)
    return add_duration_to_date(start, interval, max(1, following - 1))
