"""What may stand in an argument: whole numbers within limits, dates, and text that can be stored."""

import argparse
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from engine.forms import is_storable

LONGEST = 5000  # of one argument; what is longer comes in files


def day(text: str) -> date:
    """A date. Argparse tells what is wrong, as it does with the others here."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2026-11-24") from None


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """A type for argparse: a whole number from `least` to `most`."""

    def read(text: str) -> int:
        if not text.lstrip("-").isdecimal() or len(text) > len(str(most)) + 1 or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text[:50]!r} is no whole number from {least} to {most}")
        return int(text)

    return read


port = whole_number(0, 65535)
version = whole_number(1, 1_000_000)


def demand_storable(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """End the program as argparse does, with the argument's name, when a text could not be kept or looked for."""
    for name, value in vars(chosen).items():
        for text in _texts(value):
            if not is_storable(text):
                parser.error(f"argument {name}: it holds characters that cannot be stored")
            if len(text) > LONGEST:
                parser.error(f"argument {name}: it has more than {LONGEST} characters")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
