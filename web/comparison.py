"""What has changed between two texts, word by word. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "gone", "new"]

_WORD = re.compile(r"\s+|\S+")
MOST_WORDS = 4000


@dataclass(frozen=True)
class Piece:
    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """One answer then and now. `then` holds what was taken away, `now` what was added; both hold what is alike."""

    label: str
    then: tuple[Piece, ...]
    now: tuple[Piece, ...]


def compare(label: str, then: str, now: str) -> Change:
    """The pieces of both texts. Texts too long to be matched word by word are shown whole."""
    old, new = _WORD.findall(then), _WORD.findall(now)
    if max(len(old), len(new)) > MOST_WORDS or not old or not new:
        return Change(label, _whole("gone", then), _whole("new", now))
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        if tag == "equal":
            left.append(Piece("same", before))
            right.append(Piece("same", after))
            continue
        left += _whole("gone", before)
        right += _whole("new", after)
    return Change(label, tuple(left), tuple(right))


def _whole(kind: Kind, text: str) -> tuple[Piece, ...]:
    return (Piece(kind, text),) if text else ()
