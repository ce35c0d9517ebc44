"""Reads an activity plan back from the workbook that `activities` exports, in Swedish or English, filled in by people.

Columns are known by their titles, in any order. What the export works out itself (days late, when the plan was
recorded) is not read.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.errors import InvalidFile
from engine.packs import Pack
from engine.queries.register_rows import PlannedActivity
from exports.language import translator
from exports.register_tables import ACTIVITY_STATUSES
from exports.workbook.reading import ReadRow, ReadSheet, Value, cell_name, read_workbook

_LOCALES = ("sv", "en")
_PLACE, _STATUS, _GROUPS = "Kommun", "Läge", "Målgrupper"
_TEXTS = {
    "Aktivitet": "activity",
    "När": "when",
    "Hur": "how",
    "Av vem": "by",
    "Med vem": "with",
    "Följs upp genom": "follow_up",
    "Ansvarig": "responsible",
}
_DATES = {"Börjar": "starts_on", "Ska vara klar": "ends_on"}
_SILENT = ("Dagar försenad", "Planen registrerad")
_TITLES = (_PLACE, *_TEXTS, _GROUPS, _STATUS, *_DATES)
_NOTHING = ("saknas", "ej aktuellt", "datum saknas")


class _Wrong(Exception):
    """What is wrong with a cell, as half a sentence."""


@dataclass(frozen=True)
class Plan:
    """What a workbook plans: rows as a form's answers, each with where it stands in the workbook."""

    rows: list[dict[str, Any]]
    places: list[str]  # sheet and row, for what is found wrong later


def read_activities(content: bytes, pack: Pack, place_names: Sequence[str], current: Sequence[PlannedActivity]) -> Plan:
    """The plan of one agreement, whose municipality is called one of `place_names`.

    `current` is the plan as it is: an activity that the export calls late has the status that it has there. Raises
    InvalidFile with sheet, cell and reason for everything that is wrong.
    """
    words = _Words(pack)
    sheets = [(sheet, head) for sheet in read_workbook(content) if (head := _head(sheet, words)) is not None]
    if not sheets:
        raise InvalidFile(["Inget blad har kolumnen Aktivitet. Fyll i filen från samflode export activities."])
    reader = _Reader(words, place_names, {row.activity: row.status for row in current})
    for sheet, (head_row, columns) in sheets:
        for row in sheet.rows:
            if row.number > head_row:
                reader.read(sheet.title, row, columns)
    if reader.faults:
        raise InvalidFile(reader.faults)
    return Plan(reader.rows, reader.places)


class _Words:
    """What Swedish words of the export, and titles of the pack, are called in either language."""

    def __init__(self, pack: Pack) -> None:
        self._say = [translator(pack, locale) for locale in _LOCALES]
        self.columns = self._known((title, title) for title in (*_TITLES, *_SILENT))
        self.statuses = self._known((title, key) for key, title in ACTIVITY_STATUSES.items())
        groups = ((str(item["title"]), str(item["key"])) for item in pack.catalogues.get("target_groups", []))
        self.groups = self._known(groups)
        self.nothing = self._known((word, word) for word in _NOTHING)
        self.late = self._known([("Försenad", "Försenad")])

    def _known(self, pairs: Any) -> dict[str, str]:
        return {say(title).casefold(): meaning for title, meaning in list(pairs) for say in self._say}


def _head(sheet: ReadSheet, words: _Words) -> tuple[int, dict[str, int]] | None:
    """The number of the row with the titles, and which column each stands in."""
    for row in sheet.rows[:20]:
        found = {words.columns.get(str(value).casefold()): column for column, value in enumerate(row.values) if value}
        columns = {title: column for title, column in found.items() if title is not None}
        if "Aktivitet" in columns:
            return row.number, columns
    return None


class _Reader:
    def __init__(self, words: _Words, place_names: Sequence[str], statuses: dict[str, str | None]) -> None:
        self._words = words
        self._places = {name.casefold() for name in place_names}
        self._place = place_names[0] if place_names else ""
        self._statuses = statuses
        self.rows: list[dict[str, Any]] = []
        self.places: list[str] = []
        self.faults: list[str] = []

    def read(self, sheet: str, row: ReadRow, columns: dict[str, int]) -> None:
        given = {title: row.values[column] for title, column in columns.items() if column < len(row.values)}
        given = {title: value for title, value in given.items() if not self._is_nothing(value)}
        if not any(title in given for title in (*_TEXTS, *_DATES, _GROUPS, _STATUS)):
            return  # below the table, or a row that was emptied
        read: dict[str, Any] = {}

        def take(title: str, reading: Callable[[Value], Any], name: str) -> None:
            try:
                read[name] = reading(given.get(title))
            except _Wrong as error:
                where = cell_name(columns[title], row.number) if title in columns else f"rad {row.number}"
                self.faults.append(f"{sheet}, {where} ({title}): {error}.")

        take(_PLACE, self._demand_place, "place")
        for title, name in _TEXTS.items():
            take(title, _text if name != "activity" else _demand_text, name)
        for title, name in _DATES.items():
            take(title, _day, name)
        take(_GROUPS, self._groups, "target_groups")
        take(_STATUS, lambda value: self._status(value, read.get("activity")), "status")
        read.pop("place", None)
        self.rows.append({name: value for name, value in read.items() if value not in (None, [])})
        self.places.append(f"{sheet}, rad {row.number}")

    def _is_nothing(self, value: Value) -> bool:
        return value is None or (isinstance(value, str) and value.casefold() in self._words.nothing)

    def _demand_place(self, value: Value) -> None:
        if value is not None and str(value).casefold() not in self._places:
            raise _Wrong(f"{value} hör inte till överenskommelsen, som är {self._place}s")

    def _groups(self, value: Value) -> list[str]:
        return list(self._split(_text(value) or ""))

    def _split(self, text: str) -> Iterator[str]:
        """Titles with commas between them, which titles may hold too: the longest that fits comes first."""
        rest = text.strip().casefold()
        titles = sorted(self._words.groups, key=len, reverse=True)
        while rest:
            fitting = next((title for title in titles if rest == title or rest.startswith(f"{title},")), None)
            if fitting is None:
                raise _Wrong(f"{rest.split(',')[0].strip()} är ingen av målgrupperna")
            yield self._words.groups[fitting]
            rest = rest[len(fitting) :].lstrip(", ;")

    def _status(self, value: Value, activity: str | None) -> str | None:
        text = (_text(value) or "").lstrip("▲ ").casefold()
        if not text:
            return None
        if text in self._words.late:
            return self._statuses.get(activity or "", "planned")
        if text not in self._words.statuses:
            raise _Wrong(f"{value} är inget läge; välj {', '.join(ACTIVITY_STATUSES.values())}")
        return self._words.statuses[text]


def _text(value: Value) -> str | None:
    if isinstance(value, bool):
        raise _Wrong("skriv text")
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None else str(value)


def _demand_text(value: Value) -> str:
    text = _text(value)
    if text is None:
        raise _Wrong("aktiviteten saknas")
    return text


def _day(value: Value) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise _Wrong(f"{value} är inget datum; skriv år-månad-dag, till exempel 2027-03-31") from None
