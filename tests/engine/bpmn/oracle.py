"""A token game after the text of the BPMN standard, as plain as it can be: what the engine is compared with.

Knows nothing of SpiffWorkflow, of saving or of time. Data are one dictionary for the whole instance, so a choice must
stand directly behind the task that it asks about.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn import expressions
from engine.bpmn.elements import Element, Flow, Model

Waits = Counter[tuple[str, str]]  # (tasks | timers | messages | calls, element id)


@dataclass(eq=False)
class Token:
    """Stands in an element: `left` instances of it are not done yet; `inner` is the sub-process's own scope."""

    element: Element
    scope: "Scope"
    left: int = 1
    inner: "Scope | None" = None
    armed: list[Element] = field(default_factory=list)  # boundary events that wait


@dataclass(eq=False)
class Scope:
    """The process, or one run through an embedded sub-process."""

    around: Token | None = None
    tokens: list[Token] = field(default_factory=list)
    arrived: Counter[str] = field(default_factory=Counter)  # flows into parallel joins that have not fired


class Oracle:
    """One instance, started."""

    def __init__(self, model: Model, data: dict[str, Any]) -> None:
        self._model = model
        self._data = dict(data)
        self._top: Scope = Scope()
        self._to_catch: list[tuple[Token, Element]] = []  # who waited when a signal was thrown
        self.completed = False
        self._enter(self._top, model.id)

    # What waits, and steps -------------------------------------------------------------------------------------

    def waits(self) -> Waits:
        found: Waits = Counter()
        for token in self._tokens(self._top):
            kind = _kind(token.element)
            if kind and token.left:
                loop = token.element.loop
                found[kind, token.element.id] += 1 if loop and loop.sequential else token.left
            for option in self._options(token):
                found[_kind(option) or "", option.id] += 1
            for event in token.armed:
                if event_kind := _kind(event):
                    found[event_kind, event.id] += 1
        return found

    def step(self, element_id: str, values: dict[str, Any]) -> None:
        """Somebody completes, something fires, comes or is given back, at this element; then signals are caught."""
        self._data.update(values)
        self._take(element_id)
        self._catch_signals()

    def _catch_signals(self) -> None:
        while self._to_catch:
            token, event = self._to_catch.pop(0)
            if token in self._tokens(self._top) and (event.attached_to is None or event in token.armed):
                self._catch(token, event)

    def _take(self, element_id: str) -> None:
        for token in self._tokens(self._top):
            option = next((o for o in self._options(token) if o.id == element_id), None)
            armed = next((event for event in token.armed if event.id == element_id), None)
            if option is not None:
                return self._finish(token, option.id)
            if armed is not None:
                return self._fire_boundary(token, armed)
            if token.element.id == element_id:
                token.left -= 1
                return None if token.left else self._finish(token, element_id)
        raise AssertionError(f"nobody waits at {element_id}")

    # The game --------------------------------------------------------------------------------------------------

    def _enter(self, scope: Scope, scope_id: str) -> None:
        start = next(e for e in self._model.inside(scope_id) if e.type == "startEvent")
        self._leave(scope, start.id)
        self._close_if_over(scope)

    def _leave(self, scope: Scope, element_id: str) -> None:
        for flow in self._chosen(self._model.elements[element_id]):
            self._arrive(scope, flow)

    def _chosen(self, element: Element) -> tuple[Flow, ...]:
        flows = self._model.outgoing(element.id)
        if element.type != "exclusiveGateway" or len(flows) == 1:
            return flows
        fitting = [f for f in flows if f.condition and expressions.evaluate(f.condition, self._data)]
        return (fitting or [flow for flow in flows if flow.id == element.default])[:1]  # type: ignore[return-value]

    def _arrive(self, scope: Scope, flow: Flow) -> None:
        element = self._model.elements[flow.target]
        match element.type:
            case "parallelGateway":
                self._join(scope, element, flow)
            case "intermediateThrowEvent":
                self._throw(element)
                self._leave(scope, element.id)
            case "endEvent":
                self._end(scope, element)
            case "userTask" | "callActivity" | "subProcess" | "intermediateCatchEvent" | "eventBasedGateway":
                self._stay(scope, element)
            case _:
                self._leave(scope, element.id)

    def _join(self, scope: Scope, element: Element, flow: Flow) -> None:
        scope.arrived[flow.id] += 1
        incoming = [each.id for each in self._model.incoming(element.id)]
        if all(scope.arrived[each] for each in incoming):
            scope.arrived.subtract(incoming)
            self._leave(scope, element.id)

    def _stay(self, scope: Scope, element: Element) -> None:
        token = Token(element, scope, armed=list(self._model.boundaries(element.id)))
        if element.collection:
            token.left = len(self._data[element.collection])
        scope.tokens.append(token)
        if element.type == "subProcess":
            token.inner = Scope(around=token)
            self._enter(token.inner, element.id)
        elif not token.left:
            self._finish(token, element.id)

    def _finish(self, token: Token, left_by: str) -> None:
        token.scope.tokens.remove(token)
        self._leave(token.scope, left_by)
        self._close_if_over(token.scope)

    def _fire_boundary(self, token: Token, event: Element) -> None:
        if event.interrupting:
            self._finish(token, event.id)
        else:
            token.armed.remove(event)
            self._leave(token.scope, event.id)
            self._close_if_over(token.scope)

    def _end(self, scope: Scope, element: Element) -> None:
        kinds = [event.kind for event in element.events]
        if "signal" in kinds:
            self._throw(element)
        elif kinds:
            scope.tokens.clear()
            scope.arrived.clear()
        if "error" in kinds and scope.around is not None:
            host = scope.around
            caught = next(e for e in host.armed if any(event.kind == "error" for event in e.events))
            scope.around = None  # it ends here, not at its own end
            self._finish(host, caught.id)

    def _throw(self, thrown: Element) -> None:
        """Note who waits now: outer scopes first, and what ends an activity after what only adds something."""
        waiting = [
            (token, event)
            for token in self._tokens(self._top)
            for event in (*token.armed, token.element, *self._options(token))
            if event.signal_name == thrown.signal_name
        ]
        self._to_catch += sorted(waiting, key=lambda each: (_depth(each[0]), _interrupts(each[1])))

    def _catch(self, token: Token, event: Element) -> None:
        if event.attached_to is None:
            self._finish(token, event.id)
        else:
            self._fire_boundary(token, event)

    def _close_if_over(self, scope: Scope) -> None:
        if scope.tokens or +scope.arrived:
            return
        if scope is self._top:
            self.completed = True
        elif scope.around is not None and scope.around in scope.around.scope.tokens:
            self._finish(scope.around, scope.around.element.id)

    # Looking ---------------------------------------------------------------------------------------------------

    def _tokens(self, scope: Scope) -> list[Token]:
        return [t for token in scope.tokens for t in (token, *(self._tokens(token.inner) if token.inner else ()))]

    def _options(self, token: Token) -> list[Element]:
        if token.element.type != "eventBasedGateway":
            return []
        return [self._model.elements[flow.target] for flow in self._model.outgoing(token.element.id)]


def _depth(token: Token) -> int:
    depth, around = 0, token.scope.around
    while around is not None:
        depth, around = depth + 1, around.scope.around
    return depth


def _interrupts(event: Element) -> bool:
    return event.attached_to is not None and event.interrupting


def _kind(element: Element) -> str | None:
    match element.type:
        case "userTask":
            return "tasks"
        case "callActivity":
            return "calls"
        case "intermediateCatchEvent" | "boundaryEvent":
            kinds = {"timer": "timers", "message": "messages", "signal": "messages"}
            return next((kinds[event.kind] for event in element.events if event.kind in kinds), None)
        case _:
            return None
