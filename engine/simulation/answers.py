"""Fills in any form of a pack as a made-up person would: right by its schema, believable to look at."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from engine.forms import is_shown
from engine.simulation.phrases import phrase

Catalogues = Mapping[str, list[dict[str, Any]]]
Values = dict[str, Any]


def fill_in(
    schema: Mapping[str, Any],
    catalogues: Catalogues,
    rng: random.Random,
    today: date,
    chosen: Values,
    prefilled: Values,
) -> Values:
    """Values for every field that is shown. `chosen` decides some; `prefilled` tables are kept as they are."""
    fields: dict[str, Mapping[str, Any]] = schema.get("properties", {})
    required = set(schema.get("required", []))
    values: Values = {}
    # A question may depend on one that stands further down, so first those that depend on nothing.
    for name, field in sorted(fields.items(), key=lambda named: "x-show-if" in named[1]):
        if not is_shown(field, values):
            continue
        if name in chosen:
            values[name] = chosen[name]
        elif prefilled.get(name) and field.get("type") == "array" and not field.get("x-rows"):
            values[name] = _completed(prefilled[name], field, catalogues, rng, today)
        elif name in required or (_can_be_made_up(field) and rng.random() < 0.6):
            value = _value(name, field, catalogues, rng, today)
            if value is not None:
                values[name] = value
    return values


def _can_be_made_up(field: Mapping[str, Any]) -> bool:
    """Not a file, nor a table of what the system knows (cases, statements) when it has told of none."""
    inner = field.get("items", {})
    known = {"business_key", "item"} & inner.get("properties", {}).keys()
    return field.get("x-widget") != "file" and not (known and field.get("x-prefill") and not field.get("x-rows"))


def _completed(
    rows: list[Any], field: Mapping[str, Any], catalogues: Catalogues, rng: random.Random, today: date
) -> list[Any]:
    """A prefilled table, with the cells that this form asks for and the source does not know."""
    inner = field.get("items", {})
    if inner.get("type") != "object":
        return rows
    return [{**_row(inner, catalogues, rng, today), **row} for row in rows]


def _value(name: str, field: Mapping[str, Any], catalogues: Catalogues, rng: random.Random, today: date) -> Any:
    options = options_of(field, catalogues)
    match field.get("type"):
        case "array":
            return _list(field, catalogues, rng, today)
        case "boolean":
            return rng.random() < 0.7
        case "integer" | "number":
            low = int(field.get("minimum", 0))
            high = int(field.get("maximum", low + 40))
            if name in {"year", "review_year"}:
                return max(low, min(high, today.year - 1))
            return rng.randint(low, min(high, low + 40))
    if options:
        return rng.choice(options)
    if field.get("format") == "date":
        day = _date(name, rng, today)
        return (min(day, today) if field.get("x-not-after") else day).isoformat()
    if field.get("format") == "email":
        return "funktionsbrevlada@example.se"
    if field.get("format") == "uri":
        return "https://example.se/protokoll"
    return _text(name, field, rng, today)


def options_of(field: Mapping[str, Any], catalogues: Catalogues) -> list[Any]:
    """The values that a choice may have, from the form or from a catalogue."""
    if "oneOf" in field:
        return [option["const"] for option in field["oneOf"]]
    if "enum" in field:
        return list(field["enum"])
    if "x-options" in field:
        return [item["key"] for item in items_of(field["x-options"], catalogues)]
    return []


def items_of(reference: Mapping[str, Any], catalogues: Catalogues) -> list[dict[str, Any]]:
    """The items of a catalogue that a form refers to, filtered by its `where`."""
    where = reference.get("where", {}).items()
    return [item for item in catalogues.get(reference["catalogue"], []) if where <= item.items()]


def _list(field: Mapping[str, Any], catalogues: Catalogues, rng: random.Random, today: date) -> list[Any]:
    inner = field.get("items", {})
    if field.get("x-rows"):
        return [
            {**_row(inner, catalogues, rng, today), "item": item["key"]}
            for item in items_of(field["x-rows"], catalogues)
        ]
    if inner.get("type") == "object":
        return [_row(inner, catalogues, rng, today) for _ in range(rng.randint(2, 4))]
    options = options_of(inner, catalogues) or options_of(field, catalogues)
    most = min(len(options), field.get("maxItems", 6))
    least = min(most, field.get("minItems", 1))
    return sorted(rng.sample(options, rng.randint(least, max(least, min(most, 5)))), key=options.index)


def _row(inner: Mapping[str, Any], catalogues: Catalogues, rng: random.Random, today: date) -> Values:
    fields = inner.get("properties", {})
    required = set(inner.get("required", []))
    row: Values = {}
    counted: set[str] = set()
    if {"women", "men", "total"} <= fields.keys():
        row, counted = _numbers(fields, catalogues, rng), _COUNTED
    for name, field in fields.items():
        if name != "item" and name not in counted and (name in required or rng.random() < 0.8):
            value = _value(name, field, catalogues, rng, today)
            if value is not None:
                row[name] = value
    if "starts_on" in row and "ends_on" in row:
        row["starts_on"], row["ends_on"] = sorted((row["starts_on"], row["ends_on"]))
    return row


_COUNTED = {"women", "men", "total", "missing_reason", "no_split_reason"}


def _numbers(fields: Mapping[str, Any], catalogues: Catalogues, rng: random.Random) -> Values:
    """Figures by sex; now and then missing, with the reason, as in small municipalities."""
    if rng.random() < 0.15 and "missing_reason" in fields:
        reasons = options_of(fields["missing_reason"], catalogues)
        return {"missing_reason": rng.choice(reasons) if reasons else "Uppgiften samlas inte in ännu."}
    women, men = rng.randint(2, 60), rng.randint(0, 15)
    return {"women": women, "men": men, "total": women + men}


def _date(name: str, rng: random.Random, today: date) -> date:
    if name in {
        "starts_on",
        "happened_on",
        "decided_on",
        "signed_on",
        "sent_on",
        "confirmed_on",
        "agreed_on",
        "period_from",
    }:
        return today - timedelta(days=rng.randint(0, 20))
    if name in {"ends_on", "by_when", "due_on", "ready_by"}:
        return today + timedelta(days=rng.randint(60, 500))
    return today + timedelta(days=rng.randint(0, 30))


def _text(name: str, field: Mapping[str, Any], rng: random.Random, today: date) -> str:
    text = phrase(name, field, rng, today)
    limit = int(field.get("maxLength", 10_000))
    if len(text) > limit:
        text = text[: limit - 1].rsplit(" ", 1)[0]
    return text.ljust(int(field.get("minLength", 1)), ".")
