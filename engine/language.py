"""Sentences that the engine writes to people outside any page, in mail and calendars: in Swedish or in English.

A sentence is Swedish in the code; its English stands in locale/en.po. Words of a process pack are translated by it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date
from babel.messages.pofile import read_po

from engine.clock import STOCKHOLM, local_date
from engine.packs import Pack
from engine.queries.swedish import swedish_date

CATALOGUE = Path(__file__).parent / "locale/en.po"
SWEDISH = "sv"


@lru_cache(maxsize=1)
def english() -> dict[str, str]:
    """Swedish sentence to English."""
    with CATALOGUE.open("rb") as file:
        messages = read_po(file, locale="en")
    return {str(message.id): str(message.string) for message in messages if message.id and message.string}


def say(sentence: str, locale: str, **words: object) -> str:
    """A sentence of the engine's own in `locale`, with `words` for the names in braces."""
    known = sentence if locale == SWEDISH else english().get(sentence, sentence)
    return known.format(**words) if words else known


def in_words(text: str, locale: str, packs: Iterable[Pack]) -> str:
    """A text of a pack, or else of the engine, in `locale`; what nobody has translated stays as it is."""
    if locale == SWEDISH:
        return text
    translated = (pack.translate(text, locale) for pack in packs)
    return next((found for found in translated if found != text), english().get(text, text))


def day_in_words(moment: date | datetime, locale: str) -> str:
    """`24 sep 2026`: the day that it is in Stockholm."""
    if locale == SWEDISH:
        return swedish_date(moment)
    day = local_date(moment) if isinstance(moment, datetime) else moment
    return format_date(day, "d MMM y", locale=locale)


def moment_in_words(moment: datetime, locale: str) -> str:
    """`24 sep 2026 kl. 14.30`, in Stockholm."""
    clock = moment.astimezone(STOCKHOLM)
    if locale == SWEDISH:
        return f"{day_in_words(moment, locale)} kl. {clock:%H.%M}"
    return f"{day_in_words(moment, locale)}, {clock:%H:%M}"
