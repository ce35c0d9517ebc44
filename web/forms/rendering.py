"""Turns a form's schema and the answers so far into fields that a page can draw."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import FieldError
from web import language
from web.forms import reading
from web.forms.fields import Condition, Field, Option, Row
from web.forms.reading import Catalogues, Schema
from web.marking import N_

Translate = Callable[[str], str]


def build(
    schema: Schema,
    values: Mapping[str, Any],
    errors: Iterable[FieldError],
    catalogues: Catalogues,
    translate: Translate,
    *,
    decimal: str = ",",
    focus: str = "",
) -> list[Field]:
    """The form's questions in order.

    `translate` turns a Swedish text of the pack or of the interface into the reader's language. `decimal` is the
    decimal sign that numbers are shown with. `focus` is the path of a row that has just been added.
    """
    builder = _Builder(values, _by_path(errors), catalogues, translate, decimal, focus)
    return builder.questions(schema, values)


def error_links(fields: Iterable[Field], errors: Iterable[FieldError]) -> list[tuple[str, str]]:
    """(id of the control, sentence) for each error, in the order of the page; those of no field come first."""
    shown = {path: (target, sentence) for field in fields for path, target, sentence in _targets(field)}
    order = {path: position for position, path in enumerate(shown)}
    ranked = sorted(_by_path(errors).items(), key=lambda error: order.get(error[0], -1))
    return [shown.get(path, ("innehall", sentence)) for path, sentence in ranked]


def has_files(fields: Iterable[Field]) -> bool:
    return any(field.kind == "file" for field in fields)


def _targets(field: Field) -> Iterable[tuple[str, str, str]]:
    first = field.rows[0].cells[0].target if field.rows and field.rows[0].cells else field.target
    yield field.path, first, field.error
    for row in field.rows:
        yield reading.join(field.path, row.index), row.id, row.error
        for cell in row.cells:
            yield cell.path, cell.target, cell.error


def _by_path(errors: Iterable[FieldError]) -> dict[str, str]:
    """The first error of each path: one thing to correct at a time."""
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault(error.path, error.message)
    return found


@dataclass(frozen=True)
class _Builder:
    values: Mapping[str, Any]
    errors: Mapping[str, str]
    catalogues: Catalogues
    translate: Translate
    decimal: str
    focus: str

    def questions(self, schema: Schema, values: Mapping[str, Any], prefix: str = "") -> list[Field]:
        required = schema.get("required", [])
        questions = reading.properties(schema)
        found = []
        for name, question in questions.items():
            if prefix and name == "item" and "const" in question:
                continue
            path = reading.join(prefix, name) if prefix else name
            field = self.question(path, question, values.get(name), name in required)
            found.append(replace(field, condition=self.condition(question, questions, prefix)))
        return found

    def question(self, path: str, schema: Schema, value: Any, required: bool) -> Field:
        kind = reading.kind(schema)
        field = Field(
            kind=kind,
            path=path,
            id=reading.element_id(path),
            label=self.text(schema.get("title", path)),
            hint=self.text(schema.get("description", "")),
            error=self.error(path),
            optional=not required and "x-show-if" not in schema,
            max_length=schema.get("maxLength"),
            whole_number=schema.get("type") == "integer",
            focus=path == self.focus,
        )
        if kind == "grid":
            return self.with_fixed_rows(field, schema, value)
        if kind == "table":
            return self.with_rows(field, schema, value)
        if kind in ("select", "radio", "scale", "checkboxes", "yesno"):
            return replace(field, options=self.options(field, schema, value), value=reading.as_text(value))
        return replace(field, value=self.shown_value(value))

    def options(self, field: Field, schema: Schema, value: Any) -> tuple[Option, ...]:
        chosen = {reading.as_text(one) for one in (value if isinstance(value, list) else [value])} - {""}
        if field.kind == "yesno":
            given = [{"const": True, "title": N_("Ja")}, {"const": False, "title": N_("Nej")}]
        else:
            given = reading.choices(schema, self.catalogues)
        return tuple(
            Option(
                value=reading.as_text(one["const"]),
                title=self.text(one["title"]),
                hint=self.text(one.get("text", "")),
                chosen=reading.as_text(one["const"]) in chosen,
                id=f"{field.id}-{number}",
            )
            for number, one in enumerate(given)
        )

    def with_rows(self, field: Field, schema: Schema, value: Any) -> Field:
        answers = value if isinstance(value, list) else []
        count = max(len(answers), schema.get("minItems", 1), 1)
        rows = [self.row(field, schema, index, _row_at(answers, index)) for index in range(count)]
        return replace(field, rows=tuple(rows), columns=self.column_titles(schema))

    def with_fixed_rows(self, field: Field, schema: Schema, value: Any) -> Field:
        answers = {row.get("item"): row for row in value if isinstance(row, dict)} if isinstance(value, list) else {}
        rows = []
        for index, item in enumerate(reading.catalogue_items(schema["x-rows"], self.catalogues)):
            row = self.row(field, schema, index, answers.get(item["key"], {}))
            cells = tuple(cell for cell in row.cells if cell.path != reading.join(field.path, index, "item"))
            title, text = self.text(item.get("title", item["key"])), self.text(item.get("text", ""))
            rows.append(replace(row, key=item["key"], title=title, text=text, cells=cells))
        return replace(field, rows=tuple(rows), columns=self.column_titles(schema))

    def row(self, field: Field, schema: Schema, index: int, answers: Mapping[str, Any]) -> Row:
        path = reading.join(field.path, index)
        cells = self.questions(reading.row_schema(schema), answers, path)
        if path == self.focus and cells:
            cells[0] = replace(cells[0], focus=True)
        return Row(
            index=index,
            title=self.translate(N_("Rad {number}")).format(number=index + 1),
            text="",
            key="",
            cells=tuple(cells),
            error=self.error(path),
            id=reading.element_id(path),
        )

    def column_titles(self, schema: Schema) -> tuple[str, ...]:
        """The head of the fixed rows, then that of each column."""
        columns = reading.properties(reading.row_schema(schema))
        fixed = "x-rows" in schema
        head = [self.text(columns.get("item", {}).get("title", ""))] if fixed else []
        rest = [self.text(one.get("title", name)) for name, one in columns.items() if not (fixed and name == "item")]
        return tuple(head + rest)

    def condition(self, schema: Schema, beside: Mapping[str, Schema], prefix: str) -> Condition | None:
        wanted = schema.get("x-show-if")
        if not wanted:
            return None
        name = wanted["field"]
        question = beside.get(name, {})
        answers = tuple(reading.as_text(one) for one in reading.wanted_answers(wanted))
        sentence = self.translate(N_("Svara bara om svaret på ”{question}” är {answers}.")).format(
            question=self.text(question.get("title", name)), answers=self.answers_in_words(question, answers)
        )
        return Condition(reading.join(prefix, name) if prefix and question else name, answers, sentence)

    def answers_in_words(self, question: Schema, answers: tuple[str, ...]) -> str:
        titles = {reading.as_text(one["const"]): one["title"] for one in reading.choices(question, self.catalogues)}
        titles = {"true": N_("Ja"), "false": N_("Nej")} | titles
        between = " " + self.translate(N_("eller")) + " "
        return between.join("”" + self.text(titles.get(answer, answer)) + "”" for answer in answers)

    def shown_value(self, value: Any) -> str:
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        if isinstance(value, float):
            return str(value).replace(".", self.decimal)
        return reading.as_text(value) if not isinstance(value, list) else "\n".join(str(one) for one in value)

    def error(self, path: str) -> str:
        return language.said(self.errors[path], self.translate) if path in self.errors else ""

    def text(self, swedish: Any) -> str:
        return self.translate(str(swedish)) if swedish not in (None, "") else ""


def _row_at(answers: list[Any], index: int) -> Mapping[str, Any]:
    row = answers[index] if index < len(answers) else {}
    return row if isinstance(row, dict) else {}
