"""A Word document to write on: real heading styles, a list of contents, tables that say what they are, a language."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.table import _Row

from exports.document.fields import add_field, bookmark, fill_contents
from exports.document.styles import RULE, set_language, set_styles
from exports.safety import clean

LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}


@dataclass(frozen=True)
class Properties:
    """What the file says of itself. `created` is aware."""

    title: str
    subject: str
    author: str
    keywords: str
    locale: str
    created: datetime


class Paper:
    """One document, filled from above. Every heading is entered in the list of contents when that is drawn."""

    def __init__(self, properties: Properties) -> None:
        self._document = docx.Document()
        self._bookmarks: list[tuple[int, str, str]] = []
        self._contents: Any = None
        _set_properties(self._document, properties)
        set_language(self._document, LANGUAGES.get(properties.locale, properties.locale))
        set_styles(self._document)
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.3)
        section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.2)

    def header_and_footer(self, header: str, footer: str, page: str) -> None:
        """The same on every page. `page` is what stands before the page's number, e.g. "Sida"."""
        section = self._document.sections[0]
        section.header.paragraphs[0].text = clean(header)
        line = section.footer.paragraphs[0]
        line.text = f"{clean(footer)}\t\t"  # past the tab in the middle, which the style has
        line.add_run(f"{page} ")
        add_field(line, "PAGE", "1")
        line.add_run(" (")
        add_field(line, "NUMPAGES", "1")
        line.add_run(")")

    def title(self, text: str, over: str = "", under: str = "") -> None:
        if over:
            self._document.add_paragraph(clean(over), style="Over")
        self._document.add_paragraph(clean(text), style="Title")
        if under:
            self._document.add_paragraph(clean(under), style="Subtitle")

    def heading(self, text: str, level: int = 1) -> None:
        paragraph = self._document.add_heading(level=level)
        name = f"_Toc{len(self._bookmarks) + 1:06}"
        bookmark(paragraph, len(self._bookmarks) + 1, name, clean(text))
        self._bookmarks.append((level, name, clean(text)))

    def text(self, text: str, style: str | None = None) -> None:
        """One paragraph for each line; empty lines part, they are not kept."""
        for line in clean(text).split("\n"):
            if line.strip():
                self._document.add_paragraph(line.strip(), style=style)

    def note(self, text: str) -> None:
        self.text(text, "Note")

    def points(self, lines: Sequence[str]) -> None:
        for line in lines:
            self._document.add_paragraph(clean(line), style="List Bullet")

    def facts(self, caption: str, rows: Sequence[tuple[str, str]]) -> None:
        """Terms and values, two columns, the term heading its row."""
        table = self._table(caption, len(rows), (4.2, 12.2))
        for row, (term, value) in zip(_rows(table), rows, strict=True):
            head, cell = row.cells
            _fill(head, term, bold=True)
            _fill(cell, value)
            _keep_whole(row)
        _look(table, first_row=False)

    def table(self, caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """A table whose head is repeated on every page that it reaches. `widths` in centimetres."""
        self._document.add_paragraph(clean(caption), style="Caption").paragraph_format.keep_with_next = True
        table = self._table(caption, len(rows) + 1, widths)
        for number, (row, texts) in enumerate(zip(_rows(table), [head, *rows], strict=True)):
            for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                _fill(cell, text, bold=number == 0 or place == 0)
            if number == 0:
                _repeat(row)
            _keep_whole(row)
        _look(table, first_row=True)

    def contents(self, heading: str) -> None:
        """The place of the list of contents; it is filled when the document is finished."""
        self._document.add_paragraph(clean(heading), style="Contents Heading")
        self._contents = self._document.add_paragraph()

    def break_page(self) -> None:
        self._document.add_page_break()  # type: ignore[no-untyped-call]

    def content(self) -> bytes:
        """The finished file."""
        if self._contents is not None:
            fill_contents(self._contents, [one for one in self._bookmarks if one[0] <= 2])
        file = BytesIO()
        self._document.save(file)
        return file.getvalue()

    def _table(self, caption: str, rows: int, widths: Sequence[float]) -> Any:
        table = self._document.add_table(rows=rows, cols=len(widths))
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        for row in _rows(table):
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Cm(width)
        for tag in ("w:tblCaption", "w:tblDescription"):
            _append(table._tbl.tblPr, tag, clean(caption))
        self._after_table()
        return table

    def _after_table(self) -> None:
        """Air under a table, which has no space of its own."""
        self._document.add_paragraph(style="After Table")


def _set_properties(document: Any, properties: Properties) -> None:
    core = document.core_properties
    core.title, core.subject, core.author = properties.title, properties.subject, properties.author
    core.keywords, core.comments = properties.keywords, ""
    core.language = LANGUAGES.get(properties.locale, properties.locale)
    core.created = core.modified = properties.created.astimezone(UTC).replace(tzinfo=None)
    core.last_modified_by = properties.author


def _rows(table: Any) -> Iterator[Any]:
    """The table's rows. The library's own list of them is walked anew for each one that is asked for."""
    return (_Row(element, table) for element in table._tbl.tr_lst)


def _fill(cell: Any, text: str, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    for number, line in enumerate(clean(text).split("\n")):
        if number:
            paragraph = cell.add_paragraph()
        paragraph._p.style = "Cell"  # by its id: to look the name up for every cell takes most of the time
        paragraph.add_run(line).bold = (bold and not number) or None


def _repeat(row: Any) -> None:
    _append(row._tr.get_or_add_trPr(), "w:tblHeader", "true")


def _keep_whole(row: Any) -> None:
    _append(row._tr.get_or_add_trPr(), "w:cantSplit", "true")


def _look(table: Any, *, first_row: bool) -> None:
    """Hairlines between rows; which of row and column are heads, for those who have the table read to them."""
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", RULE)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    # The schema's order: before the caption and the layout that stand there already.
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook", "w:tblCaption")
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        properties.remove(look)
    look = OxmlElement("w:tblLook")
    flags = {"firstRow": first_row, "lastRow": False, "firstColumn": True, "lastColumn": False, "noVBand": True}
    for name, on in flags.items():
        look.set(qn(f"w:{name}"), "1" if on else "0")
    look.set(qn("w:noHBand"), "1")
    properties.insert_element_before(look, "w:tblCaption", "w:tblDescription")


def _append(parent: Any, tag: str, value: str) -> None:
    element = OxmlElement(tag)
    element.set(qn("w:val"), value)
    parent.append(element)
