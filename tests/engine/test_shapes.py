"""What is quickly seen to fit a form is what jsonschema accepts, and what people usually hand in is seen quickly."""

import string
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some
from jsonschema import Draft202012Validator, FormatChecker

from engine.packs import read_processes, shipped_packs
from engine.shapes import certainly_fits

CHECKER = FormatChecker(["date", "email"])
FORMATS = {name: lambda value, name=name: CHECKER.conforms(value, name) for name in ("date", "email")}
FORMS = [
    form for folder in shipped_packs() for process in read_processes(folder).values() for form in process.forms.values()
]
KEYWORDS: list[dict[str, Any]] = [
    *({"type": name} for name in ("string", "integer", "number", "boolean", "array", "object", "null")),
    {"type": ["string", "null"]},
    {"maxLength": 2},
    {"minLength": 2},
    {"minimum": 1},
    {"maximum": 1},
    {"minItems": 1},
    {"maxItems": 1},
    {"uniqueItems": True},
    {"uniqueItems": False},
    {"enum": ["a", "b"]},
    {"enum": ["a", 1, None]},
    {"oneOf": [{"const": "a", "title": "A"}, {"const": "b", "title": "B"}]},
    {"oneOf": [{"const": "a"}, {"const": "a"}]},
    {"oneOf": [{"const": 0}, {"const": False}]},
    {"oneOf": [{"type": "string"}, {"const": "a"}]},
    {"format": "date"},
    {"format": "email"},
    {"format": "unknown"},
    {"items": {"type": "string"}},
    {"items": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}},
    {"properties": {"a": {"type": "string"}, "b": {"minimum": 1}}},
    {"required": ["a"]},
    {"pattern": "^a"},
    {"not": {"type": "string"}},
    {"additionalProperties": False},
    {"x-widget": "anything", "title": "Titel", "description": "Text"},
]
SCALARS = (
    some.none() | some.booleans() | some.integers(-2, 2) | some.floats(-2, 2) | some.text("ab", max_size=3)
    | some.sampled_from(["2026-11-24", "2026-02-30", "20261124", "namn@kommun.se", "namn", "1"])
)  # fmt: skip
VALUES = some.recursive(
    SCALARS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=1500, deadline=None)
@given(some.lists(some.sampled_from(KEYWORDS), min_size=1, max_size=3), VALUES)
def test_what_certainly_fits_is_accepted_by_the_judge(keywords: list[dict[str, Any]], value: Any) -> None:
    schema = {name: said for keyword in keywords for name, said in keyword.items()}
    judge = Draft202012Validator(schema, format_checker=CHECKER)
    assert judge.is_valid(value) or not certainly_fits(schema, FORMATS)(value)


def test_what_a_form_asks_for_is_seen_at_once() -> None:
    doubtful = [
        (form["title"], name, value)
        for form in FORMS
        for name, field in form["properties"].items()
        for value in [_usual(field)]
        if not certainly_fits(field, FORMATS)(value)
    ]
    assert doubtful == []


def _usual(field: dict[str, Any], number: int = 0) -> Any:
    if "oneOf" in field:
        return field["oneOf"][number]["const"]
    match field["type"]:
        case "object":
            return {name: _usual(part) for name, part in field["properties"].items()}
        case "array":
            return [_usual(field["items"], number) for number in range(field.get("minItems", 1))]
        case "boolean":
            return True
        case "integer" | "number":
            return field.get("minimum", 0)
    usual = {"date": "2026-11-24", "email": "namn@kommun.se"}
    return usual.get(field.get("format", ""), string.ascii_letters[number : number + field.get("maxLength", 20)])
