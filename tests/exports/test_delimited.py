"""CSV as Excel in the reader's language opens it."""

import csv
from datetime import date
from io import StringIO

from exports.delimited import csv_bytes
from exports.tables import Column, Marked, Missing, Table
from tests.county import at


def rows_of(content: bytes, delimiter: str) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


TABLE = Table(
    "T",
    "Titel",
    [Column(title) for title in ("Text", "Dag", "Tid", "Tal", "Decimal", "Saknas", "Läge")],
    [["=a;b", date(2026, 1, 2), at("2026-07-01T22:30"), 0, 1.5, Missing("saknas"), Marked("▲ Försenad", "late")]],
)


def test_swedish_parts_with_semicolons_and_writes_decimal_commas() -> None:
    head, row = rows_of(csv_bytes(TABLE, "sv"), ";")
    assert head[0] == "Text"
    assert row == ["'=a;b", "2026-01-02", "2026-07-02 00:30", "0", "1,5", "saknas", "▲ Försenad"]


def test_english_parts_with_commas() -> None:
    assert rows_of(csv_bytes(TABLE, "en"), ",")[1][4] == "1.5"


def test_long_lists_come_in_parts_that_fit_together() -> None:
    many = Table("T", "T", [Column("N")], ([n] for n in range(2500)))
    assert [row[0] for row in rows_of(csv_bytes(many, "sv"), ";")][1:] == [str(n) for n in range(2500)]
