"""The English of what the engine says when something is wrong: refusals, findings, what a check has found.

The engine speaks Swedish and fills in names and numbers itself. Here a finished sentence is recognised by its fixed
words, its English is taken from locale/refusals.en.po, and what was filled in is put in again, itself in English
where it is known. So nothing that raises an error has to know of languages, and what was stored can be read too.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).parent / "locale/refusals.en.po"

_PLACE = re.compile(r"\{(\w+)\}")
_NAMED = re.compile(r"(.+) \((\w+)\)")  # a step: what it is called, and its id
_STEP = " → "  # between the steps of the shortest way to a fault
_LABEL_ENDINGS = ("", "?", ":", ".")

Word = Callable[[str], str]


@dataclass(frozen=True)
class Template:
    """A sentence with places in braces, as it is recognised and as it reads in English."""

    fixed: int  # letters that are not filled in: the more, the surer
    pattern: re.Pattern[str]
    english: str


def in_english(message: str, word: Word = lambda text: text) -> str:
    """A sentence of the engine's in English; one that is not known stays as it is.

    `word` puts what was filled in, the name of a step for instance, into English.
    """
    if "\n" in message:
        return "\n".join(in_english(line, word) for line in message.split("\n"))
    return _known(message, word) or message


def as_a_whole(sentence: str) -> str:
    """As `in_english`, for a sentence that nothing is filled into: quick to look up."""
    return _sentences()[0].get(sentence, sentence)


def catalogue() -> dict[str, str]:
    """Swedish sentence, with places in braces, to English."""
    with CATALOGUE.open("rb") as file:
        messages = read_po(file, locale="en")
    return {str(message.id): str(message.string) for message in messages if message.id and message.string}


def _known(message: str, word: Word) -> str | None:
    bare = message.strip(" ")
    whole, templates = _sentences()
    if bare in whole:
        return message.replace(bare, whole[bare])
    for template in templates:
        if found := template.pattern.fullmatch(bare):
            return message.replace(bare, _put_in(template.english, found.groupdict(), word))
    return None


def _put_in(english: str, values: dict[str, str], word: Word) -> str:
    filled = {name: _filled(name, value, word) for name, value in values.items()}
    return _PLACE.sub(lambda place: filled.get(place[1], place[0]), english)


def _filled(name: str, value: str, word: Word) -> str:
    """What stood in a place: a sentence in its turn, names with commas between, or a name."""
    if not value.strip():
        return value
    if _STEP in value:
        return _STEP.join(_filled(name, part, word) for part in value.split(_STEP))
    if (known := _known(value, word)) is not None:
        return known
    if ", " in value:
        return ", ".join(_filled(name, part, word) for part in value.split(", "))
    if named := _NAMED.fullmatch(value):
        return f"{word(named[1])} ({named[2]})"
    return _label(value, word) if name == "label" else word(value)


def _label(label: str, word: Word) -> str:
    """A question's last sign is taken off when it stands in a sentence, but it is translated with it."""
    for ending in _LABEL_ENDINGS:
        if (known := word(label + ending)) != label + ending:
            return known.rstrip("?:.")
    return label


@lru_cache(maxsize=1)
def _sentences() -> tuple[dict[str, str], list[Template]]:
    known = catalogue()
    whole = {swedish.strip(" "): english.strip(" ") for swedish, english in known.items() if not _PLACE.search(swedish)}
    templates = [_template(swedish, english) for swedish, english in known.items() if _PLACE.search(swedish)]
    return whole, sorted(templates, key=lambda template: -template.fixed)


def _template(swedish: str, english: str) -> Template:
    parts = _PLACE.split(swedish.strip(" "))
    pattern = "".join(
        f"(?P<{part}>.*?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)
    )  # fixed words at the even places, names at the odd
    return Template(len("".join(parts[::2])), re.compile(pattern, re.DOTALL), english.strip(" "))
