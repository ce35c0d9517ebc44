"""What may come into a process from outside: every answer to a form, and every result of a handler, that matters."""

from collections.abc import Callable
from datetime import date
from itertools import product
from typing import Any

from engine.bpmn.walk.names import Constant, Names
from engine.forms import routed, visible
from engine.packs import Pack

Values = dict[str, Any]
SOME_DAY = "2031-06-02"
_MOST_ANSWERS = 5000
_OTHER = "något annat"


def answers(form: dict[str, Any], names: Names, pack: Pack) -> list[Values]:
    """Every answer to a form, as far as it matters: only those that the form lets through."""
    fields = form.get("properties", {})
    wanted = [name for name in form.get("x-routes", []) if name in names.constants]
    involved = _with_deciders(wanted, fields)
    choices = [_choices(name, fields, form, names, pack) for name in involved]
    found: dict[str, Values] = {}
    for number, combination in enumerate(product(*choices)):
        if number >= _MOST_ANSWERS:
            raise TooManyAnswers(form.get("title", ""))
        given = {name: value for name, value in zip(involved, combination, strict=True) if value is not None}
        if _is_let_through(form, given, involved):
            values = {name: value for name, value in routed(form, given).items() if name in names.constants}
            found.setdefault(repr(sorted(values.items())), values)
    return list(found.values())


class TooManyAnswers(Exception):
    """A form has more answers that matter than can be tried."""


def results(topic: str, names: Names) -> list[Values]:
    """Every result of a handler, as far as it matters."""
    everything = _RESULTS[topic](names) if topic in _RESULTS else [{}]
    mattering = [{name: value for name, value in each.items() if name in names.constants} for each in everything]
    return list({repr(sorted(each.items())): each for each in mattering}.values())


def parameters(pack: Pack, names: Names) -> Values:
    """The pack's parameters, with long lists cut to the two first items (and those that conditions name)."""
    return {name: _cut(value, names.constants.get(name, set())) for name, value in pack.parameters.items()}


def storable(value: Any) -> Any:
    """A value as an instance's data hold it."""
    return value.isoformat() if isinstance(value, date) else value


# Forms --------------------------------------------------------------------------------------------------------------


def _with_deciders(wanted: list[str], fields: Values) -> list[str]:
    """The fields, and those that decide whether they are shown."""
    involved: list[str] = []
    waiting = list(wanted)
    while waiting:
        name = waiting.pop(0)
        if name in fields and name not in involved:
            involved.append(name)
            waiting.extend([fields[name]["x-show-if"]["field"]] if fields[name].get("x-show-if") else [])
    return involved


def _is_let_through(form: Values, given: Values, involved: list[str]) -> bool:
    shown = visible(form, given)
    if shown.keys() != given.keys():
        return False  # the same as without the hidden value, which is tried by itself
    demanded = set(form.get("required", [])) & set(involved)
    return all(shown.get(name) not in (None, [], "") or not _shows(form, name, given) for name in demanded)


def _shows(form: Values, name: str, given: Values) -> bool:
    return name in visible(form, {**given, name: True})


def _choices(name: str, fields: Values, form: Values, names: Names, pack: Pack) -> list[Any]:
    field = fields[name]
    compared = names.constants.get(name, set())
    compared = compared | {wanted for other in fields.values() for wanted in _deciding(other, name)}
    values = _values(field, compared, pack)
    if name not in form.get("required", []) or field.get("x-show-if"):
        values = [*values, None]
    return values


def _deciding(field: Values, name: str) -> list[Constant]:
    condition = field.get("x-show-if") or {}
    wanted = condition.get("is", []) if condition.get("field") == name else []
    return [value for value in wanted if isinstance(value, Constant)]


def _values(field: Values, compared: set[Constant], pack: Pack) -> list[Any]:
    match field.get("type"):
        case "boolean":
            return [True, False]
        case "array":
            return _lists(field, _offered(field.get("items"), pack), compared)
        case "integer" | "number":
            return [value for value in _numbers(compared) if _fits(value, field)]
        case _:
            offered = _offered(field, pack)
            if offered is not None:
                return _told_apart(offered, compared)
            if field.get("format") == "date":
                return [SOME_DAY]
            return _told_apart([*sorted(c for c in compared if isinstance(c, str)), _OTHER], compared)


def _offered(field: Any, pack: Pack) -> list[Any] | None:
    """The constants or the catalogue's keys that a field offers; None when anything may be written."""
    if not isinstance(field, dict):
        return None
    if "oneOf" in field:
        return [choice["const"] for choice in field["oneOf"]]
    if "enum" in field:
        return [value for value in field["enum"] if isinstance(value, Constant)]
    if "x-options" in field:
        source = field["x-options"]
        items = pack.catalogues.get(source["catalogue"], [])
        fitting = [i for i in items if all(i.get(key) == value for key, value in source.get("where", {}).items())]
        return [item["key"] for item in fitting]
    return None


def _told_apart(offered: list[Any], compared: set[Constant]) -> list[Any]:
    """Those that are compared with something, and one of the rest."""
    rest = [value for value in offered if value not in compared]
    return [value for value in offered if value in compared] + rest[:1]


def _lists(field: Values, offered: list[Any] | None, compared: set[Constant]) -> list[Any]:
    items = _told_apart(offered or ["a", "b", *(c for c in compared if isinstance(c, str))], compared)
    pairs = offered if offered and len(offered) > 1 else ["a", "b"]
    two = (items + [value for value in pairs if value not in items])[:2]
    found: list[list[Any]] = [[], *([item] for item in items), two]
    return [each for each in found if len(each) >= field.get("minItems", 0) and len(each) <= field.get("maxItems", 9)]


def _numbers(compared: set[Constant]) -> list[int]:
    limits = {int(c) for c in compared if isinstance(c, int | float) and not isinstance(c, bool)} or {1}
    return sorted({limit + difference for limit in limits for difference in (-1, 0, 1)})


def _fits(value: int, field: Values) -> bool:
    return bool(field.get("minimum", value) <= value <= field.get("maximum", value))


def _cut(value: Any, compared: set[Constant]) -> Any:
    if not isinstance(value, list):
        return value
    return [*value[:2], *(item for item in value[2:] if item in compared)]


# Handlers (engine.handlers) -----------------------------------------------------------------------------------------


def _published(_: Names) -> list[Values]:
    return [{"in_force_on": SOME_DAY}]


def _planned(names: Names) -> list[Values]:
    years = _numbers(names.constants.get("review_year", set()) or {2031})
    return [{"next_review_on": SOME_DAY, "review_year": year} for year in years]


def _tallied(_: Names) -> list[Values]:
    answered = product([[], ["a"], ["a", "b"]], [[], ["c"], ["c", "d"]])
    return [
        {
            "approved_organisations": approved,
            "other_organisations": others,
            "all_approved": bool(approved) and not others,
        }
        for approved, others in answered
    ]


_RESULTS: dict[str, Callable[[Names], list[Values]]] = {
    "publish_agreement": _published,
    "plan_next_review": _planned,
    "tally_decisions": _tallied,
}
