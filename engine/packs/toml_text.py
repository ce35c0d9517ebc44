"""Writes the TOML of a manifest or a catalogue: the part of the language that packs use. Python only reads it."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any


def toml_text(content: Mapping[str, Any]) -> str:
    """Plain values first, then tables ([deadlines]) and lists of tables ([[stage]]), each kind in the order given."""
    return "\n".join(_lines(content, "")).strip() + "\n"


def _lines(table: Mapping[str, Any], path: str) -> list[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping) and not _is_tables(value)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, value in table.items():
        name = f"{path}{_key(key)}"
        if isinstance(value, Mapping):
            lines += ["", f"[{name}]", *_lines(value, f"{name}.")]
        elif _is_tables(value):
            for one in value:
                lines += ["", f"[[{name}]]", *_lines(one, f"{name}.")]
    return lines


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _key(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and key.isascii() else _text(key)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case str():
            return _text(value)
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case Mapping():
            return f"{{ {', '.join(f'{_key(key)} = {_value(one)}' for key, one in value.items())} }}"
        case _:
            return repr(value)


def _text(text: str) -> str:
    # A basic string has JSON's escapes; DEL is the only sign that JSON leaves and TOML does not take.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
