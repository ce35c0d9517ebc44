"""Hides small numbers of people, so that nobody can be pointed out, and what they could be worked out from."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """Numbers by sex as they may be shown. A hidden one is None here and named in `hidden`."""

    women: float | None
    men: float | None
    total: float | None
    hidden: frozenset[str] = frozenset()


def suppress(women: float | None, men: float | None, total: float | None, threshold: int) -> Shown:
    """What may be shown of a count of women, men and all.

    Primary: a number of people from 1 up to the threshold is hidden; 0 points nobody out and stays. Secondary: when
    just one of the three is hidden it is the difference of the other two, so one more is hidden: the smallest that
    is not 0. When both sexes are hidden and their total can only be the sum of the largest hidden numbers, it is too.
    """
    numbers = {"women": women, "men": men, "total": total}
    hidden = {name for name, number in numbers.items() if number is not None and 0 < number < threshold}
    if len(hidden) == 1 and all(number is not None for number in numbers.values()):
        hidden.add(_partner(hidden, numbers))
    if {"women", "men"} <= hidden and women == men == threshold - 1:
        hidden.add("total")
    shown = {name: None if name in hidden else number for name, number in numbers.items()}
    return Shown(shown["women"], shown["men"], shown["total"], frozenset(hidden))


def _partner(hidden: set[str], numbers: dict[str, float | None]) -> str:
    """Which other number to hide: of those that are people at all, the smallest, so that most is kept."""
    others = {name: number for name, number in numbers.items() if name not in hidden and number}
    return min(others, key=lambda name: others[name] or 0) if others else "total"


def suppress_counts(numbers: Sequence[int], threshold: int) -> list[int | None]:
    """The parts of a total that is known, as they may be shown: those from 1 up to the threshold are hidden (None).

    When what is hidden can be worked out from the total, because it is one number, or can only be all ones or all the
    largest that are hidden, the smallest of the others is hidden too; and so on, as long as there are others.
    """
    small = [number for number in numbers if 0 < number < threshold]
    hidden = {place for place, number in enumerate(numbers) if 0 < number < threshold}
    others = sorted((number, place) for place, number in enumerate(numbers) if number >= threshold)
    known = len(small) == 1 or (bool(small) and sum(small) in {len(small), len(small) * (threshold - 1)})
    if known and others:
        hidden.add(others[0][1])
    return [None if place in hidden else number for place, number in enumerate(numbers)]
