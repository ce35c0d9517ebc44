"""Takes tokens out of a running instance and puts others in: what an operator's modification does to the task tree.

A new token hangs on a finished task of its own under the scope's root, so that it inherits the right data and a join
sees where it came from. Afterwards each scope is played through (`engine.bpmn.soundness`): what might starve is
refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.definitions import Definition
from engine.bpmn.elements import Element
from engine.bpmn.execution import Execution
from engine.bpmn.marking import is_token, problems, tokens
from engine.bpmn.profile.forms import RESERVED
from engine.bpmn.soundness import named
from engine.bpmn.tree import LightTask
from engine.errors import Conflict, FieldError, Invalid
from engine.forms import is_storable

CANCEL, BEFORE, AFTER = "cancel", "start_before", "start_after"
_LONGEST_TEXT, _LARGEST_NUMBER = 1000, 2**53
_TASKS = frozenset({"userTask", "callActivity", "subProcess", "serviceTask", "businessRuleTask"})
_BEFORE = _TASKS | {"intermediateCatchEvent", "intermediateThrowEvent"}
_AFTER = _BEFORE | {"startEvent", "boundaryEvent"}


@dataclass(frozen=True)
class Step:
    """One change of a running instance.

    `kind` is `cancel` (the tokens that wait at the element; only `task_id`'s when given), `start_before` (a token
    arrives at the element) or `start_after` (a token leaves the element, as if it had just been completed). With
    `scope_id`, the task id of a running embedded sub-process, the token starts there; it may be left out when only one
    runs. `variables` are put into the new token's data.
    """

    kind: str
    element_id: str
    task_id: str | None = None
    scope_id: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, Any]:
        """As it stands in the instance's history."""
        return {name: value for name, value in vars(self).items() if value}


def modify(execution: Execution, definition: Definition, steps: Sequence[Step]) -> None:
    """Take the steps in order, and run on to the next wait state.

    Raises Invalid when a step cannot be taken, Conflict when the instance might then never come to an end.
    """
    before = problems(execution.workflow, definition.model)
    change = _Change(execution.workflow, definition)
    for step in steps:
        change.take(step)
    for scope in change.scopes():
        if not scope.completed:
            scope.update_waiting_tasks()
    execution.settle()
    new = [problem for problem in problems(execution.workflow, definition.model) if problem not in before]
    if new:
        raise Conflict(f"Ändringen går inte att göra: {new[0]}. Inget har ändrats.")


class _Change:
    """One modification under way."""

    def __init__(self, workflow: Any, definition: Definition) -> None:
        self._workflow = workflow
        self._definition = definition
        self._data: dict[int, dict[str, Any]] = {}  # of the token that was cancelled last, by scope
        for scope in self.scopes():
            _forget_fired_joins(scope)

    def scopes(self) -> list[Any]:
        """The running embedded sub-processes, innermost first, and the process."""
        inner = sorted(self._workflow.subprocesses.values(), key=lambda scope: scope.depth, reverse=True)
        return [*inner, self._workflow]

    def take(self, step: Step) -> None:
        element = self._element(step.element_id)
        match step.kind:
            case "cancel":
                self._cancel(step, element)
            case "start_before" | "start_after":
                self._start(step, element)
            case _:
                raise Invalid(f"{step.kind} är inget som går att göra. Välj {CANCEL}, {BEFORE} eller {AFTER}.")

    def _element(self, element_id: str) -> Element:
        element = self._definition.model.elements.get(element_id)
        if element is None:
            version = f"{self._definition.process_key} version {self._definition.version}"
            raise Invalid(f"Steget {element_id} finns inte i {version}.")
        return element

    # Cancel ----------------------------------------------------------------------------------------------------------

    def _cancel(self, step: Step, element: Element) -> None:
        found = list(self._waiting(step, element))
        if not found:
            raise Invalid(f"Ingenting väntar vid {named(element)}.{_advice(self._definition, element)}")
        for task in found:
            self._data[id(task.workflow)] = dict(task.data)
            _take_away(task)

    def _waiting(self, step: Step, element: Element) -> Iterator[Task]:
        for scope in self.scopes():
            for task in list(scope.tasks.values()):
                if task.task_spec.bpmn_id != element.id or not (is_token(task) or _is_armed(task)):
                    continue
                if step.task_id not in (None, task.id.hex):
                    continue
                if step.scope_id is None or (scope.parent_task_id and scope.parent_task_id.hex == step.scope_id):
                    yield task

    # Start -----------------------------------------------------------------------------------------------------------

    def _start(self, step: Step, element: Element) -> None:
        _demand_startable(step.kind, element, self._definition)
        scope = self._scope_for(step, element)
        if step.kind == BEFORE and any(task.task_spec.bpmn_id == element.id for task in tokens(scope)):
            raise Invalid(f"{named(element)} pågår redan. Avbryt det först om det ska göras om.")
        data = {**self._data_in(scope), **step.variables}
        try:
            if step.kind == BEFORE:
                _start_before(scope, element, data)
            else:
                _start_after(scope, element, data)
        except (SpiffWorkflowException, ValueError, TypeError, KeyError) as error:
            raise Invalid(f"{named(element)} kunde inte startas: {error}") from error

    def _scope_for(self, step: Step, element: Element) -> Any:
        model = self._definition.model
        if element.scope == model.id:
            return self._workflow
        around = named(model.elements[element.scope])
        running = [s for s in self._workflow.subprocesses.values() if s.spec.name == element.scope and not s.completed]
        if step.scope_id is not None:
            running = [s for s in running if s.parent_task_id.hex == step.scope_id]
        if not running:
            raise Invalid(f"{named(element)} ligger i {around}, som inte pågår. Starta före {around} i stället.")
        if len(running) > 1:
            raise Invalid(f"{around} pågår på flera ställen. Säg i vilken av dem {named(element)} ska starta.")
        return running[0]

    def _data_in(self, scope: Any) -> dict[str, Any]:
        """The data of a new token: that of the token it replaces, else what the scope's tokens know together."""
        replaced = self._data.get(id(scope))
        if replaced is not None:
            return dict(replaced)
        known = dict(scope.task_tree.data)
        for task in sorted(tokens(scope), key=lambda each: each.last_state_change):
            known.update(task.data)
        return known


