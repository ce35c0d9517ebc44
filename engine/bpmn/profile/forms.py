"""Rules on forms: JSON Schema 2020-12 with a few keywords of ours, as the pages and the engine expect them."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson

from engine.bpmn.profile.case import Fault
from engine.bpmn.profile.json_schema import why_no_schema
from engine.forms import OWN_ORGANISATION, TODAY
from engine.packs import Pack

REGISTERS = frozenset(
    {
        "decision", "gate", "signature", "section", "goals", "activities", "assessment", "indicators", "isu",
        "reflection", "answer", "appointment", "amendment", "deviation", "responsibility", "measures", "lesson", "text",
    }
)  # fmt: skip
WIDGETS = frozenset(
    {"radio", "select", "text", "textarea", "date", "table", "checkboxes", "scale", "file", "yesno", "number", "email"}
)
PREFILLS = frozenset(
    {"previous", "report", "activities", "goals", "section_text", "assessment", "indicators", "deviations"}
)
TYPES = frozenset({"string", "integer", "number", "boolean", "array"})
# Names that SpiffWorkflow's saved state or the engine's own data cannot hold.
RESERVED = frozenset({"typename", "date", "datetime", "timedelta", "uuid", "data", "organisation", "business_key"})
_TOO_DEEP = "formuläret är för djupt nästlat"

Schema = dict[str, Any]


def check_form(schema: Schema, pack: Pack) -> Iterator[Fault]:
    """Everything that keeps a form from being shown, validated and routed."""
    try:
        reason = _no_schema(orjson.dumps(schema))
    except orjson.JSONEncodeError:  # it reads deeper than it writes
        reason = _TOO_DEEP
    if reason:
        yield Fault(None, reason)
        return
    fields = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(fields, dict):
        yield Fault(None, "formuläret ska vara ett objekt med fält (type object, properties)")
        return
    yield from _head(schema, fields)
    yield from _routes(schema, fields)
    for name, field in fields.items():
        yield from _field(name, field, fields, pack)


@lru_cache(maxsize=2000)
def _no_schema(schema: bytes) -> str | None:
    """Why the text is no JSON Schema. Kept in memory: of all that is checked in a pack this takes the longest."""
    try:
        reason = why_no_schema(schema)
    except RecursionError:
        return _TOO_DEEP
    return None if reason is None else f"formuläret är inte giltig JSON Schema 2020-12: {reason[:200]}"


def _head(schema: Schema, fields: Schema) -> Iterator[Fault]:
    if not isinstance(schema.get("title"), str) or not schema["title"].strip():
        yield Fault(None, "formuläret saknar titel")
    if "$ref" in schema or "$defs" in schema:
        yield Fault(None, "formuläret får inte hänvisa till andra scheman ($ref)")
    for name in schema.get("required", []):
        if name not in fields:
            yield Fault(name, "fältet är obligatoriskt men finns inte")
    register = schema.get("x-register")
    if register is not None and (not isinstance(register, str) or register not in REGISTERS):
        yield Fault(None, f"registret {register!r} finns inte (x-register)")


def _routes(schema: Schema, fields: Schema) -> Iterator[Fault]:
    """What enters the engine is small and flat."""
    names = schema.get("x-routes", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        yield Fault(None, "x-routes ska vara en lista av fältnamn")
        return
    for name in names:
        field = fields.get(name)
        if not isinstance(field, dict):
            yield Fault(name, "x-routes nämner ett fält som inte finns")
        elif not _is_flat(field):
            yield Fault(name, "bara text, tal, sant/falskt och listor av texter får gå in i processen (x-routes)")
        if name in RESERVED or not name.isidentifier() or name.startswith("_"):
            yield Fault(name, "namnet är upptaget eller går inte att använda i processen (x-routes)")


def _is_flat(field: Schema) -> bool:
    kind, items = field.get("type"), field.get("items")
    if kind == "array":
        return isinstance(items, dict) and items.get("type") == "string"
    return kind in ("string", "integer", "number", "boolean")  # a list, of a set no member, may stand there


def _field(name: str, field: Any, fields: Schema, pack: Pack) -> Iterator[Fault]:
    if not isinstance(field, dict):
        yield Fault(name, "fältet ska vara ett objekt")
        return
    if not isinstance(field.get("type"), str) or field["type"] not in TYPES:
        yield Fault(name, f"fältets typ ska vara en av {', '.join(sorted(TYPES))}")
    if not isinstance(field.get("title"), str) or not field["title"].strip():
        yield Fault(name, "fältet saknar titel")
    if "$ref" in field:
        yield Fault(name, "fältet får inte hänvisa till andra scheman ($ref)")
    yield from _keywords(name, field, pack)
    yield from _shown_if(name, field.get("x-show-if"), fields)
    yield from _choices(name, field)
    items = field.get("items")
    columns = items.get("properties", {}) if isinstance(items, dict) else {}
    for column, inner in columns.items():
        yield from _field(f"{name}.{column}", inner, columns, pack)


def _keywords(name: str, field: Schema, pack: Pack) -> Iterator[Fault]:
    for keyword, known in (("x-widget", WIDGETS), ("x-prefill", PREFILLS), ("x-personal", frozenset({"allow"}))):
        value = field.get(keyword)
        if value is not None and (not isinstance(value, str) or value not in known):
            yield Fault(name, f"{keyword} {value!r} är okänt")
    if "x-not-after" in field and (field["x-not-after"] != TODAY or field.get("format") != "date"):
        yield Fault(name, f'x-not-after ska vara "{TODAY}" på ett datum (format date)')
    if "x-leave-out" in field:
        items = field.get("items")
        choices = [choice for owner in (field, items) if isinstance(owner, dict) for choice in owner.get("oneOf", [])]
        codes = {item["key"] for item in pack.catalogues.get("organisations", [])}
        constants = {choice.get("const") for choice in choices if isinstance(choice, dict)}
        if field["x-leave-out"] != OWN_ORGANISATION or not constants & codes:
            yield Fault(name, f'x-leave-out ska vara "{OWN_ORGANISATION}" på ett val (oneOf) mellan organisationer')
    for keyword in ("x-options", "x-rows"):
        if keyword in field:
            yield from _catalogue(name, keyword, field[keyword], pack)


def _catalogue(name: str, keyword: str, source: Any, pack: Pack) -> Iterator[Fault]:
    if not isinstance(source, dict) or source.keys() - {"catalogue", "where"}:
        yield Fault(name, f'{keyword} ska vara {{"catalogue": ..., "where": ...}}')
        return
    items = pack.catalogues.get(str(source.get("catalogue")))
    if items is None:
        yield Fault(name, f"{keyword}: katalogen {source.get('catalogue')} finns inte")
        return
    where = source.get("where", {})
    if not isinstance(where, dict):
        yield Fault(name, f"{keyword}: where ska vara ett objekt")
    elif not any(all(item.get(key) == value for key, value in where.items()) for item in items):
        yield Fault(name, f"{keyword}: inget i katalogen passar med where")


def _shown_if(name: str, condition: Any, fields: Schema) -> Iterator[Fault]:
    if condition is None:
        return
    if not isinstance(condition, dict) or condition.keys() != {"field", "is"} or not isinstance(condition["is"], list):
        yield Fault(name, 'x-show-if ska vara {"field": ..., "is": [...]}')
        return
    other = fields.get(condition["field"]) if isinstance(condition["field"], str) else None
    if not isinstance(other, dict):
        yield Fault(name, f"x-show-if: fältet {condition['field']} finns inte")
        return
    choices = [choice.get("const") for choice in other.get("oneOf", []) if isinstance(choice, dict)]
    for value in condition["is"]:
        if choices and value not in choices:
            yield Fault(name, f"x-show-if: {value!r} är inget val i fältet {condition['field']}")


def _choices(name: str, field: Schema) -> Iterator[Fault]:
    items = field.get("items")
    for owner in (field, items if isinstance(items, dict) else {}):
        choices = owner.get("oneOf", [])
        for choice in choices:
            known = isinstance(choice, dict) and isinstance(choice.get("const"), str | int | float)
            if not known or not choice.get("title"):
                yield Fault(name, "varje val (oneOf) ska ha const och title; const är text, tal, sant eller falskt")
                break
