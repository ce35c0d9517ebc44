"""Proves that tokens, wherever they stand, come to an end: what a repaired or moved instance must pass.

A plain token game over one scope (the process or an embedded sub-process): every choice, every boundary event, in any
order. What lies inside a sub-process or a called process is a scope of its own. Knows nothing of data or of time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.bpmn.elements import Element, Flow, Model

_MOST_MARKINGS = 20_000
_MANY = 2  # more tokens than one at the same place are not told apart

TOO_MANY = "läget är för invecklat för att kunna prövas"


@dataclass(frozen=True)
class Token:
    """Waits at an element; `armed` are the boundary events that wait with it."""

    element_id: str
    armed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Marking:
    """Where the tokens of one scope are; `arrived` are the flows by which some have come to a join that waits."""

    scope_id: str
    tokens: tuple[Token, ...] = ()
    arrived: tuple[str, ...] = ()


def problem(model: Model, marking: Marking) -> str | None:
    """Why the tokens might not come to an end, as half a sentence; None when they always do."""
    try:
        _explore(model, marking)
    except _Unsound as unsound:
        return str(unsound)
    return None


class _Unsound(Exception):
    pass


@dataclass
class _State:
    tokens: Counter[Token] = field(default_factory=Counter)
    arrived: set[str] = field(default_factory=set)
    over: bool = False

    def copy(self) -> "_State":
        return _State(self.tokens.copy(), set(self.arrived), self.over)

    @property
    def key(self) -> object:
        return frozenset(self.tokens.items()), frozenset(self.arrived)

    def add(self, token: Token) -> None:
        self.tokens[token] = min(self.tokens[token] + 1, _MANY)


def _explore(model: Model, marking: Marking) -> None:
    repeated = [flow for flow, count in Counter(marking.arrived).items() if count > 1]
    if repeated:
        raise _Unsound(_twice(model, model.flows[repeated[0]]))
    first = _State(arrived=set(marking.arrived))
    for token in marking.tokens:
        first.add(token)
    seen, waiting = {first.key}, [first]
    while waiting:
        state = waiting.pop()
        if not state.tokens:
            _demand_nobody_waits(model, state)
        for after in _steps(model, state):
            if not after.over and after.key not in seen:
                seen.add(after.key)
                waiting.append(after)
        if len(seen) > _MOST_MARKINGS:
            raise _Unsound(TOO_MANY)


def _steps(model: Model, state: _State) -> Iterator[_State]:
    for token in list(state.tokens):
        for without in _taken(state, token):
            yield from _leave(model, without, token.element_id)
            for event_id in sorted(token.armed):
                event = model.elements[event_id]
                left = without.copy()
                if not event.interrupting:
                    left.add(Token(token.element_id, token.armed - {event_id}))
                yield from _leave(model, left, event_id)


def _taken(state: _State, token: Token) -> Iterator[_State]:
    """The state without one such token. Of many, one or many are left."""
    less = state.copy()
    if state.tokens[token] == _MANY:
        yield state.copy()
        less.tokens[token] = 1
    else:
        del less.tokens[token]
    yield less


def _leave(model: Model, state: _State, element_id: str) -> Iterator[_State]:
    """What may come of a token that leaves an element."""
    yield from _along(model, state, list(_ways(model, model.elements[element_id])))


def _ways(model: Model, element: Element) -> Iterable[tuple[Flow, ...]]:
    """The sets of flows of which one is taken."""
    flows = model.outgoing(element.id)
    alone = element.type in {"exclusiveGateway", "eventBasedGateway"}
    return [(flow,) for flow in flows] if alone else [flows]


def _along(model: Model, state: _State, ways: list[tuple[Flow, ...]]) -> Iterator[_State]:
    for flows in ways:
        reached = [state.copy()]
        for flow in flows:
            reached = [after for before in reached for after in _arrive(model, before, flow)]
        yield from reached


def _arrive(model: Model, state: _State, flow: Flow) -> Iterator[_State]:
    element = model.elements[flow.target]
    if state.over:
        yield state
    elif element.type == "endEvent":
        # Nothing in this scope goes on after these.
        state.over = any(event.kind in {"terminate", "error"} for event in element.events)
        yield state
    elif element.type == "parallelGateway":
        yield from _join(model, state, element, flow)
    elif element.type in {"userTask", "callActivity", "subProcess", "intermediateCatchEvent"}:
        state.add(Token(element.id, frozenset(event.id for event in model.boundaries(element.id))))
        yield state
    elif element.type == "eventBasedGateway":
        for option in model.outgoing(element.id):
            yield from _arrive(model, state.copy(), option)
    else:
        yield from _leave(model, state, element.id)


def _join(model: Model, state: _State, element: Element, flow: Flow) -> Iterator[_State]:
    if flow.id in state.arrived:
        raise _Unsound(_twice(model, flow))
    incoming = {each.id for each in model.incoming(element.id)}
    state.arrived.add(flow.id)
    if incoming <= state.arrived:
        state.arrived -= incoming
        yield from _leave(model, state, element.id)
    else:
        yield state


def _demand_nobody_waits(model: Model, state: _State) -> None:
    for flow_id in sorted(state.arrived):
        join = model.elements[model.flows[flow_id].target]
        missing = [each for each in model.incoming(join.id) if each.id not in state.arrived]
        sources = ", ".join(sorted(named(model.elements[each.source]) for each in missing))
        raise _Unsound(f"{named(join)} skulle kunna vänta för evigt på {sources}")


def _twice(model: Model, flow: Flow) -> str:
    join, source = model.elements[flow.target], model.elements[flow.source]
    return f"{named(join)} skulle kunna nås två gånger från {named(source)}"


def named(element: Element) -> str:
    """An element as people know it: its name, and its id."""
    return f"{element.name} ({element.id})" if element.name and element.name != element.id else element.id
