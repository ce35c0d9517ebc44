"""Swedish or English words for exports: their own catalogue in locale/en.po, then the process pack's translations."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

from engine.packs import Pack

Translate = Callable[[str], str]

CATALOGUE = Path(__file__).parent / "locale/en.po"
SWEDISH = "sv"


@lru_cache(maxsize=1)
def english() -> dict[str, str]:
    """Swedish sentence to English, for every sentence that is shown in an export."""
    with CATALOGUE.open("rb") as file:
        messages = read_po(file, locale="en")
    return {str(message.id): str(message.string) for message in messages if message.id and message.string}


def translator(pack: Pack, locale: str) -> Translate:
    """What says a Swedish text in `locale`; one that nobody has translated stays in Swedish."""
    if locale == SWEDISH:
        return lambda text: text
    words = english()
    return lambda text: words[text] if text in words else pack.translate(text, locale)
