"""How a sheet prints and what the file says of itself."""

from typing import Any

from openpyxl.workbook import Workbook
from openpyxl.worksheet.properties import PageSetupProperties

from exports.language import Translate
from exports.tables import About
from exports.workbook.cells import local

A4 = 9
LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}


def set_page(sheet: Any, about: About, translate: Translate, *, pages_wide: int = 1, pages_high: int = 0) -> None:
    """A4 on its side, so many pages wide and high (0: as many as needed), with date and page number at the foot."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth = pages_wide
    sheet.page_setup.fitToHeight = pages_high
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.45
    sheet.page_margins.top, sheet.page_margins.bottom = 0.5, 0.65
    sheet.page_margins.footer = 0.3
    sheet.print_options.horizontalCentered = False
    as_of = f"{local(about.as_of):%Y-%m-%d}"
    sheet.oddFooter.left.text = _plain(f"{about.title} · {translate('Läget')} {as_of}")
    sheet.oddFooter.center.text = "&A"
    sheet.oddFooter.right.text = f"{translate('Sida')} &P {translate('av')} &N"
    for part in (sheet.oddFooter.left, sheet.oddFooter.center, sheet.oddFooter.right):
        part.size, part.color = 8, "5C534B"


def set_properties(workbook: Workbook, about: About, translate: Translate) -> None:
    """Title, language and date in the document's own properties, which screen readers and archives read."""
    properties = workbook.properties
    properties.title = about.title
    properties.subject = f"{translate('Läget')} {local(about.as_of):%Y-%m-%d %H:%M}"
    properties.creator = properties.lastModifiedBy = "Samflöde"
    properties.language = LANGUAGES.get(about.locale, about.locale)
    properties.created = about.created


def _plain(text: str) -> str:
    """A header's own codes begin with &."""
    return text.replace("&", "&&")
