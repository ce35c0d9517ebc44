"""What Word works out by itself: bookmarks, the list of contents, the page's number."""

from collections.abc import Sequence
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph


def bookmark(paragraph: Any, number: int, name: str, text: str) -> None:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    paragraph._p.append(start)
    paragraph.add_run(text)
    paragraph._p.append(end)


def fill_contents(first: Any, entries: Sequence[tuple[int, str, str]]) -> None:
    """A field that Word can renew, with its result written in: it is right before anybody has pressed F9.

    Page numbers are left out (\\n), because only the program that lays the pages out knows them.
    """
    paragraph = first
    for number, (level, name, text) in enumerate(entries):
        if number:
            paragraph = _paragraph_after(paragraph)
        paragraph.paragraph_format.left_indent = Cm(0.6 * (level - 1))
        paragraph.paragraph_format.space_after = Pt(2)
        if number == 0:
            _field_mark(paragraph, "begin")
            _instruction(paragraph, r'TOC \o "1-2" \h \n \z \u')
            _field_mark(paragraph, "separate")
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), name)
        link.set(qn("w:history"), "1")
        run = paragraph.add_run(text)
        link.append(run._r)
        paragraph._p.append(link)
        if number == len(entries) - 1:
            _field_mark(paragraph, "end")


def _paragraph_after(paragraph: Any) -> Any:
    new: Any = OxmlElement("w:p")
    paragraph._p.addnext(new)
    return Paragraph(new, paragraph._parent)


def add_field(paragraph: Any, instruction: str, shown: str) -> None:
    _field_mark(paragraph, "begin")
    _instruction(paragraph, instruction)
    _field_mark(paragraph, "separate")
    paragraph.add_run(shown)
    _field_mark(paragraph, "end")


def _field_mark(paragraph: Any, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def _instruction(paragraph: Any, text: str) -> None:
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = text
    paragraph.add_run()._r.append(instruction)
