"""One process instance while it runs: takes it to its next wait state and says what then waits.

`Execution` is what the commands see of SpiffWorkflow. Times are aware UTC; task ids are 32 hex digits; data holds only
JSON routing values, which become the instance's own: it may stay in memory when those who gave them have gone on.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import resting
from engine.bpmn.pruning import prune
from engine.bpmn.specs import CalledProcess, Engine
from engine.bpmn.state import decode, encode
from engine.bpmn.tree import QuietWorkflow, TaskId
from engine.errors import AlreadyDone, ExecutionFailed, Invalid, NotFound

_FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)  # of a handler or an expression
_CAN_WAIT = TaskState.READY | TaskState.STARTED | TaskState.WAITING
_MOST_STEPS = 500  # elements passed between two wait states; more is a model that runs in circles


@dataclass(frozen=True)
class Surroundings:
    """What a running instance may ask for: the moment, the pack's parameters, handlers and decision tables.

    `call_handler` and `decide` take (element id, data) and return values to put into the data.
    """

    now: datetime
    parameters: dict[str, Any]
    call_handler: Callable[[str, dict[str, Any]], dict[str, Any]]
    decide: Callable[[str, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Waiting:
    """Something that waits: a user task, a timer (with `due_at`), a called process, a message or a signal.

    `message` is the name of the message or signal; a signal's is for all that wait for it, a message's for one.
    """

    id: str
    element_id: str
    data: dict[str, Any] = field(compare=False)
    scope: str | None = None  # the task id of the embedded sub-process it stands in
    due_at: datetime | None = None
    message: str | None = None
    is_signal: bool = False


@dataclass(frozen=True)
class WaitState:
    """Everything an instance waits for, by task id; signals stand among the messages."""

    tasks: dict[str, Waiting]
    timers: dict[str, Waiting]
    messages: dict[str, Waiting]
    calls: dict[str, Waiting]
    scopes: dict[str, Waiting]  # running embedded sub-processes
    completed: bool


class Execution:
    """A loaded process instance. Use `start` or `load`, one step (`complete`, `fire` ...), `wait_state`, `save`."""

    def __init__(self, workflow: Any, engine: Engine) -> None:
        self._workflow = workflow
        self._engine = engine
        self.passed: list[tuple[str, str]] = []  # (element id, task id) of what has been passed, in order
        self.signals: list[str] = []  # the names of signals that have been thrown, in order
        self.waited: WaitState | None = None  # what it waited for when it came to rest, if it did in this process
        self._to_catch: list[str] = []  # task ids of this instance's own that waited when a signal was thrown
        engine.on_signal = self._throw

    @classmethod
    def start(
        cls, spec: Any, sub_specs: dict[str, Any], surroundings: Surroundings, data: dict[str, Any]
    ) -> "Execution":
        """A new instance, taken to its first wait state."""
        engine = Engine(surroundings)
        workflow = QuietWorkflow(spec, sub_specs, script_engine=engine)
        workflow.task_tree.set_data(**deepcopy(data))
        execution = cls(workflow, engine)
        execution.settle()
        return execution

    @classmethod
    def load(cls, spec: Any, sub_specs: dict[str, Any], surroundings: Surroundings, state: bytes) -> "Execution":
        """An instance as it was saved."""
        engine = Engine(surroundings)
        return cls(decode(state, spec, sub_specs, engine), engine)

    @classmethod
    def resume(cls, spec: Any, sub_specs: dict[str, Any], surroundings: Surroundings, state: bytes) -> "Execution":
        """As `load`, but sooner where this process has let an instance rest with just this state."""
        found = resting.take(spec, state)
        if found is None:
            return cls.load(spec, sub_specs, surroundings, state)
        workflow, waits = found
        workflow.script_engine = engine = Engine(surroundings)
        execution = cls(workflow, engine)
        execution.waited = waits
        return execution

    # Steps: each runs on to the next wait state -----------------------------------------------------------------

    def complete(self, task_id: str, values: dict[str, Any], item_variable: str | None = None) -> None:
        """Complete a user task. `values` enter the data, but for one of many (multi-instance), whose data stays apart.

        Raises AlreadyDone when the task does not wait, ExecutionFailed when the model cannot go on.
        """
        task = self._find(task_id)
        if task is None or task.state != TaskState.READY:
            raise AlreadyDone("Uppgiften är redan klar eller avslutad.")
        if item_variable is not None:
            # Left in the data, the item would be merged into the whole and stop the next round of the loop.
            task.data.pop(item_variable, None)
        else:
            task.set_data(**deepcopy(values))
        self._run(task)
        self.settle()

    def fire(self, task_id: str) -> bool:
        """Fire a waiting timer. False when it does not wait any longer."""
        task = self._find(task_id)
        if task is None or task.state != TaskState.WAITING:
            return False
        self._engine.firing = task.id
        try:
            task.task_spec._update(task)
        finally:
            self._engine.firing = None
        self.settle()
        return True

    def deliver(self, task_id: str, variables: dict[str, Any]) -> bool:
        """Give a message or a signal to a waiting catcher. False when it does not wait any longer."""
        task = self._find(task_id)
        catcher, definition = _catcher(task) if task is not None else (None, None)
        if catcher is None or catcher.state != TaskState.WAITING:
            return False
        catcher.task_spec.catch(catcher, BpmnEvent(definition, payload=deepcopy(variables)))
        catcher.task_spec._update(catcher)
        self._run_on()
        catcher.internal_data.pop("seen_events", None)  # an event gateway's: no JSON, and of no more use
        self._catch_own_signals()
        return True

    def call_ended(self, task_id: str, variables: dict[str, Any]) -> bool:
        """The called process has ended and gives back `variables`. False when the caller does not wait for it."""
        task = self._find(task_id)
        if task is None or task.state != TaskState.STARTED:
            return False
        task.internal_data["ended"] = True
        task.set_data(**deepcopy(variables))
        task._set_state(TaskState.READY)
        self.settle()
        return True

    # What then waits -------------------------------------------------------------------------------------------

    def wait_state(self) -> WaitState:
        """What the instance waits for now."""
        state = WaitState({}, {}, {}, {}, {}, completed=self._workflow.completed)
        for task, scope in self._tasks():
            if task._state & _CAN_WAIT:
                self._sort_in(state, task, scope)
        return state

    @property
    def workflow(self) -> Any:
        """SpiffWorkflow's own, for what else lies behind this door."""
        return self._workflow

    @property
    def completed(self) -> bool:
        return bool(self._workflow.completed)

    @property
    def data(self) -> dict[str, Any]:
        """The data that an ended instance gives back."""
        return dict(self._workflow.data)

    def save(self) -> bytes:
        """The state to store: the live part only."""
        prune(self._workflow)
        return encode(self._workflow)

    def rest(self, state: bytes, waits: WaitState) -> None:
        """Stay in memory for whoever resumes from `state`, as just saved, and `waits` for what it then waited for.

        This execution is not used any more.
        """
        if not waits.completed:
            resting.keep(self._workflow, waits, state)

    # Inside --------------------------------------------------------------------------------------------------------

    def _tasks(self) -> Iterator[tuple[Task, str | None]]:
        for task in self._workflow.tasks.values():
            yield task, None
        for key, sub in self._workflow.subprocesses.items():
            for task in sub.tasks.values():
                yield task, key.hex

    def _find(self, task_id: str) -> Task | None:
        wanted = TaskId(task_id)
        for scope in (self._workflow, *self._workflow.subprocesses.values()):
            if wanted in scope.tasks:
                return scope.tasks[wanted]
        return None

    def _sort_in(self, state: WaitState, task: Task, scope: str | None) -> None:
        spec = task.task_spec
        element_id = getattr(spec, "bpmn_id", None)
        if element_id is None:
            return
        waiting = Waiting(task.id.hex, element_id, task.data, scope)
        if task.state == TaskState.READY and spec.manual:
            state.tasks[waiting.id] = waiting
        elif task.state == TaskState.STARTED and isinstance(spec, CalledProcess):
            state.calls[waiting.id] = waiting
        elif task.state == TaskState.STARTED and isinstance(spec, SubWorkflowTask):
            state.scopes[waiting.id] = waiting
        elif task.state == TaskState.WAITING and isinstance(spec, EventBasedGateway):
            for event in task.children:
                definition, event_id = _catcher(event)[1], event.task_spec.bpmn_id
                named = Waiting(event.id.hex, event_id, task.data, scope, None, definition.name, _is_signal(definition))
                state.messages[named.id] = named
        elif task.state == TaskState.WAITING and isinstance(spec, CatchingEvent):
            definition = spec.event_definition
            if isinstance(definition, MessageEventDefinition | SignalEventDefinition):
                named = replace(waiting, message=definition.name, is_signal=_is_signal(definition))
                state.messages[waiting.id] = named
            elif due := task._get_internal_data("event_value"):
                at = datetime.fromisoformat(due)
                state.timers[waiting.id] = Waiting(waiting.id, element_id, task.data, scope, due_at=at)

    def settle(self) -> None:
        """Run engine steps until everything waits, then let the instance's own have the signals that it has thrown."""
        self._run_on()
        self._catch_own_signals()

    def _throw(self, name: str) -> None:
        """Note a signal, and who of this instance waits for it now."""
        self.signals.append(name)
        found = [w for w in self.wait_state().messages.values() if w.is_signal and w.message == name]
        self._to_catch += [waiting.id for waiting in sorted(found, key=self._turn)]

    def _turn(self, waiting: Waiting) -> tuple[int, bool]:
        """What ends a sub-process comes before what waits in it, and what only adds something before what ends it."""
        task = self._find(waiting.id)
        return (0, False) if task is None else (task.workflow.depth, getattr(task.task_spec, "cancel_activity", False))

    def _catch_own_signals(self) -> None:
        while self._to_catch:
            self.deliver(self._to_catch.pop(0), {})

    def _run_on(self) -> None:
        """Run engine steps to a fixed point: plain `do_engine_steps` can leave ready ones behind."""
        for _ in range(_MOST_STEPS):
            if not self._has_engine_step():
                return
            try:
                self._workflow.do_engine_steps(did_complete_task=self._note)
            except ExecutionFailed as error:
                raise self._placed(error) from error.__cause__
            except (NotFound, Invalid, SpiffWorkflowException, *_FAULTS) as error:
                told = f"Processen {self._workflow.spec.name} kunde inte gå vidare: {error}"
                raise self._placed(ExecutionFailed(told)) from error
        raise self._runs_in_circles()

    def _placed(self, error: ExecutionFailed) -> ExecutionFailed:
        """The error, told where it happened: at the step that SpiffWorkflow has marked."""
        failed = next((task for task, _ in self._tasks() if task.state == TaskState.ERROR), None)
        if failed is not None and error.element_id is None:
            error.element_id, error.data = getattr(failed.task_spec, "bpmn_id", None), dict(failed.data)
        return error

    def _has_engine_step(self) -> bool:
        return any(task.state == TaskState.READY and not task.task_spec.manual for task, _ in self._tasks())

    def _run(self, task: Task) -> None:
        try:
            task.run()
        except SpiffWorkflowException as error:
            raise ExecutionFailed(f"Steget {task.task_spec.bpmn_id} kunde inte slutföras: {error}") from error
        self._note(task)

    def _note(self, task: Task) -> None:
        element_id = getattr(task.task_spec, "bpmn_id", None)
        if element_id is not None and task.state == TaskState.COMPLETED:
            self.passed.append((element_id, task.id.hex))
        if len(self.passed) > _MOST_STEPS:
            raise self._runs_in_circles()

    def _runs_in_circles(self) -> ExecutionFailed:
        return ExecutionFailed(f"Processen {self._workflow.spec.name} går runt utan att vänta på någon.")


def _is_signal(definition: Any) -> bool:
    return isinstance(definition, SignalEventDefinition)


def _catcher(task: Task) -> tuple[Task, Any]:
    """Who catches what `task` waits for, and its definition: behind an event gateway it is the gateway."""
    around = task.parent
    if around is None or not isinstance(around.task_spec, EventBasedGateway):
        return task, getattr(task.task_spec, "event_definition", None)
    return around, around.task_spec.event_definition.event_definitions[around.children.index(task)]
