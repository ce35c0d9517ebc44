"""Turns what a page posts back into JSON values, by the form's schema. What is left empty is absent, never "" or 0."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from engine.errors import FieldError
from web.forms import reading
from web.forms.reading import Catalogues, Schema
from web.marking import N_

ROW_BUTTON = "_rows"
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
DAY_FIRST = re.compile(r"([0-9]{1,2})[./ ]([0-9]{1,2})[./ ]([0-9]{4})")
SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")
MOST_ROWS = 500

NOT_A_NUMBER = N_("Skriv ett tal, till exempel 12,5.")
NOT_WHOLE = N_("Skriv ett heltal, till exempel 12.")
NOT_A_DATE = N_("Skriv datumet som år-månad-dag, till exempel 2026-11-27.")


class Posted(Protocol):
    """What is read of werkzeug's MultiDict."""

    def getlist(self, key: str) -> list[str]: ...

    def keys(self) -> Iterable[str]: ...


def parse(schema: Schema, catalogues: Catalogues, posted: Posted) -> tuple[dict[str, Any], list[FieldError]]:
    """The values, and an error for each that cannot be read.

    What cannot be read stays in the values as it was written, so that the page shows it again and a draft keeps it.
    """
    reader = _Reader(catalogues, posted, [])
    return reader.answers(schema), reader.errors


def with_changed_rows(
    schema: Schema, catalogues: Catalogues, posted: Posted, values: dict[str, Any]
) -> tuple[dict[str, Any], str] | None:
    """When a button that adds or removes a row sent the form: the values after that, and the path to put the focus at.

    `values` are what `parse` gave. The tables' empty rows are kept, so that nobody loses a row just added.
    """
    action, _, rest = next(iter(posted.getlist(ROW_BUTTON)), "").partition(":")
    table, _, number = rest.partition(":")
    question = reading.properties(schema).get(table)
    if action not in ("add", "remove") or question is None or reading.kind(question) != "table":
        return None
    reader = _Reader(catalogues, posted, [])
    paths = reader.row_paths(table)
    rows = [reader.answers(reading.row_schema(question), path) for path in paths]
    removed = reading.join(table, number)
    if action == "add":
        rows.append({})
    elif removed in paths:
        del rows[paths.index(removed)]
    at = len(rows) - 1 if action == "add" else min(paths.index(removed) if removed in paths else 0, len(rows) - 1)
    return {**values, table: rows}, reading.join(table, max(at, 0))


@dataclass(frozen=True)
class _Reader:
    catalogues: Catalogues
    posted: Posted
    errors: list[FieldError]

    def answers(self, schema: Schema, prefix: str = "") -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, question in reading.properties(schema).items():
            value = self.answer(question, reading.join(prefix, name) if prefix else name)
            if value is not None and value not in ("", []):
                found[name] = value
        return found

    def answer(self, schema: Schema, path: str) -> Any:
        kind = reading.kind(schema)
        if kind == "grid":
            return self.fixed_rows(schema, path)
        if kind == "table":
            return self.rows(schema, path)
        if kind == "file":
            return None  # files are stored by the view
        if kind == "checkboxes":
            return [self.choice(schema, value) for value in self.posted.getlist(path) if value]
        return self.single(schema, kind, path)

    def single(self, schema: Schema, kind: str, path: str) -> Any:
        text = self.text(path)
        if not text:
            return None
        if kind == "yesno":
            return {"true": True, "false": False}.get(text, text)
        if kind in ("select", "radio", "scale"):
            return self.choice(schema, text)
        if kind == "number":
            return self.number(schema, path, text)
        if kind == "date":
            return self.date(path, text)
        return text if kind == "textarea" else SPACES.sub(" ", text)

    def text(self, path: str) -> str:
        given = self.posted.getlist(path)
        # PostgreSQL stores no NUL, and browsers send line ends as CRLF.
        return given[-1].replace("\x00", "").replace("\r\n", "\n").strip() if given else ""

    def choice(self, schema: Schema, text: str) -> Any:
        """The constant that the page's text stands for; what is no choice stays, for validation to refuse."""
        known = {reading.as_text(one["const"]): one["const"] for one in reading.choices(schema, self.catalogues)}
        return known.get(text, text)

    def number(self, schema: Schema, path: str, text: str) -> Any:
        plain = SPACES.sub("", text).replace("−", "-").replace(",", ".")
        whole = schema.get("type") == "integer"
        if not NUMBER.fullmatch(plain) or len(plain) > 20:
            self.errors.append(FieldError(path, NOT_WHOLE if whole else NOT_A_NUMBER))
            return text
        value = float(plain)
        if whole and not value.is_integer():
            self.errors.append(FieldError(path, NOT_WHOLE))
            return text
        return int(value) if whole or "." not in plain else value

    def date(self, path: str, text: str) -> str:
        found = DAY_FIRST.fullmatch(text)
        try:
            if found:
                return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
            return date.fromisoformat(text).isoformat()
        except ValueError:
            self.errors.append(FieldError(path, NOT_A_DATE))
            return text

    def rows(self, schema: Schema, path: str) -> list[dict[str, Any]]:
        """The rows that say something; an error in one is told by where the row ends up."""
        found: list[dict[str, Any]] = []
        for row_path in self.row_paths(path):
            before = len(self.errors)
            row = self.answers(reading.row_schema(schema), row_path)
            if row:
                self.errors[before:] = [
                    FieldError(reading.join(path, len(found)) + error.path.removeprefix(row_path), error.message)
                    for error in self.errors[before:]
                ]
                found.append(row)
        return found

    def fixed_rows(self, schema: Schema, path: str) -> list[dict[str, Any]]:
        """One row per catalogue item, in its order, also where nothing has been answered."""
        row_schema = dict(reading.row_schema(schema))
        row_schema["properties"] = {
            name: column for name, column in reading.properties(row_schema).items() if name != "item"
        }
        items = reading.catalogue_items(schema["x-rows"], self.catalogues)
        return [
            {"item": item["key"], **self.answers(row_schema, reading.join(path, index))}
            for index, item in enumerate(items)
        ]

    def row_paths(self, path: str) -> list[str]:
        pattern = re.compile(re.escape(path) + r"\.([0-9]{1,4})\.")
        numbers = {int(found[1]) for key in self.posted.keys() if (found := pattern.match(key))}  # noqa: SIM118 - MultiDict
        return [reading.join(path, number) for number in sorted(numbers)[:MOST_ROWS]]
