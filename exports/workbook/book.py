"""A workbook with hand-laid sheets and tables."""

from io import BytesIO

from openpyxl import Workbook

from exports.language import Translate
from exports.tables import About, Table
from exports.workbook.pages import set_page, set_properties
from exports.workbook.sheet import Sheet
from exports.workbook.write_tables import FALU_TAB, sheet_name, write_table


class Book:
    """Sheets in the order in which they are added; `to_bytes` ends it."""

    def __init__(self, about: About, translate: Translate) -> None:
        self._about = about
        self._translate = translate
        self._workbook = Workbook()
        self._workbook.remove(self._workbook.worksheets[0])
        set_properties(self._workbook, about, translate)

    def sheet(self, title: str) -> Sheet:
        """A sheet to lay out by hand; the first one is marked as the place to begin."""
        worksheet = self._workbook.create_sheet(sheet_name(title))
        worksheet.sheet_view.showGridLines = False
        worksheet.sheet_properties.tabColor = FALU_TAB
        set_page(worksheet, self._about, self._translate)
        return Sheet(worksheet)

    def table(self, table: Table) -> None:
        write_table(self._workbook.create_sheet(sheet_name(table.title)), table, self._about, self._translate)

    def to_bytes(self) -> bytes:
        file = BytesIO()
        self._workbook.save(file)
        return file.getvalue()
