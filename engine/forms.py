"""Validates what people submit against a form's JSON Schema, and says by field what is wrong, in plain Swedish.

Also guards privacy: no text may hold a personal identity number, wherever it is written.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any, cast

import orjson
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from personnummer import personnummer

from engine.errors import FieldError
from engine.form_sentences import CHOOSE, missing, sentence
from engine.shapes import Fits, certainly_fits

Schema = Mapping[str, Any]
Values = dict[str, Any]

MAX_TEXT = 20_000
TODAY, OWN_ORGANISATION = "today", "own_organisation"  # of x-not-after and x-leave-out
_SIX_DIGITS = re.compile(r"\d\d\d\d\d\d")  # looked for first: most texts have none, and this is found out much faster
_IDENTITY_NUMBER = re.compile(r"(?<!\d)(?:19|20)?\d{6}[-+ ]?\d{4}(?!\d)")


@dataclass(frozen=True)
class Circumstances:
    """What a form's own keywords ask about the moment: the day it is in Sweden."""

    today: date


def fitted(schema: dict[str, Any], organisation: str | None) -> dict[str, Any]:
    """The form as it is put to whoever acts for an organisation: choices that leave out the own one (x-leave-out)."""
    fields: Schema = schema.get("properties", {})
    own = {name: field for name, field in fields.items() if field.get("x-leave-out") == OWN_ORGANISATION}
    if not own:
        return schema
    return {**schema, "properties": {**fields, **{name: _without(field, organisation) for name, field in own.items()}}}


def _without(field: Schema, organisation: str | None) -> dict[str, Any]:
    if isinstance(field.get("items"), dict):
        return {**field, "items": _without(field["items"], organisation)}
    return {**field, "oneOf": [one for one in field.get("oneOf", []) if one.get("const") != organisation]}


def validate(
    schema: Schema,
    values: Values,
    catalogues: Mapping[str, list[dict[str, Any]]],
    at: Circumstances | None = None,
) -> list[FieldError]:
    """What is wrong with `values`, by field, first things first; empty when they may be submitted.

    Hidden fields (x-show-if) are neither demanded nor judged: give `visible(schema, values)` if they may be there.
    """
    shown = visible(schema, values)
    errors = list(_unknown(schema, values))
    errors.extend(_unfit(shown))
    if not errors:
        errors.extend(_schema_errors(schema, shown, catalogues))
        errors.extend(_identity_errors(shown, ""))
        if at is not None:
            told = {error.path for error in errors}
            errors.extend(error for error in _too_late(schema, shown, at.today.isoformat()) if error.path not in told)
    return errors


def _too_late(schema: Schema, values: Any, today: str, path: str = "") -> Iterator[FieldError]:
    """Days that had to have been (x-not-after) and are still to come."""
    for name, field in schema.get("properties", {}).items():
        value = values.get(name) if isinstance(values, dict) else None
        if isinstance(value, list) and isinstance(field.get("items"), dict):
            for number, row in enumerate(value):
                yield from _too_late(field["items"], row, today, f"{path}{name}.{number}.")
        elif field.get("x-not-after") == TODAY and isinstance(value, str) and value > today:
            yield FieldError(f"{path}{name}", "Den dagen har inte varit än. Skriv i dag eller en tidigare dag.")


def validate_draft(schema: Schema, values: Values) -> list[FieldError]:
    """What keeps unfinished `values` from being kept: fields that are not there, values of another kind, identities.

    Where one value is asked for a text is kept as it was written, for its author to correct: `halva` as a number.
    """
    errors = [*_unknown(schema, values), *_unfit(values)]
    if errors:
        return errors
    given = {name: value for name, value in values.items() if value is not None}
    wrong_kind = (
        FieldError(".".join(str(part) for part in error.absolute_path), sentence(error))
        for error in _validator(_bare(schema)).iter_errors(given)
        if error.validator == "type" and not _is_written(error)
    )
    return [*wrong_kind, *_identity_errors(values, "")]


def _is_written(error: ValidationError) -> bool:
    return isinstance(error.instance, str) and error.validator_value in {"number", "integer", "boolean"}


def part(schema: Schema, names: Iterable[str]) -> dict[str, Any]:
    """The form with these questions only. A condition on a question that is left out is taken as met."""
    chosen = {name: dict(field) for name, field in schema.get("properties", {}).items() if name in set(names)}
    for field in chosen.values():
        if (field.get("x-show-if") or {}).get("field") not in chosen:
            field.pop("x-show-if", None)
    required = [name for name in schema.get("required", []) if name in chosen]
    return {**schema, "properties": chosen, "required": required}


def visible(schema: Schema, values: Values) -> Values:
    """The values of the fields that are shown, given the answers that decide it (x-show-if)."""
    fields = schema.get("properties", {})
    return {name: value for name, value in values.items() if name in fields and is_shown(fields[name], values)}


def is_shown(field: Schema, values: Values) -> bool:
    """Whether a field's condition (x-show-if) holds."""
    condition = field.get("x-show-if")
    if not condition:
        return True
    wanted = condition["is"] if isinstance(condition["is"], list) else [condition["is"]]
    answer = values.get(condition["field"])
    answers = answer if isinstance(answer, list) else [answer]
    return any(given in wanted for given in answers)


