"""What has changed between two texts, word by word. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "gone", "new"]

_WORD = re.compile(r"\s*\S+\s*?(?=\s|$)|\s+")
MOST_WORDS = 4000
# Between two changes, so few words that are alike are shown as changed too: a text that is marked in shreds is hard to
# read and harder to hear.
SHRED = 2


@dataclass(frozen=True)
class Piece:
    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """One answer then and now. `then` holds what was taken away, `now` what was added; both hold what is alike.

    `merged` is the whole in one: what was taken away stands before what came instead.
    """

    label: str
    then: tuple[Piece, ...]
    now: tuple[Piece, ...]

    @property
    def merged(self) -> tuple[Piece, ...]:
        return tuple(_merged(list(self.then), list(self.now)))


def compare(label: str, then: str, now: str) -> Change:
    """The pieces of both texts. Texts too long to be matched word by word are shown whole."""
    old, new = _WORD.findall(then), _WORD.findall(now)
    if max(len(old), len(new)) > MOST_WORDS or not old or not new:
        return Change(label, _whole("gone", then), _whole("new", now))
    left: list[Piece] = []
    right: list[Piece] = []
    for alike, (old_from, old_to), (new_from, new_to) in _stretches(old, new):
        before, after = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        if alike:
            left.append(Piece("same", before))
            right.append(Piece("same", after))
            continue
        left += _whole("gone", before)
        right += _whole("new", after)
    return Change(label, tuple(left), tuple(right))


Range = tuple[int, int]


def _stretches(old: list[str], new: list[str]) -> list[tuple[bool, Range, Range]]:
    """Stretches that are alike and stretches that differ, by turns."""
    matcher = SequenceMatcher(None, [word.strip() for word in old], [word.strip() for word in new], autojunk=False)
    opcodes = matcher.get_opcodes()
    found: list[tuple[bool, Range, Range]] = []
    for number, (tag, old_from, old_to, new_from, new_to) in enumerate(opcodes):
        inner = 0 < number < len(opcodes) - 1
        alike = tag == "equal" and not (inner and old_to - old_from <= SHRED)
        if found and found[-1][0] == alike:
            _, (first_old, _), (first_new, _) = found.pop()
            found.append((alike, (first_old, old_to), (first_new, new_to)))
        else:
            found.append((alike, (old_from, old_to), (new_from, new_to)))
    return found


def _merged(then: list[Piece], now: list[Piece]) -> Iterator[Piece]:
    while then or now:
        if then and then[0].kind == "gone":
            yield then.pop(0)
        elif now and now[0].kind == "new":
            yield now.pop(0)
        else:
            then[:1] = []
            yield now.pop(0)


def _whole(kind: Kind, text: str) -> tuple[Piece, ...]:
    return (Piece(kind, text),) if text else ()
