"""Decision tables (DMN): reads the part that the profile allows, and decides with it.

A table has hit policy UNIQUE, named inputs, literal outputs, and cells that are empty or `-`, literals, comparisons
with a number, ranges, lists of these, or `not(...)` of such a list.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

from engine.bpmn.xml import UnreadableXml, parse_xml
from engine.errors import ExecutionFailed, Invalid

_NUMBER = r"-?\d{1,12}(?:\.\d{1,6})?"
_RANGE = re.compile(rf"([\[\](])\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*([\[\])])", re.ASCII)
_COMPARISON = re.compile(rf"(<=|>=|<|>)\s*({_NUMBER})", re.ASCII)
_STRING = re.compile(r'"([^"\\]*)"')
_PART = re.compile(r'"[^"]*"|[^,"]+')

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}

Value = str | int | float | bool
Test = Callable[[Any], bool]


class UnreadableDecision(Invalid):
    """The text is no decision table of the profile; the message is a Swedish phrase."""

    def __init__(self, reason: str, element_id: str | None = None) -> None:
        super().__init__(reason)
        self.element_id = element_id


@dataclass(frozen=True)
class Input:
    """A column that is asked: a variable's name, its DMN type, and its values when they are declared."""

    name: str
    type: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Rule:
    """A row: one cell for each input (as written and as a test), and the outputs by name."""

    id: str
    cells: tuple[str, ...]
    tests: tuple[Test, ...]
    outputs: dict[str, Value]

    def matches(self, values: tuple[Any, ...]) -> bool:
        return all(test(value) for test, value in zip(self.tests, values, strict=True))


@dataclass(frozen=True)
class Decision:
    """One decision table."""

    id: str
    hit_policy: str
    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]


def decide(dmn: str, data: Mapping[str, Any]) -> Any:
    """What the table says about `data`: its output, or a dict of them when it has several.

    Raises ExecutionFailed unless exactly one rule matches.
    """
    decision = _read(dmn)
    missing = [column.name for column in decision.inputs if column.name not in data]
    if missing:
        raise ExecutionFailed(f"Beslutet {decision.id} frågar efter {', '.join(missing)} som inte har något värde.")
    values = tuple(data[column.name] for column in decision.inputs)
    matching = [rule for rule in decision.rules if rule.matches(values)]
    if len(matching) != 1:
        found = "flera regler" if matching else "ingen regel"
        raise ExecutionFailed(f"Beslutet {decision.id}: {found} passar för {values!r}.")
    outputs = matching[0].outputs
    return outputs if len(outputs) > 1 else next(iter(outputs.values()))


@lru_cache(maxsize=100)
def _read(dmn: str) -> Decision:
    return read_decision(dmn)


def read_decision(dmn: str, decision_id: str | None = None) -> Decision:
    """The decision with this id (the only one, when None). Raises `UnreadableDecision`."""
    try:
        root = parse_xml(dmn)
    except UnreadableXml as error:
        raise UnreadableDecision(str(error)) from error
    decisions = list(root.iterfind("{*}decision"))
    if len(decisions) != 1:
        raise UnreadableDecision("filen ska innehålla ett beslut (decision)")
    found = decisions[0]
    if decision_id is not None and found.get("id") != decision_id:
        raise UnreadableDecision(f"beslutets id ska vara {decision_id}, som filen heter", found.get("id"))
    table = found.find("{*}decisionTable")
    if table is None:
        raise UnreadableDecision("beslutet är ingen tabell", found.get("id"))
    return _table(found.get("id", ""), table)


def _table(decision_id: str, table: etree._Element) -> Decision:
    inputs = tuple(_input(column) for column in table.iterfind("{*}input"))
    outputs = tuple(column.get("name", "") for column in table.iterfind("{*}output"))
    if not inputs or not outputs or "" in outputs:
        raise UnreadableDecision("tabellen behöver minst en fråga och ett namngivet svar", decision_id)
    rules = tuple(_rule(row, inputs, outputs) for row in table.iterfind("{*}rule"))
    return Decision(decision_id, table.get("hitPolicy", "UNIQUE"), inputs, outputs, rules)


def _input(column: etree._Element) -> Input:
    expression = column.find("{*}inputExpression")
    name = "" if expression is None else _text(expression)
    if not name.isidentifier():
        raise UnreadableDecision("frågan ska vara namnet på en variabel", column.get("id"))
    declared = column.find("{*}inputValues")
    values = () if declared is None else tuple(_literal(part, column) for part in _parts(_text(declared)))
    kind = "" if expression is None else expression.get("typeRef", "string")
    return Input(name, kind, values)


def _rule(row: etree._Element, inputs: tuple[Input, ...], outputs: tuple[str, ...]) -> Rule:
    cells = tuple(_text(cell) for cell in row.iterfind("{*}inputEntry"))
    answers = [_text(cell) for cell in row.iterfind("{*}outputEntry")]
    if len(cells) != len(inputs) or len(answers) != len(outputs):
        raise UnreadableDecision("regeln har fel antal celler", row.get("id"))
    tests = tuple(_test(cell, row) for cell in cells)
    values = {name: _literal(text, row) for name, text in zip(outputs, answers, strict=True)}
    return Rule(row.get("id", ""), cells, tests, values)


def _text(cell: etree._Element) -> str:
    inner = cell.find("{*}text")
    return "" if inner is None else (inner.text or "").strip()


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _PART.findall(text) if part.strip()]


def _test(cell: str, row: etree._Element) -> Test:
    if cell in {"", "-"}:
        return lambda _: True
    if cell.startswith("not(") and cell.endswith(")"):
        refused = _any_of(cell[4:-1], row)
        return lambda value: not refused(value)
    return _any_of(cell, row)


def _any_of(cell: str, row: etree._Element) -> Test:
    tests = [_unary(part, row) for part in _parts(cell)]
    return lambda value: any(test(value) for test in tests)


def _unary(part: str, row: etree._Element) -> Test:
    if match := _COMPARISON.fullmatch(part):
        compare, limit = _COMPARE[match[1]], float(match[2])
        return lambda value: _is_number(value) and compare(value, limit)
    if match := _RANGE.fullmatch(part):
        lower = _COMPARE[">=" if match[1] == "[" else ">"]
        upper = _COMPARE["<=" if match[4] == "]" else "<"]
        low, high = float(match[2]), float(match[3])
        return lambda value: _is_number(value) and lower(value, low) and upper(value, high)
    literal = _literal(part, row)
    return lambda value: value == literal and isinstance(value, bool) == isinstance(literal, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _literal(text: str, row: etree._Element) -> Value:
    if match := _STRING.fullmatch(text):
        return match[1]
    if text in {"true", "false"}:
        return text == "true"
    if re.fullmatch(_NUMBER, text, re.ASCII):
        return float(text) if "." in text else int(text)
    raise UnreadableDecision(f"{text!r} får inte stå i en cell", row.get("id"))
