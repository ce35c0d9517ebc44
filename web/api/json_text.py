"""Reads JSON that anybody may have written: what could not be stored or calculated with is refused by name."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from engine.errors import FieldError
from web.api.problems import INVALID, MALFORMED, Refused

DEEPEST = 16
MOST_DIGITS = 2**53  # beyond it, other programs' numbers are no longer exact
TOO_DEEP = f"Det är för djupt nästlat. Högst {DEEPEST} nivåer går att ta emot."
NO_NUMBER = "Skriv ett vanligt tal."
NO_TEXT = "Texten innehåller tecken som inte kan sparas."
NO_NAME = "Fältets namn innehåller tecken som inte kan sparas."


def read_json(text: bytes) -> Any:
    """The value. Raises Refused: malformed, or invalid with the field's name."""
    try:
        value = json.loads(text.decode("utf-8"))
    except RecursionError as error:
        deep = FieldError(_deep_field(text.decode("utf-8")), TOO_DEEP)
        raise Refused(INVALID, "The content is nested too deeply.", [deep]) from error
    except UnicodeDecodeError as error:
        raise Refused(MALFORMED, "The content is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise Refused(MALFORMED, f"The content is not JSON: {error.msg} (line {error.lineno}).") from error
    except ValueError as error:  # an integer of thousands of digits
        raise Refused(MALFORMED, "The content holds a number that cannot be read.") from error
    if faults := list(_faults(value, (), 0)):
        raise Refused(INVALID, "Some values cannot be stored.", faults)
    return value


def field_name(path: tuple[str | int, ...]) -> str:
    """`variables.goals.0.text` is the form's own field `goals.0.text`."""
    inner = path[1:] if len(path) > 1 and path[0] == "variables" else path
    return ".".join(str(part)[:100] for part in inner)


def _faults(value: Any, path: tuple[str | int, ...], depth: int) -> Iterator[FieldError]:
    if depth > DEEPEST:
        yield FieldError(field_name(path[:3]), TOO_DEEP)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if _is_unfit(key):
                yield FieldError(field_name((*path, key.encode("utf-8", "replace").decode())), NO_NAME)
            else:
                yield from _faults(inner, (*path, key), depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _faults(inner, (*path, index), depth + 1)
    elif isinstance(value, str):
        if _is_unfit(value):
            yield FieldError(field_name(path), NO_TEXT)
    elif isinstance(value, int | float) and (not math.isfinite(value) or abs(value) > MOST_DIGITS):
        yield FieldError(field_name(path), NO_NUMBER)


def _is_unfit(text: str) -> bool:
    return _UNFIT.search(text) is not None


_UNFIT = re.compile("[\x00\ud800-\udfff]")  # null characters and halves of characters
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|[\[\]{}]')


def _deep_field(text: str) -> str:
    """The outermost field in which the text is nested too deeply: found in the text, since it cannot be loaded."""
    names: list[str] = [""] * 3
    depth = 0
    for found in _TOKEN.finditer(text):
        mark = found.group()
        if mark.startswith('"'):
            if depth < len(names):
                names[depth] = found.group(1)
        elif mark in "[{":
            depth += 1
            if depth > DEEPEST:
                break
        else:
            depth -= 1
    return field_name(tuple(name for name in names[1:] if name))
