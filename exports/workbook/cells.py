"""Puts one value into one cell: its type, its look, and text that stays text."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell

from engine.clock import STOCKHOLM
from exports.safety import clean, looks_like_formula
from exports.tables import Column, Marked, Missing, Table, Value
from exports.workbook.styles import BODY, FORMATS, HEAD, MISSING, Look, dress


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
        self._dressed: dict[Look, Any] = {}

    def head(self) -> list[Cell]:
        return [self._cell(column.title, _placed(HEAD, column)) for column in self._columns]

    def row(self, values: Sequence[Value]) -> list[Cell]:
        if len(values) != len(self._columns):
            raise ValueError(f"{len(values)} values for {len(self._columns)} columns: {values!r}")
        return list(self._cells(values))

    def _cells(self, values: Sequence[Value]) -> Iterator[Cell]:
        for column, value in zip(self._columns, values, strict=True):
            yield self._value(column, value)

    def _value(self, column: Column, value: Value) -> Cell:
        look = replace(_placed(BODY, column), wrap=self._wrap)
        if isinstance(value, Missing):
            return self._cell(value.why, replace(_placed(MISSING, column), wrap=self._wrap))
        if isinstance(value, Marked):
            return self._cell(value.text, replace(look.toned(value.tone), bold=value.tone == "late"))
        if isinstance(value, datetime):
            return self._cell(local(value), replace(look, number_format=FORMATS["moment"]))
        if isinstance(value, date):
            return self._cell(value, replace(look, number_format=FORMATS["date"]))
        if isinstance(value, int | float):
            return self._cell(value, replace(look, number_format=FORMATS.get(column.kind, "General")))
        return self._cell(value or "", look)

    def _cell(self, value: str | float | date, look: Look) -> Cell:
        cell: Cell = WriteOnlyCell(self._sheet)
        if isinstance(value, str):
            text = clean(value)
            look = replace(look, text=looks_like_formula(text))
            cell.value, cell.data_type = text or None, "s" if text else "n"
        else:
            cell.value = value
        if look not in self._dressed:
            dress(cell, look)
            self._dressed[look] = cell._style  # type: ignore[attr-defined]
        cell._style = self._dressed[look]  # type: ignore[attr-defined]
        return cell


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
    room = max(1, int(column.width * 1.15 - 2))  # letters of 10 points in a width of 11, less the indent
    return sum(max(1, -(-len(paragraph) // room)) for paragraph in text.split("\n"))


def _placed(look: Look, column: Column) -> Look:
    """Numbers stand to the right; all with air between the columns."""
    return replace(look, align="right" if column.kind in {"number", "decimal"} else "left", indent=1)
