"""What a walk has seen of one process: states, the steps between them, and what has been passed."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from engine.bpmn.execution import WaitState
from engine.bpmn.walk.answers import Values
from engine.bpmn.walk.canonical import Key
from engine.bpmn.walk.steps import Step


@dataclass
class Node:
    """A state, as it was first reached: by `step` from `parent`, on one of the shortest ways."""

    number: int
    key: Key
    parent: "Node | None"
    step: Step
    now: datetime
    state: bytes
    waits: WaitState
    joins: frozenset[str]  # parallel joins at which a token has arrived and waits for others
    crowded: frozenset[str]  # elements at which more than one token stands
    result: Values | None  # what it gives back, when it has ended
    next: list["Edge"] = field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        """The steps from the start to here, in words."""
        steps: list[str] = []
        node: Node | None = self
        while node is not None:
            steps.append(str(node.step))
            node = node.parent
        return tuple(reversed(steps))


@dataclass(frozen=True)
class Edge:
    """A step from one state to another, and the elements passed on it."""

    target: Node
    passed: frozenset[str]


@dataclass
class Graph:
    """Every state of one process that has been seen."""

    nodes: dict[Key, Node] = field(default_factory=dict)
    failures: list[tuple[Step, str, tuple[str, ...]]] = field(default_factory=list)  # step, reason, path
    passed: dict[str, Node] = field(default_factory=dict)  # element -> the first state behind it
    chosen: set[tuple[str, str]] = field(default_factory=set)  # (exclusive gateway, element it sent a token to)
    is_cut: bool = False  # the budget ended before everything was seen

    def reaching(self, good: Callable[[Node], bool], by: Callable[[Edge], bool] | None = None) -> set[int]:
        """The numbers of the states from which a good state, or a step that `by` accepts, can be reached."""
        before: dict[int, list[Node]] = {}
        found: set[int] = set()
        waiting: deque[Node] = deque()
        for node in self.nodes.values():
            for edge in node.next:
                before.setdefault(edge.target.number, []).append(node)
            if good(node) or (by is not None and any(by(edge) for edge in node.next)):
                waiting.append(node)
        while waiting:
            node = waiting.popleft()
            if node.number not in found:
                found.add(node.number)
                waiting.extend(before.get(node.number, ()))
        return found

    def results(self, beginnings: Iterable[Node]) -> list[Values]:
        """What the process may give back when it begins so."""
        found = {repr(sorted(n.result.items())): n.result for n in self._after(beginnings) if n.result is not None}
        return [found[each] for each in sorted(found)]

    def _after(self, beginnings: Iterable[Node]) -> Iterator[Node]:
        seen: set[int] = set()
        waiting = list(beginnings)
        while waiting:
            node = waiting.pop()
            if node.number not in seen:
                seen.add(node.number)
                yield node
                waiting.extend(edge.target for edge in node.next)
