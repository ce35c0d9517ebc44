"""One step of a walk: what can be done in a state, in words, and doing it with every result that handlers may have."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from engine.bpmn.definitions import Definition
from engine.bpmn.elements import Element
from engine.bpmn.execution import Execution, Surroundings, Waiting, WaitState
from engine.bpmn.walk.answers import Values
from engine.bpmn.walk.budget import Budget


@dataclass(frozen=True)
class Step:
    """Something that somebody or something does at what waits."""

    kind: str  # start, task, timer, message, call
    element: Element | None
    task_id: str
    values: Values = field(default_factory=dict)
    said: Values = field(default_factory=dict)  # of the values, what is worth telling
    due_at: datetime | None = None

    def __str__(self) -> str:
        name = (self.element.name or self.element.id) if self.element else ""
        said = ", ".join(f"{key} = {_shown(value)}" for key, value in self.said.items())
        told = f" ({said})" if said else ""
        match self.kind:
            case "start":
                return f"processen startar{told}"
            case "timer":
                return f"tiden går ut: {name}"
            case "message":
                is_signal = self.element is not None and self.element.signal_name is not None
                return f"{'signalen' if is_signal else 'meddelandet'} kommer: {name}"
            case "call":
                return f"{name} är klar{told}"
            case _:
                return f"{name}{told}"


def _shown(value: Any) -> str:
    return {None: "inget svar", True: "ja", False: "nej"}.get(value, str(value)) if _plain(value) else str(value)


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, bool)


@dataclass
class Reached:
    """What came of a step: the execution, or why it failed."""

    execution: "Watched | None"
    failure: str | None = None


class Watched(Execution):
    """An execution that also tells which way exclusive gateways sent it."""

    def __init__(self, workflow: Any, engine: Any) -> None:
        super().__init__(workflow, engine)
        self.chosen: list[tuple[str, str]] = []

    def _note(self, task: Any) -> None:
        super()._note(task)
        if hasattr(task.task_spec, "cond_task_specs") and task.children:
            self.chosen.append((task.task_spec.bpmn_id, task.children[0].task_spec.name))

    @property
    def workflow(self) -> Any:
        return self._workflow


class Choices:
    """Answers of handlers, one way through them at a time: `rounds` runs until every combination has been taken."""

    def __init__(self) -> None:
        self._taken: list[int] = []
        self._sizes: list[int] = []
        self._position = 0

    def choose(self, options: list[Values]) -> Values:
        if self._position == len(self._taken):
            self._taken.append(0)
            self._sizes.append(len(options))
        self._position += 1
        return options[self._taken[self._position - 1]]

    def rounds(self) -> Iterator[None]:
        while True:
            self._position = 0
            yield
            del self._taken[self._position :], self._sizes[self._position :]
            while self._taken and self._taken[-1] + 1 == self._sizes[-1]:
                self._taken.pop()
                self._sizes.pop()
            if not self._taken:
                return
            self._taken[-1] += 1


Handler = Callable[[Element, Values], list[Values]]  # (service task, data) -> every result it may have


class Runner:
    """Takes steps of one process, as far as the budget goes. `handler` says what a service task may give."""

    def __init__(self, definition: Definition, parameters: Values, handler: Handler, budget: Budget) -> None:
        self._definition = definition
        self._parameters = parameters
        self._handler = handler
        self.budget = budget

    def take(self, step: Step, state: bytes, now: datetime) -> Iterator[Reached]:
        """Everything that can come of a step."""
        choices = Choices()
        for _ in choices.rounds():
            if self.budget.is_spent:
                return
            self.budget.spend_step()
            try:
                execution = self._taken(step, state, self._surroundings(choices, now))
            except Exception as error:  # noqa: BLE001 - whatever the engine lets out is what is looked for
                yield Reached(None, str(error) or type(error).__name__)
            else:
                yield Reached(execution)

    def _taken(self, step: Step, state: bytes, surroundings: Surroundings) -> Watched:
        spec, sub_specs = self._definition.spec, self._definition.sub_specs
        if step.kind == "start":
            return cast("Watched", Watched.start(spec, sub_specs, surroundings, step.values))
        execution = cast("Watched", Watched.load(spec, sub_specs, surroundings, state))
        match step.kind:
            case "timer":
                execution.fire(step.task_id)
            case "message":
                execution.deliver(step.task_id, {})
            case "call":
                execution.call_ended(step.task_id, step.values)
            case _:
                execution.complete(step.task_id, step.values, step.element.item_variable if step.element else None)
        return execution

    def _surroundings(self, choices: Choices, now: datetime) -> Surroundings:
        def call_handler(element_id: str, data: Values) -> Values:
            return dict(choices.choose(self._handler(self._definition.element(element_id), data)))

        def decide(element_id: str, data: Values) -> Values:
            return self._definition.decide(element_id, {**self._parameters, **data})

        return Surroundings(now, self._parameters, call_handler, decide)


def waiting_of(state: WaitState) -> Iterator[tuple[str, Waiting]]:
    """Everything that waits, with its kind."""
    for kind, found in (
        ("task", state.tasks),
        ("timer", state.timers),
        ("message", state.messages),
        ("call", state.calls),
    ):
        for waiting in found.values():
            yield kind, waiting
