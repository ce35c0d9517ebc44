"""Tables as sheets: heading, frozen head, filter, widths and print set-up. Rows are written as they are read."""

import re
from contextlib import ExitStack, closing
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableColumn, TableStyleInfo

from exports.language import Translate
from exports.tables import About, Table
from exports.workbook.cells import RowWriter, lines_needed, local, text_cell
from exports.workbook.long_rows import LongRows, put_into
from exports.workbook.pages import set_page, set_properties
from exports.workbook.styles import NOTE, SHEET_TITLE

HEAD_ROW = 4
ROW_HEIGHT, LINE_HEIGHT, MOST_LINES = 18.0, 12.5, 25  # points; a row is at most 409 high
FALU_TAB = "8A2A1D"
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")


def workbook_of_tables(tables: list[Table], about: About, translate: Translate) -> bytes:
    """A workbook with a sheet per table, written row by row so that a long list takes little memory."""
    workbook = Workbook(write_only=True)
    set_properties(workbook, about, translate)
    long: dict[int, LongRows] = {}
    with ExitStack() as files:
        for number, table in enumerate(tables, start=1):
            sheet = workbook.create_sheet(sheet_name(table.title))
            if table.long:
                long[number] = files.enter_context(closing(LongRows(sheet, table, HEAD_ROW + 1)))
            write_table(sheet, table, about, translate, long.get(number))
        file = BytesIO()
        workbook.save(file)
        return put_into(file.getvalue(), long)


def sheet_name(title: str) -> str:
    """`title` as a sheet may be called: at most 31 characters and none of the forbidden ones."""
    return _NOT_IN_A_NAME.sub("-", title)[:31].strip("'")


def write_table(
    sheet: Any, table: Table, about: About, translate: Translate, elsewhere: LongRows | None = None
) -> None:
    """Fill an empty sheet with the table, but for rows `elsewhere`. Works for ordinary and for write-only sheets."""
    _set_view(sheet, table)
    set_page(sheet, about, translate, pages_wide=table.pages_wide, pages_high=table.pages_high)
    writer = RowWriter(sheet, table)
    for row in _heading(sheet, table, about, translate):
        sheet.append(row)
    sheet.append(writer.head())
    count = _write_rows(sheet, table, writer) if elsewhere is None else elsewhere.count
    if count:
        sheet.tables.add(_excel_table(table, count))
    else:
        sheet.append([text_cell(sheet, translate("Inga rader."), NOTE)])


def _write_rows(sheet: Any, table: Table, writer: RowWriter) -> int:
    count = 0
    for count, values in enumerate(table.rows, start=1):
        if not table.long:
            lines = min(lines_needed(table.columns, values), MOST_LINES)
            sheet.row_dimensions[HEAD_ROW + count].height = ROW_HEIGHT + (lines - 1) * LINE_HEIGHT
        sheet.append(writer.row(values))
    return count


def _set_view(sheet: Any, table: Table) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 100
    sheet.freeze_panes = f"{get_column_letter(table.fixed_columns + 1)}{HEAD_ROW + 1}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    if table.pages_wide > 1:
        sheet.print_title_cols = f"A:{get_column_letter(table.fixed_columns)}"
    for index, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    sheet.row_dimensions[1].height = 28
    lines = lines_needed(table.columns, [column.title for column in table.columns])
    sheet.row_dimensions[HEAD_ROW].height = ROW_HEIGHT + 3 + (lines - 1) * LINE_HEIGHT


def _heading(sheet: Any, table: Table, about: About, translate: Translate) -> list[list[Any]]:
    """Three rows above the table: what it is, what it shows and of when, and air."""
    moment = f"{translate('Läget')} {local(about.as_of):%Y-%m-%d %H:%M}"
    note = f"{moment}. {table.note}" if table.note else f"{moment}."
    return [[text_cell(sheet, table.title, SHEET_TITLE)], [text_cell(sheet, note, NOTE)], []]


def _excel_table(table: Table, count: int) -> ExcelTable:
    """A real Excel table, so that filters, sorting and references by name work at once."""
    reference = f"A{HEAD_ROW}:{get_column_letter(len(table.columns))}{HEAD_ROW + count}"
    found = ExcelTable(displayName=table.key, ref=reference)
    found.tableColumns = [
        TableColumn(id=index, name=column.title) for index, column in enumerate(table.columns, start=1)
    ]
    found.autoFilter = AutoFilter(ref=reference)
    found.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    return found
