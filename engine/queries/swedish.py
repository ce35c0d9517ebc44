"""Swedish order and Swedish dates in words, without asking the machine for its locale."""

from datetime import date, datetime

from engine.alphabet import swedish_order
from engine.clock import local_date

_MONTHS = ("jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec")

__all__ = ["swedish_date", "swedish_order"]


def swedish_date(day: date | datetime) -> str:
    """`24 sep 2026`; a moment is the day that it is in Stockholm."""
    day = local_date(day) if isinstance(day, datetime) else day
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
