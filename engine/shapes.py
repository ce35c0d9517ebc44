"""Says quickly that a value certainly fits a JSON Schema, for the keywords that forms are made of.

`jsonschema` is the judge: it looks at whatever is not certain here, and says what is wrong. Most of what people hand in
is right, and to see that takes it twenty times as long.
"""

from collections.abc import Callable, Mapping
from typing import Any

Fits = Callable[[Any], bool]

_SAYS_NOTHING = frozenset({"$schema", "$id", "title", "description", "default", "examples", "$comment"})


def certainly_fits(schema: Mapping[str, Any], formats: Mapping[str, Fits]) -> Fits:
    """A test that is true only for what the schema accepts. `formats` tests texts, by the names that `format` gives."""
    return _all([_test(keyword, value, formats) for keyword, value in schema.items() if not _is_silent(keyword)])


def _all(tests: list[Fits]) -> Fits:
    if len(tests) == 1:
        return tests[0]

    def test(value: Any) -> bool:
        for each in tests:  # noqa: SIM110 - `all` makes a generator for every value, which takes longer than most tests
            if not each(value):
                return False
        return True

    return test


def _is_silent(keyword: str) -> bool:
    return keyword in _SAYS_NOTHING or keyword.startswith("x-")


def _test(keyword: str, said: Any, formats: Mapping[str, Fits]) -> Fits:
    match keyword:
        case "format":
            return _format(formats[said]) if str(said) in formats else _is_uncertain
        case "items":
            fits = certainly_fits(said, formats)
            return lambda value: isinstance(value, list) and all(fits(each) for each in value)
        case "properties":
            return _properties({name: certainly_fits(field, formats) for name, field in said.items()})
        case _ if keyword in _SIMPLE:
            return _SIMPLE[keyword](said)
    return _is_uncertain


def _is_uncertain(_value: Any) -> bool:
    return False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Fits] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": _is_number,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def _has_no_text_twice(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value) and len(set(value)) == len(value)


def _one_of(choices: Any) -> Fits:
    """One of some texts, each given as itself (enum) or as the only thing that a schema says (oneOf)."""
    texts = [_only_text(choice) for choice in choices]
    known = frozenset(text for text in texts if text is not None)
    if len(known) < len(texts):
        return _is_uncertain
    return lambda value: isinstance(value, str) and value in known


def _only_text(choice: Any) -> str | None:
    if isinstance(choice, dict) and all(key == "const" or _is_silent(key) for key in choice):
        choice = choice.get("const")
    return choice if isinstance(choice, str) else None


def _format(fits: Fits) -> Fits:
    return lambda value: isinstance(value, str) and fits(value)


def _properties(fields: dict[str, Fits]) -> Fits:
    def test(value: Any) -> bool:
        if not isinstance(value, dict):
            return False
        for name, each in value.items():  # noqa: SIM110 - as in `_all`
            if name in fields and not fields[name](each):
                return False
        return True

    return test


_SIMPLE: dict[str, Callable[[Any], Fits]] = {
    "type": lambda said: _TYPES.get(str(said), _is_uncertain),
    "maxLength": lambda said: lambda value: isinstance(value, str) and len(value) <= said,
    "minLength": lambda said: lambda value: isinstance(value, str) and len(value) >= said,
    "minimum": lambda said: lambda value: _is_number(value) and value >= said,
    "maximum": lambda said: lambda value: _is_number(value) and value <= said,
    "minItems": lambda said: lambda value: isinstance(value, list) and len(value) >= said,
    "maxItems": lambda said: lambda value: isinstance(value, list) and len(value) <= said,
    "uniqueItems": lambda said: _has_no_text_twice if said is True else _is_uncertain,
    "required": lambda said: lambda value: isinstance(value, dict) and all(name in value for name in said),
    "oneOf": _one_of,
    "enum": _one_of,
}
