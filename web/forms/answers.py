"""What somebody has answered, ready to be read: labels instead of names, titles instead of keys."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.queries.submissions import FILES
from web.forms import reading
from web.forms.reading import Catalogues, Schema
from web.marking import N_

Translate = Callable[[str], str]


@dataclass(frozen=True)
class HandedInFile:
    """A file that went with a submission. `size` is in bytes."""

    id: str
    name: str
    size: int


@dataclass(frozen=True)
class Answer:
    """One question's answer. A list has `points`, a table `columns` and `rows`; files can be fetched."""

    name: str
    label: str
    kind: str  # text, points, table, files
    text: str = ""
    points: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    files: tuple[HandedInFile, ...] = ()

    @property
    def plain(self) -> str:
        """The whole answer as one text, to compare with another."""
        if self.kind == "files":
            return "\n".join(file.name for file in self.files)
        if self.kind == "table":
            return "\n".join("; ".join(cell for cell in row if cell) for row in self.rows)
        return "\n".join(self.points) if self.kind == "points" else self.text


def read_answers(
    schema: Schema,
    values: Mapping[str, Any],
    catalogues: Catalogues,
    translate: Translate,
    *,
    decimal: str = ",",
    day: Callable[[date], str] = date.isoformat,
) -> list[Answer]:
    """The questions that have been answered, in the form's order. `day` is how a date is written."""
    reader = _Reader(catalogues, translate, decimal, day)
    answers = []
    files = values.get(FILES) or []
    for name, question in reading.properties(schema).items():
        value = values.get(name)
        if value is None or value == "" or value == []:
            continue
        of_field = [file for file in files if file["field"] == name]
        answers.append(reader.files(name, question, of_field) if of_field else reader.answer(name, question, value))
    beside = [file for file in files if file["field"] not in reading.properties(schema)]
    if beside:
        answers.append(reader.files(FILES, {"title": N_("Bilagor")}, beside))
    return answers


@dataclass(frozen=True)
class _Reader:
    catalogues: Catalogues
    translate: Translate
    decimal: str
    day: Callable[[date], str]

    def answer(self, name: str, schema: Schema, value: Any) -> Answer:
        label = self.translate(str(schema.get("title", name)))
        if isinstance(value, list) and any(isinstance(row, dict) for row in value):
            return self.table(name, label, schema, [row for row in value if isinstance(row, dict)])
        if isinstance(value, list):
            return Answer(name, label, "points", points=tuple(self.word(schema, one) for one in value))
        return Answer(name, label, "text", text=self.word(schema, value))

    def files(self, name: str, schema: Schema, files: Iterable[Mapping[str, Any]]) -> Answer:
        given = tuple(HandedInFile(file["id"], file["name"], file["size"]) for file in files)
        return Answer(name, self.translate(str(schema.get("title", name))), "files", files=given)

    def table(self, name: str, label: str, schema: Schema, value: list[dict[str, Any]]) -> Answer:
        columns = reading.properties(reading.row_schema(schema))
        used = [column for column in columns if any(row.get(column) not in (None, "", []) for row in value)]
        items = self.item_titles(schema)
        rows = tuple(
            tuple(self.cell(column, columns[column], row.get(column), items) for column in used)
            for row in value
            if len([column for column in used if row.get(column) not in (None, "", [])]) > ("x-rows" in schema)
        )
        heads = tuple(self.translate(str(columns[column].get("title", column))) for column in used)
        return Answer(name, label, "table", columns=heads, rows=rows)

    def item_titles(self, schema: Schema) -> dict[str, str]:
        if "x-rows" not in schema:
            return {}
        items = reading.catalogue_items(schema["x-rows"], self.catalogues)
        return {item["key"]: str(item.get("title", item["key"])) for item in items}

    def cell(self, column: str, schema: Schema, value: Any, items: Mapping[str, str]) -> str:
        if column == "item" and value in items:
            return self.translate(items[value])
        if isinstance(value, list):
            return ", ".join(self.word(schema, one) for one in value)
        return self.word(schema, value)

    def word(self, schema: Schema, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.translate(N_("Ja") if value else N_("Nej"))
        title = self.choice_title(schema, value)
        if title is not None:
            return self.translate(title)
        if isinstance(value, float):
            return f"{value:g}".replace(".", self.decimal)
        day = reading.as_day(schema, value)
        return str(value) if day is None else self.day(day)

    def choice_title(self, schema: Schema, value: Any) -> str | None:
        choices: Iterable[Mapping[str, Any]] = reading.choices(schema, self.catalogues)
        return next((str(one["title"]) for one in choices if one["const"] == value), None)
