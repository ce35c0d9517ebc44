"""Drives one instance of a tiny model as the commands do, saved between every two steps and loaded or resumed."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from engine.bpmn.definitions import Definition
from engine.bpmn.execution import Execution, Surroundings, Waiting, WaitState

START = datetime(2026, 1, 15, 9, tzinfo=UTC)
Values = dict[str, Any]


def nothing(element_id: str, data: Values) -> Values:
    """A handler, or a decision, that sets nothing."""
    return {}


@lru_cache
def _definition(key: str, bpmn: str, decisions: tuple[tuple[str, str], ...]) -> Definition:
    """Shared by all instances, as in a running program: what one instance did to it would show in the next."""
    return Definition("d", "pack", key, 1, bpmn, dict(decisions), {})


class Walk:
    """An instance of which every other step is taken by whoever reads its state, as another process or after a restart,

    and every other by who has it in memory. What is asked is answered from the state that was stored.
    """

    def __init__(
        self,
        bpmn: str,
        data: Values | None = None,
        *,
        key: str = "p",
        parameters: Values | None = None,
        handler: Callable[[str, Values], Values] = nothing,
        decisions: dict[str, str] | None = None,
    ) -> None:
        self.definition = _definition(key, bpmn, tuple((decisions or {}).items()))
        self.now = START
        self.sizes: list[int] = []
        self.passed: list[str] = []
        self.result: Values = {}
        self._parameters = parameters or {}
        self._handler = handler
        spec, sub_specs = self.definition.spec, self.definition.sub_specs
        self._store(Execution.start(spec, sub_specs, self._surroundings(), data or {}))

    # What waits ------------------------------------------------------------------------------------------------

    def wait_state(self) -> WaitState:
        return self._load().wait_state()

    @property
    def waits(self) -> list[str]:
        """Everything that waits for somebody or something, by element id, sorted."""
        state = self.wait_state()
        kinds = (state.tasks, state.timers, state.messages, state.calls)
        return sorted(waiting.element_id for kind in kinds for waiting in kind.values())

    @property
    def completed(self) -> bool:
        return self.wait_state().completed

    def data(self, element_id: str) -> Values:
        """The data that one of those who wait at an element sees."""
        return self._waiting(element_id).data

    def due_at(self, element_id: str) -> datetime:
        due = self._waiting(element_id).due_at
        assert due is not None
        return due

    # Steps -----------------------------------------------------------------------------------------------------

    def complete(self, element_id: str, **values: Any) -> "Walk":
        item = self.definition.element(element_id).item_variable
        return self._step(element_id, lambda execution, key: execution.complete(key, values, item))

    def fire(self, element_id: str) -> "Walk":
        self.now = max(self.now, self.due_at(element_id))
        return self._step(element_id, lambda execution, key: execution.fire(key))

    def deliver(self, element_id: str, **variables: Any) -> "Walk":
        return self._step(element_id, lambda execution, key: execution.deliver(key, variables))

    def give_back(self, element_id: str, **variables: Any) -> "Walk":
        """The called process ends."""
        return self._step(element_id, lambda execution, key: execution.call_ended(key, variables))

    def take(self, kind: str, element_id: str, values: Values) -> "Walk":
        """One of the steps above, by what waits: tasks, timers, messages or calls."""
        match kind:
            case "tasks":
                return self.complete(element_id, **values)
            case "timers":
                return self.fire(element_id)
            case "messages":
                return self.deliver(element_id)
            case _:
                return self.give_back(element_id, **values)

    # Inside ----------------------------------------------------------------------------------------------------

    def _step(self, element_id: str, step: Callable[[Execution, str], object]) -> "Walk":
        waiting = self._waiting(element_id)
        execution = self._load(Execution.resume if len(self.sizes) % 2 else Execution.load)
        assert step(execution, waiting.id) is not False
        self._store(execution)
        return self

    def _waiting(self, element_id: str) -> Waiting:
        state = self.wait_state()
        kinds = (state.tasks, state.timers, state.messages, state.calls)
        found = [w for kind in kinds for w in kind.values() if w.element_id == element_id]
        assert found, f"nobody waits at {element_id}, only at {self.waits}"
        return found[0]

    def _store(self, execution: Execution) -> None:
        self.passed += [element_id for element_id, _ in execution.passed]
        self.result = execution.data
        before = execution.wait_state()
        self._state = execution.save()
        self.sizes.append(len(self._state))
        after = self.wait_state()
        assert _told(after) == _told(before), "saved and loaded, something else waits than before"
        execution.rest(self._state, before)

    def _load(self, how: Callable[..., Execution] = Execution.load) -> Execution:
        spec, sub_specs = self.definition.spec, self.definition.sub_specs
        return how(spec, sub_specs, self._surroundings(), self._state)

    def _surroundings(self) -> Surroundings:
        decide = self.definition.decide if self.definition.decisions else nothing
        return Surroundings(self.now, self._parameters, self._handler, decide)


def _told(state: WaitState) -> list[tuple[object, ...]]:
    """All that a wait state tells, with data and their types (0 is not False)."""
    kinds = (state.tasks, state.timers, state.messages, state.calls, state.scopes)
    told = [
        (w.id, w.element_id, w.scope, w.due_at, w.message, repr(sorted(w.data.items())))
        for kind in kinds
        for w in kind.values()
    ]
    return [*sorted(told, key=lambda row: row[0]), (state.completed,)]
