"""Puts one value into one cell: its type, its look, and text that stays text."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from textwrap import wrap
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell

from engine.clock import STOCKHOLM
from exports.safety import clean, looks_like_formula
from exports.tables import Column, Marked, Missing, Table, Value
from exports.workbook.styles import BODY, FORMATS, HEAD, MISSING, TONES, Look, dress


def write_text(cell: Cell, text: str, look: Look) -> None:
    """Text and nothing else, whatever it begins with: not even editing the cell makes a formula of it."""
    text = clean(text)
    dress(cell, replace(look, text=True) if looks_like_formula(text) else look)
    cell.value = text
    cell.data_type = "s"


def text_cell(sheet: Any, text: str, look: Look) -> Cell:
    """A cell for a row that is about to be added."""
    cell: Cell = WriteOnlyCell(sheet)
    write_text(cell, text, look)
    return cell


class RowWriter:
    """Makes the cells of a table's rows. A look is worked out once and then referred to: fast for long lists."""

    def __init__(self, sheet: Any, table: Table) -> None:
        self._sheet = sheet
        self._columns = table.columns
        self._wrap = not table.long
        self._styles: dict[tuple[int, str, bool], Any] = {}
        self._ids: dict[tuple[int, str, bool], int] = {}

    def head(self) -> list[Cell]:
        return [
            self._cell(index, column.title, "head", looks_like_formula(column.title))
            for index, column in enumerate(self._columns)
        ]

    def row(self, values: Sequence[Value]) -> list[Cell]:
        if len(values) != len(self._columns):
            raise ValueError(f"{len(values)} values for {len(self._columns)} columns: {values!r}")
        return [self._value(index, value) for index, value in enumerate(values)]

    def style_id(self, index: int, variant: str, *, formula: bool) -> int:
        """The number of a look in the workbook's list of them."""
        known = (index, variant, formula)
        found = self._ids.get(known)
        if found is None:
            found = self._ids[known] = int(self._cell(index, None, variant, formula).style_id)
        return found

    def _value(self, index: int, value: Value) -> Cell:
        shown, variant, formula = plain(value)
        cell = self._cell(index, shown or None if isinstance(shown, str) else shown, variant, formula)
        if isinstance(shown, str) and shown:
            cell.data_type = "s"
        return cell

    def _cell(self, index: int, value: str | float | date | None, variant: str, formula: bool) -> Cell:
        cell: Cell = WriteOnlyCell(self._sheet)
        cell.value = value
        known = (index, variant, formula)
        if known not in self._styles:
            dress(cell, replace(self._look(self._columns[index], variant), text=formula))
            self._styles[known] = cell._style  # type: ignore[attr-defined]
        cell._style = self._styles[known]  # type: ignore[attr-defined]
        return cell

    def _look(self, column: Column, variant: str) -> Look:
        if variant == "head":
            return _placed(HEAD, column)
        look = replace(_placed(MISSING if variant == "missing" else BODY, column), wrap=self._wrap)
        if variant in TONES:
            return replace(look.toned(variant), bold=variant == "late")
        kind = column.kind if variant == "number" else variant
        return replace(look, number_format=FORMATS.get(kind, look.number_format))


def plain(value: Value) -> tuple[str | float | date | None, str, bool]:
    """What a cell holds, the name of its look, and whether it is a text that must not become a formula."""
    if isinstance(value, str):
        text, variant = clean(value), "text"
    elif value is None or isinstance(value, int | float):
        return value, "number", False
    elif isinstance(value, datetime):
        return local(value), "moment", False
    elif isinstance(value, date):
        return value, "date", False
    elif isinstance(value, Marked):
        text, variant = clean(value.text), value.tone
    else:
        text, variant = clean(value.why), "missing"
    return text, variant, looks_like_formula(text)


def local(moment: datetime) -> datetime:
    """The moment as clocks in Stockholm showed it, without zone: what a workbook can hold."""
    return moment.astimezone(STOCKHOLM).replace(tzinfo=None, second=0, microsecond=0)


def lines_needed(columns: Sequence[Column], values: Sequence[Value]) -> int:
    """How many lines the row's longest cell takes: not every program works that out when it opens a file."""
    return max(_lines(column, value) for column, value in zip(columns, values, strict=True))


def _lines(column: Column, value: Value) -> int:
    text = value.text if isinstance(value, Marked) else value.why if isinstance(value, Missing) else value
    if not isinstance(text, str):
        return 1
    room = max(4, int(column.width * 1.22 - 1.5))  # letters of 10 points in a width of 11, less the indent
    if len(text) <= room and "\n" not in text:
        return 1
    return sum(max(1, len(wrap(paragraph, room))) for paragraph in text.split("\n"))


def _placed(look: Look, column: Column) -> Look:
    """Numbers stand to the right; all with air between the columns."""
    return replace(look, align="right" if column.kind in {"number", "decimal"} else "left", indent=1)
