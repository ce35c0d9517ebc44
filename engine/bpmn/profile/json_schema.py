"""Tells whether something is a JSON Schema (2020-12): by the standard's own description of itself, made flat.

The standard spreads its description over seven parts that refer to each other by a name that is looked up anew at each
step. Merged into one, it says the same and is gone through about ten times as fast.
"""

from functools import cache
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]  # jsonschema's own, without types

_WHOLE = "#meta"  # how the parts refer to the description of every schema


def why_no_schema(schema: bytes) -> str | None:
    """What is wrong with a JSON text as a schema, in the library's English words; None when it is one.

    Raises RecursionError when it is nested too deeply.
    """
    error = next(_validator().iter_errors(orjson.loads(schema)), None)
    return None if error is None else str(error.message)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(flat_meta_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def flat_meta_schema() -> dict[str, Any]:
    """The description of every schema, in one piece that refers only to itself."""
    whole = dict(Draft202012Validator.META_SCHEMA)
    address = str(whole["$id"])
    parts = [REGISTRY.contents(f"{address.rsplit('/', 1)[0]}/{part['$ref']}") for part in whole["allOf"]]
    flat: dict[str, Any] = {"type": ["object", "boolean"], "properties": {}, "$defs": {}}
    for part in (*parts, whole):
        for name in ("properties", "$defs"):
            flat[name] |= _referring_to_top(part.get(name, {}))
    return flat


def _referring_to_top(part: Any) -> Any:
    if part == {"$dynamicRef": _WHOLE}:
        return {"$ref": "#"}
    if isinstance(part, dict):
        return {name: _referring_to_top(inner) for name, inner in part.items()}
    return [_referring_to_top(inner) for inner in part] if isinstance(part, list) else part
