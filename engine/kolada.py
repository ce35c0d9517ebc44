"""Reads files from Kolada, Sweden's open comparisons: figures (API version 2 and 3) and lists of key figures.

Knows nothing of the database. Numbers stay as the file writes them, and nothing is ever made of a null.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.errors import InvalidFile
from engine.forms import is_storable

GENDERS = {"T": "totalt", "K": "kvinnor", "M": "män"}
LARGEST = 200 * 1024 * 1024  # bytes
_FIRST_YEAR, _LAST_YEAR = 1990, 2200
_LONGEST = 64


@dataclass(frozen=True)
class Figure:
    """One figure. `municipality` is Kolada's id ("2080", region "0020"); `value` is None when there is none."""

    kpi: str
    municipality: str
    year: int
    gender: str
    value: str | None
    status: str | None
    count: int | None
    is_deleted: bool

    @property
    def key(self) -> tuple[str, str, int, str]:
        return self.kpi, self.municipality, self.year, self.gender


@dataclass(frozen=True)
class KeyFigure:
    """What a key figure is called."""

    id: str
    title: str


@dataclass(frozen=True)
class KoladaFile:
    """What a file holds. `is_part`: there are more pages of it."""

    figures: tuple[Figure, ...]
    key_figures: tuple[KeyFigure, ...]
    is_part: bool


class _Wrong(Exception):
    """What is wrong with a row, as half a sentence."""


class _Written(str):
    """A number as it stands in the file."""

    __slots__ = ()


def read_kolada(content: bytes) -> KoladaFile:
    """The file's rows. Raises InvalidFile with every row that is wrong."""
    rows, is_part = _rows(content)
    faults: list[str] = []
    figures: dict[tuple[str, str, int, str], Figure] = {}
    key_figures: list[KeyFigure] = []
    for number, row in enumerate(rows, 1):
        try:
            if isinstance(row, dict) and "title" in row and "kpi" not in row:
                key_figures.append(_key_figure(row))
                continue
            for figure in _figures(row):
                _add(figures, figure)
        except _Wrong as error:
            faults.append(f"Rad {number}{_named(row)}: {error}.")
    if not rows:
        faults.append("Filen innehåller inga rader.")
    if faults:
        raise InvalidFile(faults)
    return KoladaFile(tuple(figures.values()), tuple(key_figures), is_part)


def _add(figures: dict[tuple[str, str, int, str], Figure], figure: Figure) -> None:
    if figures.setdefault(figure.key, figure) != figure:
        raise _Wrong(f"{GENDERS[figure.gender]} {figure.year} står två gånger, med olika värden")


def _rows(content: bytes) -> tuple[list[Any], bool]:
    if len(content) > LARGEST:
        raise InvalidFile([f"Filen är större än {LARGEST // 1024**2} MB."])
    try:
        read = json.loads(content, parse_float=_Written, parse_int=_Written, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidFile([f"Filen är ingen läsbar JSON-fil ({error})."]) from error
    rows = read.get("values") if isinstance(read, dict) else None
    if not isinstance(rows, list):
        raise InvalidFile(["Filen har ingen lista som heter values. Hämta den från Koladas API."])
    return rows, bool(read.get("next_url") or read.get("next_page"))


def _no_number(text: str) -> None:
    raise ValueError(f"{text} är inget tal")


def _named(row: Any) -> str:
    """Whom the row is about, as far as it says."""
    if not isinstance(row, dict):
        return ""
    said = [str(row[name])[:_LONGEST] for name in ("kpi", "municipality", "period", "id") if row.get(name)]
    return f" ({', '.join(said)})" if said else ""


def _key_figure(row: dict[str, Any]) -> KeyFigure:
    title = row["title"]
    if not isinstance(title, str) or not title.strip() or not is_storable(title) or len(title) > 1000:
        raise _Wrong("title ska vara en kort text")
    return KeyFigure(_id(row, "id"), title.strip())


def _figures(row: Any) -> Iterator[Figure]:
    if not isinstance(row, dict):
        raise _Wrong("raden är inget objekt")
    kpi, municipality, year = _id(row, "kpi"), _id(row, "municipality"), _year(row.get("period"))
    values = row.get("values")
    if not isinstance(values, list):
        raise _Wrong("listan values saknas")
    for each in values:
        if not isinstance(each, dict):
            raise _Wrong("ett värde är inget objekt")
        gender = each.get("gender")
        if not isinstance(gender, str) or gender not in GENDERS:
            raise _Wrong(f"könskoden {gender!r} är okänd; den ska vara T, K eller M")
        yield Figure(
            kpi,
            municipality,
            year,
            gender,
            _value(each.get("value")),
            _text(each.get("status")),
            _count(each.get("count")),
            _flag(each.get("isdeleted")),
        )


def _id(row: dict[str, Any], name: str) -> str:
    found = row.get(name)
    if isinstance(found, _Written) or not isinstance(found, str):
        raise _Wrong(f'{name} ska vara en text inom citattecken, till exempel "0020"')
    if not found.strip() or len(found) > _LONGEST or not is_storable(found):
        raise _Wrong(f"{name} är tomt eller för långt")
    return found.strip()


def _year(given: Any) -> int:
    """A number, or a text with one (version 2)."""
    if not isinstance(given, str) or not given.strip().isdecimal():
        raise _Wrong("period ska vara ett årtal")
    year = int(given) if len(given) <= 4 else 0
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise _Wrong(f"period {given[:20]} är inget rimligt år")
    return year


def _value(given: Any) -> str | None:
    if given is None:
        return None
    if not isinstance(given, _Written) or len(given) > 40:
        raise _Wrong("value ska vara ett tal eller null")
    return str(given)


def _text(given: Any) -> str | None:
    if given is None or given == "":
        return None
    if isinstance(given, _Written) or not isinstance(given, str) or len(given) > 200 or not is_storable(given):
        raise _Wrong("status ska vara en kort text eller null")
    return given


def _count(given: Any) -> int | None:
    if given is None:
        return None
    if not isinstance(given, _Written) or not given.isdecimal() or len(given) > 9:
        raise _Wrong("count ska vara ett heltal eller null")
    return int(given)


def _flag(given: Any) -> bool:
    if given is None or isinstance(given, bool):
        return bool(given)
    raise _Wrong("isdeleted ska vara true eller false")
