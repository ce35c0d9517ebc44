"""Rules on decision tables: hit policy UNIQUE, and rules that neither overlap nor leave a gap over their domains."""

import re
from collections.abc import Iterator
from itertools import islice, product

from engine.bpmn.decisions import Decision, Input, UnreadableDecision, Value, read_decision
from engine.bpmn.profile.case import Case, Fault

_MOST_COMBINATIONS = 20_000
_SOMETHING_ELSE = "något annat"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_STRING = re.compile(r'"([^"]*)"')


def check_decision(text: str, decision_id: str) -> Iterator[Fault]:
    """Everything that keeps a table from giving exactly one answer to every question."""
    try:
        decision = read_decision(text, decision_id)
    except UnreadableDecision as error:
        yield Fault(error.element_id, str(error))
        return
    if decision.hit_policy != "UNIQUE":
        yield Fault(decision.id, f"träffregeln (hitPolicy) ska vara UNIQUE, inte {decision.hit_policy}")
        return
    yield from _one_answer(decision)


def unused_tables(case: Case) -> Iterator[Fault]:
    """Every decision table is used by a business rule task."""
    used = {element.decision_ref for element in case.typed("businessRuleTask")}
    for name in sorted(case.files.decisions.keys() - used):
        yield Fault(None, f"beslutstabellen {name}.dmn används inte")


def _one_answer(decision: Decision) -> Iterator[Fault]:
    """Tries every combination of the values that tell the rules apart."""
    domains = [_domain(decision, position, column) for position, column in enumerate(decision.inputs)]
    combinations = product(*domains)
    for values in islice(combinations, _MOST_COMBINATIONS):
        count = sum(rule.matches(values) for rule in decision.rules)
        if count == 1:
            continue
        shown = ", ".join(f"{column.name} = {value}" for column, value in zip(decision.inputs, values, strict=True))
        yield Fault(decision.id, f"{'flera regler' if count else 'ingen regel'} passar för {shown}")
        return
    if next(combinations, None) is not None:
        yield Fault(decision.id, f"tabellen har fler än {_MOST_COMBINATIONS} fall och går inte att pröva")


def _domain(decision: Decision, position: int, column: Input) -> list[Value]:
    cells = [rule.cells[position] for rule in decision.rules]
    if column.values:
        return list(column.values)
    if column.type == "boolean":
        return [True, False]
    if column.type in {"integer", "long", "double", "number"}:
        return _numbers(cells, whole=column.type in {"integer", "long"})
    return [*sorted({text for cell in cells for text in _STRING.findall(cell)}), _SOMETHING_ELSE]


def _numbers(cells: list[str], *, whole: bool) -> list[Value]:
    """Each limit and its neighbours: between them nothing changes."""
    limits = {float(text) for cell in cells for text in _NUMBER.findall(cell.replace("..", " "))} or {0.0}
    step = 1.0 if whole else 0.0000001
    points = sorted({limit + difference for limit in limits for difference in (-step, 0.0, step)})
    return [int(point) for point in points] if whole else list(points)
