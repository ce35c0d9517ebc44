"""How workbooks look: the colours and type of the design, as openpyxl styles."""

from dataclasses import dataclass, replace
from functools import lru_cache

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

INK, INK_2, FALU, RULE, RULE_STRONG = "231E1A", "5C534B", "8A2A1D", "DDD3C6", "84786C"
SUNKEN = "F1EBE1"
FONT = "Calibri"

# Ink and ground by status: the same pairs as on the pages, at least 4.5:1.
TONES = {
    "none": ("5C534B", None),
    "going": ("14506F", "DCEBF2"),
    "wait": ("6B4A00", "F8E8C3"),
    "late": ("8F2114", "F9DED7"),
    "done": ("22573B", "DDEEE1"),
    "back": ("5F3276", "EEE2F4"),
}
# Stronger ones for areas without text of their own.
SOLID = {"none": "E3DBD0", "going": "86B9D4", "wait": "E8BE62", "late": "DD7767", "done": "85B898", "back": "B999CF"}

FORMATS = {"number": "0", "decimal": "#,##0.0", "date": "yyyy\\-mm\\-dd", "moment": "yyyy\\-mm\\-dd\\ hh:mm"}


@dataclass(frozen=True)
class Look:
    """How one cell looks. `rule` draws a hairline below it; `text` keeps what looks like a formula as text."""

    size: float = 10
    bold: bool = False
    italic: bool = False
    color: str = INK
    fill: str | None = None
    align: str = "left"
    vertical: str = "top"
    wrap: bool = False
    indent: int = 0
    rule: str | None = None
    edge: str | None = None  # a line at the left, between groups of columns
    number_format: str = "General"
    text: bool = False

    def toned(self, tone: str) -> "Look":
        """The same in the colours of a status."""
        ink, ground = TONES[tone]
        return replace(self, color=ink, fill=ground)


TITLE = Look(size=20, bold=True, vertical="center")
SUBTITLE = Look(size=11, color=INK_2, vertical="center")
HEADING = Look(size=14, bold=True, vertical="center")
SHEET_TITLE = Look(size=16, bold=True, vertical="center")
NOTE = Look(size=9.5, color=INK_2, vertical="center")
HEAD = Look(bold=True, fill=SUNKEN, rule=RULE_STRONG, vertical="bottom", wrap=True)
BODY = Look(rule=RULE, vertical="center")
MISSING = Look(rule=RULE, vertical="center", italic=True, color=INK_2)


@lru_cache(maxsize=512)
def _parts(look: Look) -> tuple[Font, PatternFill | None, Alignment, Border | None]:
    font = Font(name=FONT, size=look.size, bold=look.bold, italic=look.italic, color=look.color)
    fill = PatternFill("solid", fgColor=look.fill) if look.fill else None
    alignment = Alignment(horizontal=look.align, vertical=look.vertical, wrap_text=look.wrap, indent=look.indent)
    bottom = Side(style="thin", color=look.rule) if look.rule else Side()
    left = Side(style="thin", color=look.edge) if look.edge else Side()
    return font, fill, alignment, Border(left=left, bottom=bottom) if look.rule or look.edge else None


def dress(cell: Cell, look: Look) -> None:
    """Give the cell its look."""
    font, fill, alignment, border = _parts(look)
    cell.font, cell.alignment, cell.number_format = font, alignment, look.number_format
    if fill is not None:
        cell.fill = fill
    if border is not None:
        cell.border = border
    if look.text:
        cell.quotePrefix = True