def routed(schema: Schema, values: Values) -> Values:
    """The values that enter the engine (x-routes); what was not answered enters as an empty list or as nothing."""
    fields = schema.get("properties", {})
    shown = visible(schema, values)
    return {
        name: shown.get(name, [] if fields.get(name, {}).get("type") == "array" else None)
        for name in schema.get("x-routes", [])
    }


def _unknown(schema: Schema, values: Values) -> Iterator[FieldError]:
    fields = schema.get("properties", {})
    for name in values:
        if name not in fields:
            yield FieldError(str(name)[:100], "Fältet finns inte i formuläret.")


def _unfit(values: Values) -> Iterator[FieldError]:
    """Values that no form may hold: numbers that are none, text that is too long or cannot be stored."""
    for name, value in values.items():
        reason = _unfit_reason(value)
        if reason:
            yield FieldError(name, reason)


def _unfit_reason(value: Any) -> str | None:
    if isinstance(value, float) and not math.isfinite(value):
        return "Skriv ett vanligt tal."
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            return f"Texten är för lång. Den får ha högst {MAX_TEXT} tecken."
        if not is_storable(value):
            return "Texten innehåller tecken som inte kan sparas."
    if isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            if reason := _unfit_reason(part):
                return reason
    return None


def _schema_errors(
    schema: Schema, shown: Values, catalogues: Mapping[str, list[dict[str, Any]]]
) -> Iterator[FieldError]:
    fields = schema.get("properties", {})
    for name in schema.get("required", []):
        if is_shown(fields.get(name, {}), shown) and _is_empty(shown.get(name)):
            yield FieldError(name, missing(fields.get(name, {})))
    given = {name: value for name, value in shown.items() if not _is_empty(value)}
    bare, seen = _bare(schema), set[str]()
    faults = () if _fits(bare)(given) else _validator(bare).iter_errors(given)
    for error in sorted(faults, key=lambda e: [str(p) for p in e.absolute_path]):
        path = ".".join(str(part) for part in error.absolute_path)
        if error.validator == "required":
            path = f"{path}.{_missing_name(error)}".strip(".")
        if path and path not in seen:
            seen.add(path)
            yield FieldError(path, sentence(error))
    yield from _choice_errors(fields, given, catalogues)


def _choice_errors(
    fields: Schema, given: Values, catalogues: Mapping[str, list[dict[str, Any]]]
) -> Iterator[FieldError]:
    """Choices that come from a catalogue (x-options), which the schema itself cannot know."""
    for name, value in given.items():
        field = fields[name]
        options = field.get("x-options") or (field.get("items") or {}).get("x-options")
        if options and options["catalogue"] in catalogues:
            known = {item["key"] for item in catalogues[options["catalogue"]]}
            chosen = value if isinstance(value, list) else [value]
            if any(isinstance(one, str) and one not in known for one in chosen):
                yield FieldError(name, CHOOSE)


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _missing_name(error: ValidationError) -> str:
    wanted, given = cast("list[str]", error.validator_value), cast("Values", error.instance)
    return next((str(name) for name in wanted if name not in given), "")


def _identity_errors(values: Any, path: str) -> Iterator[FieldError]:
    """Personal identity numbers in any text. Staff contact fields have none either, so nothing is exempt."""
    items = values.items() if isinstance(values, dict) else enumerate(values)
    for key, value in items:
        where = f"{path}.{key}".strip(".")
        if isinstance(value, dict | list):
            yield from _identity_errors(value, where)
        elif isinstance(value, str) and holds_identity_number(value):
            yield FieldError(where, "Ta bort personnumret. Skriv aldrig vem en klient eller patient är i Samflöde.")


def is_storable(text: str) -> bool:
    """Whether both databases can keep the text: no null characters, no halves of characters."""
    try:
        text.isascii() or text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def holds_identity_number(text: str) -> bool:
    """Whether the text holds a valid Swedish personal identity number or coordination number."""
    if _SIX_DIGITS.search(text) is None:
        return False
    return any(_is_identity_number(match.group()) for match in _IDENTITY_NUMBER.finditer(text))


def _is_identity_number(text: str) -> bool:
    try:
        return bool(personnummer.valid(text.replace(" ", "-")))
    except (personnummer.PersonnummerException, ValueError):
        return False


def _bare(schema: Schema) -> str:
    """The schema with `required` lifted out at the top (it depends on what is shown), as text to cache by."""
    return orjson.dumps({k: v for k, v in schema.items() if k != "required"}, option=orjson.OPT_SORT_KEYS).decode()


@lru_cache(maxsize=500)
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(orjson.loads(schema), format_checker=_format_checker())


@lru_cache(maxsize=500)
def _fits(schema: str) -> Fits:
    checker = _format_checker()
    formats = {name: partial(checker.conforms, format=name) for name in ("date", "email", "uri")}
    return certainly_fits(orjson.loads(schema), formats)


@lru_cache(maxsize=1)
def _format_checker() -> FormatChecker:
    checker = FormatChecker(["date", "email"])
    checker.checks("uri")(_is_web_address)
    return checker


def _is_web_address(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"https?://[^\s/]+\.[^\s]+", value) is not None
