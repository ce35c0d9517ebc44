"""Which variables decide where a process goes, and the values that its conditions compare them with."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.bpmn import expressions
from engine.bpmn.decisions import UnreadableDecision, read_decision
from engine.bpmn.elements import Element
from engine.bpmn.moments import is_duration
from engine.bpmn.profile.case import Case
from engine.bpmn.profile.variables import listed

Constant = str | int | float | bool


@dataclass
class Names:
    """The variables of one process that matter, each with the constants that somebody compares it with."""

    constants: dict[str, set[Constant]] = field(default_factory=dict)

    def ask(self, name: str, constants: set[Constant] | None = None) -> bool:
        """Note that a variable matters. True when that is news."""
        before = self.constants.get(name)
        after = (before or set()) | (constants or set())
        self.constants[name] = after
        return before is None or len(before) < len(after)


def relevant(cases: dict[str, Case]) -> dict[str, Names]:
    """For every process the variables that matter to it, or to those that it calls, starts or answers."""
    found = {key: Names() for key in cases}
    for key, case in cases.items():
        for element in case.model.elements.values():
            for name, constants in _asked(case, element):
                found[key].ask(name, constants)
    links = [link for case in cases.values() for link in _links(case) if link[2] in cases]
    changed = True
    while changed:
        changed = False
        for key, name, other, other_name in links:
            if other_name in found[other].constants:
                changed |= found[key].ask(name, found[other].constants[other_name])
    return found


def reads(case: Case, element: Element, found: dict[str, Names]) -> set[str]:
    """The variables that are read when a token passes, or stands in, an element."""
    own = {name for name, _ in _asked(case, element)}
    taken = (*_passed_on(case, element), *((s, other, t) for s, other, t in _handed_in(element)))
    return own | {name for name, other, target in taken if other in found and target in found[other].constants}


def _asked(case: Case, element: Element) -> Iterator[tuple[str, set[Constant]]]:
    for text in _expressions(case, element):
        for name in expressions.names(text):
            yield name, set(_constants(text))
    if element.collection:
        yield element.collection, set()
    timer = element.timer.expression if element.timer else None
    if timer and timer.isidentifier() and not is_duration(timer):
        yield timer, set()
    yield from _table_inputs(case, element)


def _expressions(case: Case, element: Element) -> Iterator[str]:
    if element.type == "exclusiveGateway":
        yield from (flow.condition for flow in case.model.outgoing(element.id) if flow.condition)
    if element.loop and element.loop.completion_condition:
        yield element.loop.completion_condition


def _constants(text: str) -> Iterator[Constant]:
    for node in ast.walk(ast.parse(text.strip(), mode="eval")):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float | bool):
            yield node.value


def _table_inputs(case: Case, element: Element) -> Iterator[tuple[str, set[Constant]]]:
    text = case.files.decisions.get(element.decision_ref or "")
    if text is None:
        return
    try:
        decision = read_decision(text)
    except UnreadableDecision:
        return  # told by the rules on tables
    for position, column in enumerate(decision.inputs):
        yield column.name, {*column.values, *(c for rule in decision.rules for c in _cell(rule.cells[position]))}


def _cell(text: str) -> Iterator[Constant]:
    for word in text.replace("..", " ").replace(",", " ").split():
        bare = word.strip("[]()<>= ")
        if bare.startswith('"'):
            yield bare.strip('"')
        elif bare.removeprefix("-").replace(".", "", 1).isdigit():
            yield float(bare) if "." in bare else int(bare)


def _links(case: Case) -> Iterator[tuple[str, str, str, str]]:
    """(process, variable) becomes (other process, its variable)."""
    for element in case.model.elements.values():
        called = element.called_element or ""
        yield from ((called, out.source, case.files.key, out.target) for out in element.outs if called in case.models)
        yield from ((case.files.key, source, other, target) for source, other, target in _handed_in(element))
        yield from ((case.files.key, source, other, target) for source, other, target in _passed_on(case, element))


def _handed_in(element: Element) -> Iterator[tuple[str, str, str]]:
    yield from ((mapping.source, element.called_element or "", mapping.target) for mapping in element.ins)


def _passed_on(case: Case, element: Element) -> Iterator[tuple[str, str, str]]:
    started = started_process(case, element)
    if started is not None:
        yield from ((name, started, name) for name in listed(element.properties.get("pass")))


def started_process(case: Case, element: Element) -> str | None:
    """The process that a service task starts, if it starts one."""
    return {"start_processes": element.properties.get("process"), "start_successor": case.files.key}.get(
        element.topic or ""
    )
