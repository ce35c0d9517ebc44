"""Walks along the flows of one scope. A boundary event follows the activity that it is attached to."""

from collections.abc import Callable, Iterable

from engine.bpmn.model import Element, Model

Next = Callable[[str], Iterable[str]]


def followers(model: Model, element_id: str) -> list[str]:
    """What may come right after an element: targets of its flows, and its boundary events."""
    targets = [flow.target for flow in model.outgoing(element_id) if flow.target in model.elements]
    return targets + [event.id for event in model.boundaries(element_id)]


def leaders(model: Model, element_id: str) -> list[str]:
    """What may come right before an element."""
    sources = [flow.source for flow in model.incoming(element_id) if flow.source in model.elements]
    host = model.elements[element_id].attached_to
    return [*sources, host] if host in model.elements and host is not None else sources


def reach(starts: Iterable[str], step: Next) -> set[str]:
    """Everything that can be reached from `starts` by `step`, the starts included."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        element_id = waiting.pop()
        if element_id not in found:
            found.add(element_id)
            waiting.extend(step(element_id))
    return found


def after(model: Model, element_id: str) -> set[str]:
    """Everything that may come after an element; itself only when it lies in a loop."""
    return reach(followers(model, element_id), lambda found: followers(model, found))


def waits(model: Model, element: Element) -> bool:
    """Whether the process stops at an element until somebody or something acts."""
    if element.type == "subProcess":
        return any(waits(model, inner) for inner in model.inside(element.id))
    return element.type in {"userTask", "callActivity", "intermediateCatchEvent", "eventBasedGateway"}
