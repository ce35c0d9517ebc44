"""Reads a workbook that people have filled in: the cells' values, row by row, and nothing that could run or grow."""

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from engine.errors import InvalidFile

LARGEST = 20 * 1024 * 1024  # bytes of the file
_UNPACKED = 200 * 1024 * 1024  # bytes of all that is packed in it
_MOST_ROWS, _MOST_COLUMNS = 10_000, 100
_NO_WORKBOOK = "Filen är ingen läsbar Excel-arbetsbok (.xlsx)."

Value = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class ReadRow:
    """One row of a sheet; `number` is the one that Excel shows. Text is stripped, and empty text is None."""

    number: int
    values: tuple[Value, ...]

    @property
    def is_empty(self) -> bool:
        return all(value is None for value in self.values)


@dataclass(frozen=True)
class ReadSheet:
    """A sheet, as far as it has rows."""

    title: str
    rows: tuple[ReadRow, ...]


def read_workbook(content: bytes) -> list[ReadSheet]:
    """The sheets of a workbook, formulas as their results. Raises InvalidFile."""
    if len(content) > LARGEST:
        raise InvalidFile([f"Filen är större än {LARGEST // 1024**2} MB."])
    _demand_tame(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        return [ReadSheet(sheet.title, tuple(_rows(sheet))) for sheet in book.worksheets]
    except InvalidFile:
        raise
    except Exception as error:  # a damaged file makes the library let out almost anything
        raise InvalidFile([_NO_WORKBOOK]) from error


def cell_name(column: int, row: int) -> str:
    """As Excel shows it: column 0 of row 5 is A5."""
    return f"{get_column_letter(column + 1)}{row}"


def _demand_tame(content: bytes) -> None:
    """Refuse what unpacks into something huge, and XML that defines entities."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _UNPACKED:
                raise InvalidFile(["Filen packas upp till något orimligt stort."])
            for part in packed.infolist():
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in packed.open(part).read(4096):
                    raise InvalidFile([_NO_WORKBOOK])
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise InvalidFile([_NO_WORKBOOK]) from error


def _rows(sheet: Any) -> list[ReadRow]:
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    found = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=_MOST_COLUMNS), 1):
        if number > _MOST_ROWS:
            raise InvalidFile([f"Bladet {sheet.title} har fler än {_MOST_ROWS} rader."])
        row = ReadRow(number, tuple(_value(cell) for cell in cells))
        if not row.is_empty:
            found.append(row)
    return found


def _value(cell: Any) -> Value:
    if isinstance(cell, str):
        return cell.strip() or None
    return cell if isinstance(cell, int | float | date) else None
