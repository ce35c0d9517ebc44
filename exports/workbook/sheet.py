"""A sheet that is laid out by hand: cells, joined cells, a chart."""

from typing import Any

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter

from exports.safety import clean
from exports.workbook.cells import write_text
from exports.workbook.chart import Bars, stacked_bars
from exports.workbook.styles import FONT, INK_2, Look, dress


class Sheet:
    """Rows and columns count from 1, as people see them."""

    def __init__(self, worksheet: Any) -> None:
        self._sheet = worksheet

    def put(self, row: int, column: int, value: str | float, look: Look, *, across: int = 1) -> None:
        """A text or a number; `across` joins so many cells, all of which get the look."""
        cell = self._sheet.cell(row, column)
        if isinstance(value, str):
            write_text(cell, value, look)
        else:
            dress(cell, look)
            cell.value = value
        for offset in range(1, across):
            dress(self._sheet.cell(row, column + offset), look)
        if across > 1:
            self._sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + across - 1)

    def put_figure(self, row: int, column: int, figure: str, rest: str, look: Look, *, across: int = 1) -> None:
        """A large figure with small words after it, in one cell."""
        self.put(row, column, figure, look, across=across)
        large = InlineFont(rFont=FONT, sz=look.size, b=True, color=Color(look.color))
        small = InlineFont(rFont=FONT, sz=10, color=Color(INK_2))
        self._sheet.cell(row, column).value = CellRichText(
            TextBlock(large, clean(figure)), TextBlock(small, clean(rest))
        )

    def height(self, row: int, points: float) -> None:
        self._sheet.row_dimensions[row].height = points

    def widths(self, *characters: float) -> None:
        for index, width in enumerate(characters, start=1):
            self._sheet.column_dimensions[get_column_letter(index)].width = width

    def freeze(self, row: int, column: int) -> None:
        """Rows above and columns before stay in sight."""
        self._sheet.freeze_panes = f"{get_column_letter(column)}{row}"

    def print_on(self, last_row: int, last_column: int, *, repeat: tuple[int, int] | None, pages: int) -> None:
        """What to print, on so many pages (0: as many as needed), and which rows to repeat on each."""
        self._sheet.print_area = f"A1:{get_column_letter(last_column)}{last_row}"
        self._sheet.page_setup.fitToHeight = pages
        if repeat and pages != 1:
            self._sheet.print_title_rows = f"{repeat[0]}:{repeat[1]}"

    def chart(self, row: int, column: int, bars: Bars) -> None:
        self._sheet.add_chart(stacked_bars(self._sheet, bars), f"{get_column_letter(column)}{row}")
