"""Goes through every state of one process, nearest first, so that the way to each is as short as can be."""

from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime

from engine.bpmn.execution import Waiting
from engine.bpmn.profile.case import Case
from engine.bpmn.pruning import prune
from engine.bpmn.walk.answers import Values, answers
from engine.bpmn.walk.canonical import state_key
from engine.bpmn.walk.graph import Edge, Graph, Node
from engine.bpmn.walk.liveness import Liveness
from engine.bpmn.walk.names import Names
from engine.bpmn.walk.steps import Runner, Step, Watched, waiting_of
from engine.bpmn.walk.tokens import crowded, waiting_joins
from engine.clock import start_of_day

Call = Callable[[str, Values], list[Values]]  # (call activity, data that it sees) -> what it may put into the data


class Walk:
    """The states of one process: `begin` adds those that come of one more beginning."""

    def __init__(self, case: Case, names: Names, liveness: Liveness, runner: Runner, call: Call) -> None:
        self.graph = Graph()
        self._case = case
        self._names = names
        self._liveness = liveness
        self._runner = runner
        self._call = call
        self._remembered = tuple(names.constants)
        self._answers: dict[str, list[Values]] = {}

    def begin(self, data: Values, said: Values) -> list[Node]:
        """Walk on from one beginning. Returns the first states."""
        waiting: deque[Node] = deque()
        now = start_of_day(self._case.pack.valid_from)
        beginnings = self._advance(None, Step("start", None, "", data, said), now, waiting)
        while waiting:
            node = waiting.popleft()
            for step in self._steps(node):
                self._advance(node, step, max(node.now, step.due_at or node.now), waiting)
            if self._runner.budget.is_spent:
                break
        self.graph.is_cut |= self._runner.budget.is_spent
        return beginnings

    def _advance(self, node: Node | None, step: Step, now: datetime, waiting: deque[Node]) -> list[Node]:
        """Take a step every way that it can go; new states wait for their turn."""
        reached = []
        for outcome in self._runner.take(step, node.state if node else b"", now):
            if outcome.execution is None:
                path = (*(node.path if node else ()), str(step))
                self.graph.failures.append((step, outcome.failure or "", path))
                continue
            target, is_new = self._node(outcome.execution, node, step, now)
            passed = frozenset(element_id for element_id, _ in outcome.execution.passed)
            self.graph.chosen.update(outcome.execution.chosen)
            for element_id in passed:
                self.graph.passed.setdefault(element_id, target)
            if node is not None:
                node.next.append(Edge(target, passed))
            if is_new:
                waiting.append(target)
            reached.append(target)
        return reached

    def _node(self, execution: Watched, parent: Node | None, step: Step, now: datetime) -> tuple[Node, bool]:
        prune(execution.workflow)
        key = state_key(execution.workflow, self._liveness, self._remembered)
        result = None
        if execution.completed:
            result = {name: value for name, value in execution.data.items() if name in self._liveness.given_back}
            key = ("completed", repr(sorted(result.items())))
        known = self.graph.nodes.get(key)
        if known is not None:
            return known, False
        self._runner.budget.spend_state()
        places = (waiting_joins(execution.workflow), crowded(execution.workflow))
        node = Node(
            len(self.graph.nodes), key, parent, step, now, execution.save(), execution.wait_state(), *places, result
        )
        self.graph.nodes[key] = node
        return node, True

    def _steps(self, node: Node) -> Iterator[Step]:
        """Everything that can be done in a state. Of many that do the same task, one stands for all."""
        done: set[tuple[str, str | None]] = set()
        for kind, waiting in waiting_of(node.waits):
            element = self._case.model.elements[waiting.element_id]
            if element.loop is not None and (element.id, waiting.scope) in done:
                continue
            done.add((element.id, waiting.scope))
            for values in self._values(kind, waiting):
                yield Step(kind, element, waiting.id, values, values, waiting.due_at)

    def _values(self, kind: str, waiting: Waiting) -> list[Values]:
        """The answers that differ in something that is asked for later."""
        if kind == "call":
            return self._mattering(waiting.element_id, self._call(waiting.element_id, waiting.data))
        if kind != "task":
            return [{}]
        if waiting.element_id not in self._answers:
            self._answers[waiting.element_id] = self._mattering(waiting.element_id, self._answered(waiting.element_id))
        return self._answers[waiting.element_id]

    def _answered(self, element_id: str) -> list[Values]:
        element = self._case.model.elements[element_id]
        if element.loop is not None or element.form_key is None:
            return [{}]
        return answers(self._case.forms[element.form_key], self._names, self._case.pack)

    def _mattering(self, element_id: str, given: list[Values]) -> list[Values]:
        lives = self._liveness.after[element_id]
        kept = [{name: value for name, value in values.items() if name in lives} for values in given]
        return list({repr(sorted(values.items())): values for values in kept}.values())
