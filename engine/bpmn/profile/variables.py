"""Which variables a process can know, and who sets them: forms, callers, called processes, handlers, decisions."""

from collections.abc import Iterator

from engine.bpmn import expressions
from engine.bpmn.decisions import UnreadableDecision, read_decision
from engine.bpmn.model import Element
from engine.bpmn.profile.case import Case, Fault
from engine.bpmn.profile.graph import after
from engine.bpmn.topics import TOPICS

BUILT_IN = frozenset({"organisation", "business_key"})


def routed(case: Case, element: Element) -> set[str]:
    """The names that an element's form lets into the process. Of many instances none does."""
    form = case.forms.get(element.form_key or "", {})
    names = form.get("x-routes", [])
    if element.loop is not None or not isinstance(names, list):
        return set()
    return {name for name in names if isinstance(name, str)}


def written(case: Case, element: Element) -> set[str]:
    """The variables that passing an element sets; a sub-process sets what its elements set."""
    match element.type:
        case "userTask" | "startEvent":
            return routed(case, element)
        case "serviceTask":
            topic = TOPICS.get(element.topic or "")
            return set(topic.sets) if topic else set()
        case "businessRuleTask":
            return {element.result_variable} if element.result_variable else set()
        case "callActivity":
            return {mapping.target for mapping in element.outs}
        case "subProcess":
            return {name for inner in case.model.inside(element.id) for name in written(case, inner)}
        case _:
            return set()


def known(case: Case) -> set[str]:
    """Every name that a condition, a timer or a due date of this process may use."""
    own = {name for element in case.model.elements.values() for name in written(case, element)}
    return own | BUILT_IN | case.pack.parameters.keys() | set(_handed_in(case))


def _handed_in(case: Case) -> Iterator[str]:
    """What callers, starters and predecessors of this process give it."""
    for key, model in case.models.items():
        for element in model.elements.values():
            if element.type == "callActivity" and element.called_element == case.files.key:
                yield from (mapping.target for mapping in element.ins)
            starts = element.topic == "start_processes" and element.properties.get("process") == case.files.key
            if starts or (element.topic == "start_successor" and key == case.files.key):
                yield from listed(element.properties.get("pass"))


def listed(text: str | None) -> list[str]:
    """The words of a comma-separated property."""
    return [word.strip() for word in (text or "").split(",") if word.strip()]


# Rules -----------------------------------------------------------------------------------------------------------


def condition_names(case: Case) -> Iterator[Fault]:
    """Every name in a condition is set by somebody."""
    there = known(case)
    for flow in case.model.flows.values():
        for name in sorted(expressions.names(flow.condition or "") - there):
            yield Fault(flow.id, f"villkoret frågar efter {name}, som inget formulär eller steg sätter")
    for element in case.model.elements.values():
        condition = element.loop.completion_condition if element.loop else None
        for name in sorted(expressions.names(condition or "") - there):
            yield Fault(element.id, f"slutvillkoret frågar efter {name}, som inget formulär eller steg sätter")


def passed_names(case: Case) -> Iterator[Fault]:
    """What goes into a called process is known here; a multi-instance list too."""
    there = known(case)
    for element in case.model.elements.values():
        for mapping in element.ins:
            if mapping.source not in there:
                yield Fault(element.id, f"{mapping.source or 'en tom källa'} skickas med men sätts aldrig")
        if element.collection and element.collection not in there:
            yield Fault(element.id, f"listan {element.collection} finns varken som parameter eller variabel")


def distinct_keys_in_parallel(case: Case) -> Iterator[Fault]:
    """Parallel branches write different variables: at the join the last one would win."""
    for gateway in case.typed("parallelGateway"):
        branches = [case.model.elements.get(flow.target) for flow in case.model.outgoing(gateway.id)]
        reached = [{branch.id} | after(case.model, branch.id) for branch in branches if branch]
        for name, count in _counted(case, reached).items():
            if count > 1:
                yield Fault(gateway.id, f"mer än en parallell gren sätter {name}; ge dem olika namn")


def _counted(case: Case, branches: list[set[str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    shared = set.intersection(*branches) if branches else set()
    for branch in branches:
        own = (case.model.elements[element_id] for element_id in branch - shared)
        for name in {name for element in own for name in written(case, element)}:
            counts[name] = counts.get(name, 0) + 1
    return counts


def business_rules(case: Case) -> Iterator[Fault]:
    """A business rule task names a decision of the folder, a result variable, and has its inputs."""
    there = known(case)
    for element in case.typed("businessRuleTask"):
        text = case.files.decisions.get(element.decision_ref or "")
        if text is None:
            yield Fault(element.id, f"beslutstabellen {element.decision_ref or ''}.dmn saknas")
            continue
        if not element.result_variable:
            yield Fault(element.id, "resultatvariabel (resultVariable) saknas")
        try:
            inputs = read_decision(text, element.decision_ref or "").inputs
        except UnreadableDecision:
            continue  # told by the rule on decisions
        for given in inputs:
            if given.name not in there:
                yield Fault(element.id, f"beslutstabellen frågar efter {given.name}, som inget sätter")
