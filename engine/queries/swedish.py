"""Swedish order and Swedish dates in words, without asking the machine for its locale."""

from datetime import date, datetime

from engine.clock import local_date

_MONTHS = ("jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec")
_LAST_LETTERS = str.maketrans({"å": "{a", "ä": "{b", "æ": "{b", "ö": "{c", "ø": "{c", "é": "e", "è": "e", "ü": "y"})


def swedish_order(name: str) -> str:
    """A sort key that puts å, ä and ö last, as a Swedish list of names has them."""
    return name.casefold().translate(_LAST_LETTERS)


def swedish_date(day: date | datetime) -> str:
    """`24 sep 2026`; a moment is the day that it is in Stockholm."""
    day = local_date(day) if isinstance(day, datetime) else day
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
