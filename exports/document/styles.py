"""How the Word document looks: its language, and the styles of its paragraphs."""

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

FONT = "Calibri"
FALU, INK, RULE = RGBColor(0x8A, 0x2A, 0x1D), RGBColor(0x23, 0x1E, 0x1A), "B8ADA0"
# Heading styles: size in points, space before and after.
HEADINGS = {1: (17, 22, 6), 2: (13, 14, 4), 3: (11.5, 10, 2)}


def set_language(document: Any, language: str) -> None:
    """Said in the defaults that every style inherits, so that a screen reader speaks and Word spells in it."""
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    found = defaults.find(qn("w:lang"))
    if found is None:
        found = OxmlElement("w:lang")
        defaults.append(found)
    for name in ("val", "eastAsia"):
        found.set(qn(f"w:{name}"), language)


def set_styles(document: Any) -> None:
    styles = document.styles
    _font(styles["Normal"], 11, INK)
    styles["Normal"].paragraph_format.space_after = Pt(6)
    styles["Normal"].paragraph_format.line_spacing = 1.15
    for level, (size, before, after) in HEADINGS.items():
        style = styles[f"Heading {level}"]
        _font(style, size, FALU if level == 1 else INK, bold=True)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.keep_with_next = True
    _font(styles["Title"], 26, INK, bold=True)
    borders = styles["Title"].element.find(qn("w:pPr")).find(qn("w:pBdr"))
    if borders is not None:
        styles["Title"].element.find(qn("w:pPr")).remove(borders)
    _font(styles["Subtitle"], 13, INK)
    styles["Subtitle"].font.italic = False
    _font(styles["Caption"], 10, INK, bold=True)
    for name in ("Header", "Footer"):
        _font(styles[name], 9, INK)
    for name, size, bold in (("Over", 11, False), ("Note", 10, False), ("Cell", 9, False), ("After Table", 4, False)):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        _font(style, size, INK, bold=bold)
        style.paragraph_format.space_after = Pt(2)
    styles["Note"].paragraph_format.space_after = Pt(8)
    styles["Cell"].paragraph_format.space_before = styles["Cell"].paragraph_format.space_after = Pt(2)
    styles["Cell"].paragraph_format.line_spacing = 1.05
    contents = styles.add_style("Contents Heading", WD_STYLE_TYPE.PARAGRAPH)
    contents.base_style = styles["Normal"]
    _font(contents, 14, INK, bold=True)
    contents.paragraph_format.space_before = Pt(16)


def _font(style: Any, size: float, colour: RGBColor, *, bold: bool = False) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.color.rgb = FONT, Pt(size), bold, colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.attrib.pop(qn(f"w:{kind}Theme"), None)
        fonts.set(qn(f"w:{kind}"), FONT)
