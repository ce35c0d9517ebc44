"""What a walked graph proves, or where it does not hold: one fault for each cause, with the shortest way there."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.elements import Model
from engine.bpmn.profile.graph import after
from engine.bpmn.walk.graph import Graph, Node

_MOST_OF_A_KIND = 3  # more of the same kind in one model seldom have another cause


@dataclass(frozen=True)
class Verdict:
    """What is wrong at an element, and the steps that lead there, in words."""

    element_id: str | None
    reason: str
    path: tuple[str, ...] = ()


def verdicts(model: Model, graph: Graph) -> list[Verdict]:
    """Everything that keeps the process from being sound; what has not been seen counts only if all has been seen."""
    found = [*_crowded(model, graph)] or [*_failures(graph), *_stuck(model, graph)]
    if graph.is_cut or found:
        return found
    return [*_starved(graph), *_endless(graph), *_never_passed(model, graph)]


def _crowded(model: Model, graph: Graph) -> Iterator[Verdict]:
    """Two tokens on the same way to a parallel join: the engine, like many, would join those that do not belong."""
    told: set[str] = set()
    for node in graph.nodes.values():
        for element_id in sorted(node.crowded - told):
            told.add(element_id)
            joins = (model.elements[each] for each in after(model, element_id))
            if any(e.type == "parallelGateway" and len(model.incoming(e.id)) > 1 for e in joins):
                reason = (
                    "två är här samtidigt, på väg till samma parallella sammanslagning; lägg den i en egen delprocess"
                )
                yield Verdict(element_id, reason, node.path)
                return  # the others come of it


def _failures(graph: Graph) -> Iterator[Verdict]:
    told: set[tuple[str | None, str]] = set()
    for step, reason, path in graph.failures:
        element_id = step.element.id if step.element else None
        if (element_id, reason) not in told and len(told) < _MOST_OF_A_KIND:
            told.add((element_id, reason))
            yield Verdict(element_id, f"motorn kommer inte vidare härifrån: {reason}", path)


def _stuck(model: Model, graph: Graph) -> Iterator[Verdict]:
    """A scope in which nothing waits for anybody will never end; what hangs on the edge of it does not count."""
    told: set[str] = set()
    for node in graph.nodes.values():
        if node.result is not None:
            continue
        for scope in sorted(_dead_scopes(model, node)):
            join = next(iter(sorted(node.joins)), None)
            at = join or scope
            if at not in told and len(told) < _MOST_OF_A_KIND:
                told.add(at)
                why = (
                    "sammanslagningen väntar på en gren som aldrig kommer" if join else "ingen och inget väntas på här"
                )
                yield Verdict(at, f"{why}, och processen blir stående", node.path)


def _dead_scopes(model: Model, node: Node) -> set[str]:
    waits = node.waits
    kinds = (waits.tasks, waits.timers, waits.messages, waits.calls, waits.scopes)
    alive = {w.scope for kind in kinds for w in kind.values() if not model.elements[w.element_id].attached_to}
    scopes: dict[str | None, str] = {None: model.id, **{key: scope.element_id for key, scope in waits.scopes.items()}}
    return {element_id for key, element_id in scopes.items() if key not in alive}


def _starved(graph: Graph) -> Iterator[Verdict]:
    """A token has come to a join that never joins on any way from there, while something else goes on."""
    for join in sorted({join for node in graph.nodes.values() for join in node.joins}):
        joining = graph.reaching(lambda _: False, lambda edge, join=join: join in edge.passed)  # type: ignore[misc]
        for node in graph.nodes.values():
            if join in node.joins and node.number not in joining:
                yield Verdict(join, "sammanslagningen väntar på en gren som aldrig kommer", node.path)
                break


def _endless(graph: Graph) -> Iterator[Verdict]:
    ending = graph.reaching(lambda node: node.result is not None)
    for node in graph.nodes.values():
        if node.number not in ending:
            waits = (*node.waits.tasks.values(), *node.waits.calls.values(), *node.waits.messages.values())
            at = next((waiting.element_id for waiting in waits), None)
            yield Verdict(at, "processen kan aldrig ta slut härifrån, vad som än sker", node.path)
            return  # whatever follows has the same cause


def _never_passed(model: Model, graph: Graph) -> Iterator[Verdict]:
    for element in model.elements.values():
        if element.id not in graph.passed:
            yield Verdict(element.id, "elementet passeras aldrig, vad som än svaras")
    dead = {element.id for element in model.elements.values() if element.id not in graph.passed}
    for flow in model.flows.values():
        source = model.elements[flow.source]
        if (
            source.type != "exclusiveGateway"
            or len(model.outgoing(source.id)) == 1
            or {flow.source, flow.target} & dead
        ):
            continue
        if (flow.source, flow.target) not in graph.chosen:
            way = graph.passed[flow.source].path
            yield Verdict(flow.id, "vägen tas aldrig, vad som än svaras", way)
