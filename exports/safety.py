"""Text from people that goes into files which spreadsheet programs open: it stays text and cannot break the file."""

import re

# Excel reads a cell that begins so as a formula, or strips what comes before and then does.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# XML 1.0 has no room for these; tab and line feed are fine inside a text.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TO_CLEAN = re.compile("\r|" + _FORBIDDEN.pattern)
LONGEST = 32_767  # characters that a cell holds
CUT = " […]"


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet program may take `text` for a formula, with or without blanks before it."""
    if text[:1].isalnum():  # nearly always
        return False
    return text.startswith(_FORMULA_STARTS) or text.lstrip(" \u00a0\u200b\ufeff").startswith(_FORMULA_STARTS)


def clean(text: str) -> str:
    """`text` without characters that no workbook can hold, and no longer than a cell."""
    if _TO_CLEAN.search(text) is not None:
        text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT


def for_csv(text: str) -> str:
    """`text` with an apostrophe before what would be a formula: CSV has no other way of saying that it is text."""
    return f"'{text}" if looks_like_formula(text) else text
