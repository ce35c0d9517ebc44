"""The only door to openpyxl for what is written: `Book` and its sheets. Tables and texts in, bytes out."""

from exports.workbook.book import Book
from exports.workbook.chart import Bars
from exports.workbook.sheet import Sheet
from exports.workbook.write_tables import workbook_of_tables

__all__ = ["Bars", "Book", "Sheet", "workbook_of_tables"]