def _is_armed(task: Task) -> bool:
    return isinstance(task.task_spec, BoundaryEvent) and task.state == TaskState.WAITING


def _take_away(task: Task) -> None:
    """Cancel a token with the boundary events that wait beside it, or one boundary event alone."""
    split = task.parent
    if _is_armed(task) or split is None or not isinstance(split.task_spec, BoundaryEventSplit):
        task.cancel()
        return
    for child in split.children:
        if not child.has_state(TaskState.FINISHED_MASK):
            child.cancel()
            continue
        # A non-interrupting event has fired: what follows on it goes on, but not its wait for the activity.
        for ending in child.children:
            if isinstance(ending.task_spec, BoundaryEventJoin):
                ending.cancel()


def _start_before(scope: Any, element: Element, data: dict[str, Any]) -> None:
    specs = scope.spec.task_specs
    target = specs.get(f"{element.id}.BoundaryEventSplit", specs[element.id])
    _arrive(_carrier(scope, scope.spec.start, data), target)


def _start_after(scope: Any, element: Element, data: dict[str, Any]) -> None:
    spec = scope.spec.task_specs[element.id]
    carrier = _carrier(scope, spec, data)
    for target in spec.outputs:
        if not isinstance(target, BoundaryEventJoin):
            _arrive(carrier, target)


def _carrier(scope: Any, spec: Any, data: dict[str, Any]) -> Task:
    """A finished task under the scope's root, that hands its data on to what comes after it."""
    carrier = LightTask(scope, spec, scope.task_tree, state=TaskState.COMPLETED)
    carrier.thread_id = scope.task_tree.thread_id
    carrier.data = data
    return carrier


def _arrive(carrier: Task, target: Any) -> None:
    task = carrier._add_child(target, TaskState.FUTURE)
    target._predict(task, mask=TaskState.NOT_FINISHED_MASK)
    target._update(task)


def _forget_fired_joins(scope: Any) -> None:
    """A join that has fired is kept for its data only. Plain: when the join fires again, it drops what followed."""
    for task in scope.tasks.values():
        fired = isinstance(task.task_spec, UnstructuredJoin) and task.state == TaskState.COMPLETED
        # A token that has come from here to another join is known by where it came from.
        if fired and not any(isinstance(child.task_spec, UnstructuredJoin) for child in task.children):
            task.task_spec = scope.spec.start


# Rules ---------------------------------------------------------------------------------------------------------------


def _demand_startable(kind: str, element: Element, definition: Definition) -> None:
    allowed = _BEFORE if kind == BEFORE else _AFTER
    if element.type not in allowed:
        raise Invalid(
            f"{named(element)} är {element.type}, där inget kan startas. Välj en uppgift, ett anrop eller en händelse."
        )
    if kind == BEFORE and (gateway := _gateway_before(definition, element)) is not None:
        raise Invalid(
            f"{named(element)} väntar bara tillsammans med de andra efter {named(gateway)}. Starta efter den."
        )


def _gateway_before(definition: Definition, element: Element) -> Element | None:
    """The event gateway that waits in an event's place."""
    sources = (definition.model.elements[flow.source] for flow in definition.model.incoming(element.id))
    return next((source for source in sources if source.type == "eventBasedGateway"), None)


def _advice(definition: Definition, element: Element) -> str:
    gateway = _gateway_before(definition, element)
    return f" Avbryt {named(gateway)}, som väntar i stället." if gateway is not None else ""


def unsound(step: Step) -> Iterator[FieldError]:
    """What of it cannot be written down: values must be small JSON under names that the saved state can hold."""
    for name in ("kind", "element_id", "task_id", "scope_id"):
        if not is_storable(getattr(step, name) or ""):
            yield FieldError(name, "Steget innehåller tecken som inte kan sparas.")
    for name, value in step.variables.items():
        path, parts = f"variables.{name}", value if isinstance(value, list) else [value]
        if not name.isidentifier() or name in RESERVED:
            yield FieldError(path, f"{name} är inget namn på ett värde som går att ändra.")
        elif not all(map(_is_routable, parts)):
            wanted = f"{name} ska vara en text, ett heltal, sant eller falskt, eller en lista av sådana."
            yield FieldError(path, wanted)


def _is_routable(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT and is_storable(value)
    return value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < _LARGEST_NUMBER)
