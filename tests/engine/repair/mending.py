"""An instance and a token game that can both be modified, to be walked side by side."""

from engine.bpmn.definitions import Definition
from engine.bpmn.execution import Execution, Surroundings
from engine.bpmn.marking import tokens
from engine.bpmn.modification import Step, modify
from tests.engine.bpmn.oracle import Oracle, Scope, Token
from tests.engine.bpmn.walking import Values, Walk


class MendedWalk(Walk):
    """A `Walk` that can be modified, saved and loaded as any other step."""

    def modify(self, *steps: Step) -> "MendedWalk":
        execution = self._load()
        modify(execution, self.definition, steps)
        self._store(execution)
        return self

    def replace(self, definition: Definition, execution: Execution) -> None:
        """Go on with the instance on another version."""
        self.definition = definition
        self._store(execution)

    @property
    def surroundings(self) -> Surroundings:
        return self._surroundings()

    def execution(self) -> Execution:
        return self._load()

    @property
    def stored(self) -> bytes:
        return self._state


class MendedOracle(Oracle):
    """The token game, with what a modification does to it."""

    def cancel(self, element_id: str) -> None:
        for token in self._tokens(self._top):
            if token.element.id == element_id and token in token.scope.tokens:
                token.scope.tokens.remove(token)
            token.armed = [event for event in token.armed if event.id != element_id]

    def start(self, kind: str, element_id: str, values: Values) -> None:
        self._data.update(values)
        element = self._model.elements[element_id]
        scope = self._running(element.scope)
        if kind == "start_before":
            if element.type in {"userTask", "callActivity", "subProcess", "intermediateCatchEvent"}:
                self._stay(scope, element)
            else:
                if element.type == "intermediateThrowEvent":
                    self._throw(element)
                self._leave(scope, element_id)
        else:
            self._leave(scope, element_id)

    def settle(self) -> None:
        """What has nothing left is over, innermost first; then signals are caught."""
        for token in reversed(self._tokens(self._top)):
            if token.inner is not None:
                self._close_if_over(token.inner)
        self._close_if_over(self._top)
        self._catch_signals()

    def _running(self, scope_id: str) -> Scope:
        if scope_id == self._model.id:
            return self._top
        inner: list[Token] = [t for t in self._tokens(self._top) if t.element.id == scope_id and t.inner]
        assert len(inner) == 1
        assert inner[0].inner is not None
        return inner[0].inner


def count_tokens(walk: MendedWalk, element_id: str) -> int:
    """How many tokens stand at an element, one of many counted as one."""
    workflow = walk.execution().workflow
    scopes = (workflow, *workflow.subprocesses.values())
    return sum(task.task_spec.bpmn_id == element_id for scope in scopes for task in tokens(scope))
