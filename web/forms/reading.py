"""What a form's JSON Schema asks for, read the same way by rendering and by parsing."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

Schema = Mapping[str, Any]
Catalogues = Mapping[str, list[dict[str, Any]]]
Kind = Literal[
    "text", "email", "uri", "textarea", "number", "date", "select", "radio", "yesno", "scale", "checkboxes", "file",
    "table", "grid",
]  # fmt: skip

LONG_TEXT = 500
MANY_CHOICES = 7
GIVEN_BY_FORMAT: dict[str, Kind] = {"date": "date", "email": "email", "uri": "uri"}
WIDGETS: frozenset[Kind] = frozenset(
    {"text", "textarea", "date", "select", "radio", "yesno", "scale", "checkboxes", "file"}
)


def properties(schema: Schema) -> dict[str, Schema]:
    return dict(schema.get("properties", {}))


def row_schema(schema: Schema) -> Schema:
    """The schema of one row of a table."""
    items: Schema = schema.get("items", {})
    return items


def kind(schema: Schema) -> Kind:
    """How the question is put: as `x-widget` says, where it does, else as the schema suggests."""
    if "x-rows" in schema:
        return "grid"
    if schema.get("type") == "array":
        return "table" if row_schema(schema).get("type") == "object" else _listed(schema)
    widget = schema.get("x-widget")
    if widget in WIDGETS and not _is_plain_number(schema, widget):
        return "email" if widget == "text" and schema.get("format") == "email" else widget
    return _suggested(schema)


def is_multiple(schema: Schema) -> bool:
    return schema.get("type") == "array"


def as_day(schema: Schema, value: Any) -> date | None:
    """The day that was answered; None when the question, or what was once written, is something else."""
    if kind(schema) != "date" or not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def choices(schema: Schema, catalogues: Catalogues) -> list[dict[str, Any]]:
    """What can be chosen, each with `const`, `title` and perhaps `text`, in order."""
    for place in (schema, row_schema(schema)):
        if "x-options" in place:
            return [
                {"const": item["key"], "title": item.get("title", item["key"]), "text": item.get("text", "")}
                for item in catalogue_items(place["x-options"], catalogues)
            ]
        if "oneOf" in place:
            return [
                {"const": one["const"], "title": one.get("title", one["const"]), "text": one.get("description", "")}
                for one in place["oneOf"]
                if "const" in one
            ]
        if "enum" in place:
            return [{"const": value, "title": str(value), "text": ""} for value in place["enum"]]
    return []


def catalogue_items(wanted: Mapping[str, Any], catalogues: Catalogues) -> list[dict[str, Any]]:
    """The items of a catalogue, narrowed by `where` (each attribute equal to, or one of, what it says)."""
    where: Mapping[str, Any] = wanted.get("where", {})
    return [
        item
        for item in catalogues.get(wanted["catalogue"], [])
        if all(item.get(name) in (value if isinstance(value, list) else [value]) for name, value in where.items())
    ]


def wanted_answers(condition: Mapping[str, Any]) -> list[Any]:
    wanted = condition["is"]
    return wanted if isinstance(wanted, list) else [wanted]


def as_text(value: Any) -> str:
    """A choice's value as it stands in the page: JSON's own words for true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _is_plain_number(schema: Schema, widget: Any) -> bool:
    return widget == "text" and schema.get("type") in ("integer", "number")


def _listed(schema: Schema) -> Kind:
    return "file" if schema.get("x-widget") == "file" else "checkboxes"


def _suggested(schema: Schema) -> Kind:
    if schema.get("type") == "boolean":
        return "yesno"
    if _has_choices(schema):
        return "select" if len(schema.get("oneOf", range(MANY_CHOICES + 1))) > MANY_CHOICES else "radio"
    if schema.get("type") in ("integer", "number"):
        return "number"
    if schema.get("format") in GIVEN_BY_FORMAT:
        return GIVEN_BY_FORMAT[schema["format"]]
    return "textarea" if schema.get("maxLength", 0) > LONG_TEXT else "text"


def _has_choices(schema: Schema) -> bool:
    return any(word in schema for word in ("oneOf", "enum", "x-options"))


def join(*parts: str | int) -> str:
    """A field's path: `name`, or `table.row.column` with rows counted from 0."""
    return ".".join(str(part) for part in parts)


def element_id(path: str) -> str:
    return "f-" + path.replace(".", "-")
