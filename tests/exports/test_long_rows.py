"""The rows of a long table are written past openpyxl, and look as if they were not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from exports.tables import About, Column, Marked, Missing, Table, Value
from exports.workbook import workbook_of_tables
from tests.county import at

NOW = at("2026-07-01T22:30")
ROWS: list[list[Value]] = [
    ["Falun & Mora <1>", date(2026, 1, 2), NOW, 3, 1.5, Marked("▲ Försenad", "late")],
    ["=1+1", Missing("saknas"), Missing("inte än"), 0, -2.25, Marked("✔ Klar", "done")],
    ["  två\nrader \x00]]>", None, NOW, None, 10.0, "+46"],
    ["", date(1999, 12, 31), at("2026-03-29T00:59"), 10**9, 0.1, "å\tä"],
]
KINDS = ("text", "date", "moment", "number", "decimal", "text")
TABLE = Table("T", "Titel", [Column(f"Kolumn {kind}", kind=kind) for kind in KINDS], ROWS, long=True)  # type: ignore[arg-type]
ABOUT = About("Titel", NOW, NOW)


def sheets(*tables: Table) -> list[Any]:
    return load_workbook(BytesIO(workbook_of_tables(list(tables), ABOUT, lambda text: text))).worksheets


def cells(sheet: Any) -> list[list[tuple[Any, ...]]]:
    """All that is seen of them. Long rows are one line each, so how text breaks is left out."""
    return [[(cell.coordinate, cell.value, cell.data_type, *look(cell)) for cell in row] for row in sheet.iter_rows()]


def look(cell: Any) -> list[Any]:
    font, alignment = cell.font, cell.alignment
    parts = [cell.number_format, font.b, font.i, font.sz, font.color.rgb, cell.fill.fgColor.rgb, cell.quotePrefix]
    return [*parts, cell.border.bottom.style, alignment.horizontal, alignment.vertical, alignment.indent]


def test_they_hold_what_openpyxl_would_have_written() -> None:
    long, plain = sheets(TABLE, replace(TABLE, key="U", title="Annan", long=False))
    assert cells(long)[3:] == cells(plain)[3:]
    assert [table.ref for table in long.tables.values()] == ["A4:F8"]
    assert not [cell for row in long.iter_rows() for cell in row if cell.data_type == "f"]


def test_there_may_be_none_or_more_than_are_held_at_once() -> None:
    def many() -> Iterator[list[Value]]:
        for number in range(1201):
            yield [number, f"rad {number}"]

    columns = [Column("N", kind="number"), Column("Text")]
    none, some = sheets(Table("T", "T", columns, [], long=True), Table("U", "U", columns, many(), long=True))
    assert none["A5"].value == "Inga rader."
    assert [row[0].value for row in some.iter_rows(min_row=5)] == list(range(1201))
    assert some.max_row == 1205
