"""Rows of a long table, written as the XML that a sheet holds: by openpyxl each cell takes ten times as long.

They wait in a file beside, and are put into the workbook when openpyxl has written all the rest of it.
"""

import shutil
from collections.abc import Mapping
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from exports.tables import Table
from exports.workbook.cells import RowWriter, plain

_END = b"</sheetData>"
_ROWS_AT_ONCE = 500


class LongRows:
    """The rows of one table, in a temporary file. `count` is how many there are."""

    def __init__(self, sheet: Any, table: Table, first_row: int) -> None:
        """Reads and writes all of them."""
        self._styles = RowWriter(sheet, table)
        self._letters = [get_column_letter(number) for number in range(1, len(table.columns) + 1)]
        self.file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed by `close`
        self.count = 0
        waiting: list[str] = []
        for number, values in enumerate(table.rows, start=first_row):
            waiting.append(self._row(number, values))
            if len(waiting) == _ROWS_AT_ONCE:
                self._write(waiting)
        self._write(waiting)

    def close(self) -> None:
        self.file.close()

    def _write(self, waiting: list[str]) -> None:
        self.file.write("".join(waiting).encode())
        self.count += len(waiting)
        waiting.clear()

    def _row(self, number: int, values: Any) -> str:
        cells = [
            self._cell(f"{letter}{number}", index, value)
            for index, (letter, value) in enumerate(zip(self._letters, values, strict=True))
        ]
        return f'<row r="{number}">{"".join(cells)}</row>'

    def _cell(self, place: str, index: int, value: Any) -> str:
        shown, variant, formula = plain(value)
        style = self._styles.style_id(index, variant, formula=formula)
        if shown is None or shown == "":
            return f'<c r="{place}" s="{style}"/>'
        if isinstance(shown, str):
            kept = "" if shown == shown.strip() else ' xml:space="preserve"'
            return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{kept}>{escape(shown)}</t></is></c>'
        if not isinstance(shown, int | float):
            shown = to_excel(shown)  # type: ignore[no-untyped-call]
        return f'<c r="{place}" s="{style}" t="n"><v>{shown}</v></c>'


def put_into(workbook: bytes, rows: Mapping[int, LongRows]) -> bytes:
    """The workbook with `rows` after those that its sheets have, by the sheet's number (from 1)."""
    if not rows:
        return workbook
    made = BytesIO()
    with ZipFile(BytesIO(workbook)) as before, ZipFile(made, "w", ZIP_DEFLATED, allowZip64=True) as after:
        parts = {f"xl/worksheets/sheet{number}.xml": added for number, added in rows.items()}
        for part in before.infolist():
            content = before.read(part)
            if part.filename in parts:
                _write_sheet(after, part, content, parts[part.filename])
            else:
                after.writestr(part, content, ZIP_DEFLATED)
    return made.getvalue()


def _write_sheet(after: ZipFile, part: ZipInfo, content: bytes, added: LongRows) -> None:
    above, end, below = content.rpartition(_END)
    if not end:
        raise ValueError(f"{part.filename} has no rows to add to")
    added.file.seek(0)
    target = ZipInfo(part.filename, part.date_time)
    target.compress_type, target.external_attr = ZIP_DEFLATED, part.external_attr
    with after.open(target, "w", force_zip64=True) as file:
        file.write(above)
        shutil.copyfileobj(added.file, file, 1024 * 1024)
        file.write(end + below)
