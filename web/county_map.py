"""The county drawn: each municipality's shape, and a label in it that says how it stands.

The shapes are our own file, made by tools/map.py from official boundaries; it names its source.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from engine.queries import StatusRow
from web.page_words import lower_first, stage_short, stage_title

FILE = Path(__file__).parent / "maps/dalarna.json"
WORDS = {
    "late": lambda: _("Försenad"),
    "wait": lambda: _("Väntar på beslut"),
    "back": lambda: _("Återremitterad"),
    "going": lambda: _("Pågår"),
    "done": lambda: _("Klar"),
    "none": lambda: _("Ej påbörjad"),
}
# Widths of letters in the map's own units, for a label that is centred without being measured.
NAME_LETTER, WORD_LETTER, SYMBOL = 7.2, 6.2, 16


@dataclass(frozen=True)
class Place:
    """One municipality: its outline, where its label begins, and the label's lines after the name."""

    row: StatusRow
    path: str
    x: float
    y: float
    lines: list[str]
    words: str  # the whole of it in one sentence
    centre: tuple[float, float]
    line: tuple[float, float, float, float] | None  # from the place to its label, when that stands outside


@dataclass(frozen=True)
class CountyMap:
    width: float
    height: float
    places: list[Place]


def county_map(rows: list[StatusRow]) -> CountyMap | None:
    """The map of these municipalities; None when one of them is not drawn, as in another county."""
    drawing = _drawing()
    if not rows or any(row.organisation not in drawing["places"] for row in rows):
        return None
    places = [_place(row, drawing["places"][row.organisation]) for row in rows]
    return CountyMap(drawing["width"], drawing["height"], places)


@cache
def _drawing() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def _place(row: StatusRow, drawn: dict[str, Any]) -> Place:
    lines = label(row)
    name_width = len(row.organisation_name) * NAME_LETTER
    width = max(name_width, SYMBOL + len(lines[0]) * WORD_LETTER, *(len(line) * WORD_LETTER for line in lines[1:]))
    x, y = drawn["label"]
    left, top = round(x - width / 2, 1), y - 6 * len(lines)
    if "line" not in drawn:
        return Place(row, drawn["path"], left, top, lines, sentence(row), (x, y), None)
    begin_x, begin_y = drawn["line"]
    beside = begin_x > left + name_width
    end = (round(left + name_width + 4, 1), top - 5) if beside else (left + 8, top - 13)
    return Place(row, drawn["path"], left, top, lines, sentence(row), (begin_x, begin_y), (begin_x, begin_y, *end))


def label(row: StatusRow) -> list[str]:
    """The status in one line or two, short enough for the smallest municipality."""
    word = WORDS[row.status]()
    if row.status == "late":
        return [word, ngettext("%(num)s dag", "%(num)s dagar", row.days_late)]
    if row.status == "going" and row.current_stage:
        return [word, stage_short(row.current_stage)]
    if row.status == "back":
        word = _("Åter- remitterad")
    return word.rsplit(" ", 1)


def sentence(row: StatusRow) -> str:
    """`Avesta: Beslut, försenad 40 dagar`"""
    word = lower_first(WORDS[row.status]())
    if row.status == "late":
        word = f"{word} {ngettext('%(num)s dag', '%(num)s dagar', row.days_late)}"
    parts = [stage_title(row.current_stage), word] if row.current_stage else [word]
    return f"{row.organisation_name}: {', '.join(parts)}"
