"""Tables as CSV that Excel opens right in the reader's language."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO

from exports.safety import clean, for_csv
from exports.tables import Marked, Table, Value
from exports.workbook.cells import local

# Swedish Excel takes a comma for the decimal sign, so fields are parted by semicolons.
DELIMITERS = {"sv": ";", "en": ","}
DECIMALS = {"sv": ",", "en": "."}
MARK = b"\xef\xbb\xbf"  # tells Excel that the text is UTF-8


def csv_bytes(table: Table, locale: str) -> bytes:
    """The table with its head. Dates are ISO, moments are Stockholm's; a value that is missing says why."""
    return b"".join(csv_parts(table, locale))


def csv_parts(table: Table, locale: str, rows_at_once: int = 1000) -> Iterator[bytes]:
    """The same in pieces, for a list too long to hold."""
    text = StringIO()
    writer = csv.writer(text, delimiter=DELIMITERS.get(locale, ","))
    writer.writerow([for_csv(column.title) for column in table.columns])
    yield MARK
    for number, values in enumerate(table.rows, start=1):
        writer.writerow([_field(value, locale) for value in values])
        if number % rows_at_once == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: StringIO) -> bytes:
    taken = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return taken


def _field(value: Value, locale: str) -> str:
    if isinstance(value, str):
        return for_csv(clean(value))
    if value is None:
        return ""
    if isinstance(value, datetime):
        return local(value).isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:g}".replace(".", DECIMALS.get(locale, "."))
    if isinstance(value, int):
        return str(value)
    return for_csv(clean(value.text if isinstance(value, Marked) else value.why))
