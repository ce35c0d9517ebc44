"""Moves a running instance's state to another version of its model: what waits goes on waiting, as it is.

The task tree is decoded on the old definition, each task is given the spec of the same (or mapped) element in the new
one, and what has only been predicted is predicted anew. The proof comes last: the state is encoded, loaded on the new
definition, and must wait for the same things with the same ids, kinds and due dates, and be able to come to an end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent, EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.definitions import Definition
from engine.bpmn.execution import Execution, Surroundings, Waiting, WaitState
from engine.bpmn.marking import problems, tokens
from engine.bpmn.pairing import Pairing
from engine.bpmn.soundness import named
from engine.bpmn.tree import LightTask

_SPLIT, _JOIN, _CHILD, _END = ".BoundaryEventSplit", ".BoundaryEventJoin", " [child]", ".EndJoin"
_PREDICTED = TaskState.PREDICTED_MASK | TaskState.FUTURE


@dataclass(frozen=True)
class Moved:
    """What came of moving a state: the instance on its new definition, or why that is refused (whole sentences)."""

    execution: Execution | None
    refusals: tuple[str, ...]


def move(state: bytes, old: Definition, new: Definition, pairing: Pairing, surroundings: Surroundings) -> Moved:
    """Move a state from one definition to another of the same process."""
    before = Execution.load(old.spec, old.sub_specs, surroundings, state)
    waited = before.wait_state()
    refusals = [*_unpaired(before.workflow, waited, pairing), *_unpaired_joins(before.workflow, pairing)]
    if refusals:
        return Moved(None, tuple(refusals))
    known = problems(before.workflow, old.model)
    try:
        _Move(before.workflow, old, new, pairing).run()
        after = Execution.load(new.spec, new.sub_specs, surroundings, before.save())
    except (SpiffWorkflowException, ValueError, TypeError, LookupError, AttributeError) as error:
        return Moved(None, (f"Läget går inte att läsa i den nya versionen: {error}",))
    refusals = [*_differences(waited, after.wait_state(), pairing)]
    refusals += [f"I den nya versionen: {p}." for p in problems(after.workflow, new.model) if p not in known]
    return Moved(None if refusals else after, tuple(refusals))


# What cannot be moved -------------------------------------------------------------------------------------------------


def waiting_things(state: WaitState) -> Iterator[tuple[str, Waiting]]:
    """Everything an instance waits for, with its kind."""
    for kind in ("scopes", "tasks", "calls", "timers", "messages"):
        for waiting in getattr(state, kind).values():
            yield kind, waiting


def _unpaired(workflow: Any, state: WaitState, pairing: Pairing) -> Iterator[str]:
    scopes = (workflow, *workflow.subprocesses.values())
    stand = [task.task_spec.bpmn_id for scope in scopes for task in tokens(scope)]
    for element_id in dict.fromkeys([*(waiting.element_id for _, waiting in waiting_things(state)), *stand]):
        if (refusal := pairing.refusal(element_id)) is not None:
            yield refusal


def _unpaired_joins(workflow: Any, pairing: Pairing) -> Iterator[str]:
    """Tokens that have come to a join must be able to come there in the new version, too."""
    for scope in (workflow, *workflow.subprocesses.values()):
        for task in scope.tasks.values():
            spec = task.task_spec
            if not isinstance(spec, ParallelGateway) or not task.has_state(TaskState.WAITING | TaskState.CANCELLED):
                continue
            source = task.parent.task_spec.bpmn_id or ""
            if (refusal := pairing.refusal(spec.bpmn_id)) is not None:
                yield refusal
            elif not pairing.has_flow(source, spec.bpmn_id):
                join = named(pairing.old.elements[spec.bpmn_id])
                yield f"Det som har kommit till {join} från {source} kan inte komma den vägen i den nya versionen."


def _differences(before: WaitState, after: WaitState, pairing: Pairing) -> Iterator[str]:
    """The proof: the same things wait, by id, at paired elements, as the same kind, and are due as before."""
    there = {waiting.id: (kind, waiting) for kind, waiting in waiting_things(after)}
    for kind, waiting in waiting_things(before):
        expected = pairing.to(waiting.element_id)
        if expected is None:
            continue
        found_kind, found = there.get(waiting.id, (None, None))
        if found is None or (found_kind, found.element_id) != (kind, expected):
            yield f"{named(pairing.old.elements[waiting.element_id])} väntar inte längre i den nya versionen."
        elif (found.due_at, found.message) != (waiting.due_at, waiting.message) or found.data != waiting.data:
            yield f"{named(pairing.old.elements[waiting.element_id])} är inte likadan i den nya versionen."


# Moving ---------------------------------------------------------------------------------------------------------------


class _Move:
    """One state under way to its new definition."""

    def __init__(self, workflow: Any, old: Definition, new: Definition, pairing: Pairing) -> None:
        self._workflow = workflow
        self._old = old
        self._new = new
        self._pairing = pairing

    def run(self) -> None:
        workflow = self._workflow
        scopes = [(workflow, workflow.spec.name), *((sub, sub.spec.name) for sub in workflow.subprocesses.values())]
        workflow.subprocess_specs = self._new.sub_specs
        for scope, name in scopes:
            target = self._new.spec if scope is workflow else self._new.sub_specs[self._pairing.to(name) or ""]
            self._move_scope(scope, target)

    def _move_scope(self, scope: Any, target: Any) -> None:
        old_name, scope.spec = scope.spec.name, target
        live = [task for task in scope.tasks.values() if not task.has_state(_PREDICTED) or _is_option(task)]
        for task in live:
            self._forget_predictions(task)
        # Decide with every task as it was, then change them.
        specs = {task.id: self._spec(task, old_name, target) for task in live if task.id in scope.tasks}
        for task_id, spec in specs.items():
            if task_id in scope.tasks:
                self._place(scope.tasks[task_id], spec)
        for task_id in list(specs):
            if task_id in scope.tasks and not scope.tasks[task_id].has_state(TaskState.FINISHED_MASK):
                self._predict(scope.tasks[task_id])
        for task_id in list(specs):
            if task_id in scope.tasks:
                self._arm(scope.tasks[task_id])

    def _forget_predictions(self, task: Task) -> None:
        for child in task.children:
            if child.has_state(_PREDICTED) and not _is_option(child):
                task.workflow._remove_task(child.id)

    def _spec(self, task: Task, old_scope: str, target: Any) -> Any:
        """The task's spec in the new version; None when the task is to go."""
        spec, specs = task.task_spec, target.task_specs
        if spec.name in ("Start", "End"):
            return specs[spec.name]
        if spec.name == old_scope + _END:
            return specs[target.name + _END]
        if isinstance(spec, BoundaryEventSplit):
            return specs.get(self._renamed(spec.name, _SPLIT), target.start)
        if isinstance(spec, BoundaryEventJoin):
            return specs.get(self._renamed(spec.name, _JOIN))
        if isinstance(spec, BoundaryEvent):
            return self._boundary_spec(task, specs)
        if _is_child(task):
            return specs[self._renamed(spec.name, _CHILD)]
        if not task.has_state(TaskState.FINISHED_MASK) or _counts_at_join(task):
            return specs[self._pairing.to(spec.bpmn_id) or ""]
        return self._passed_spec(spec, target)

    def _boundary_spec(self, task: Task, specs: Any) -> Any:
        """A boundary event that waits or has fired stays only where its activity still has it."""
        to = self._pairing.to(task.task_spec.bpmn_id)
        spec = specs.get(to) if to is not None else None
        return spec if isinstance(spec, BoundaryEvent) else None

    def _passed_spec(self, spec: Any, target: Any) -> Any:
        """A finished task is kept for its data, and as the one beside which boundary events wait."""
        found = target.task_specs.get(self._pairing.to(getattr(spec, "bpmn_id", None) or "") or "")
        plain = found is None or type(found) is not type(spec) or isinstance(spec, ParallelGateway)
        return target.start if plain else found

    def _renamed(self, name: str, suffix: str) -> str:
        return (self._pairing.to(name.removesuffix(suffix)) or "") + suffix

    def _place(self, task: Task, spec: Any) -> None:
        if spec is not None:
            task.task_spec = spec
            return
        # What followed on it goes on, with its data, beside everything else.
        carrier = task.workflow.task_tree
        for child in list(task.children):
            if child.has_state(TaskState.FINISHED_MASK) or not isinstance(child.task_spec, BoundaryEventJoin):
                task._children.remove(child.id)
                kept = LightTask(task.workflow, task.workflow.spec.start, carrier, state=TaskState.COMPLETED)
                kept.data, kept.thread_id = dict(task.data), carrier.thread_id
                kept._children.append(child.id)
                child.parent = kept
        task.workflow._remove_task(task.id)

    def _predict(self, task: Task) -> None:
        task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
        if isinstance(task.task_spec, EventBasedGateway):
            order = [spec.name for spec in task.task_spec.outputs]
            task.children = sorted(task.children, key=lambda child: order.index(child.task_spec.name))

    # New boundary events ----------------------------------------------------------------------------------------------

    def _arm(self, task: Task) -> None:
        """Boundary events that only the new version has begin to wait now."""
        element_id = getattr(task.task_spec, "bpmn_id", None)
        if element_id is None or task.has_state(TaskState.FINISHED_MASK) or _is_child(task):
            return
        specs = task.workflow.spec.task_specs
        split_spec = specs.get(element_id + _SPLIT)
        added = self._pairing.added_boundaries(element_id)
        if split_spec is None:
            return
        split = task.parent
        if split is None or split.task_spec is not split_spec:
            split = _put_between(task, split_spec)
        for event in added:
            child = split._add_child(specs[event.id], TaskState.WAITING)
            child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
            child.task_spec._update(child)


def _put_between(task: Task, split_spec: Any) -> Task:
    """A finished split between a task and its parent, where a join of boundary events looks for it."""
    parent = task.parent
    split = LightTask(task.workflow, split_spec, parent, state=TaskState.COMPLETED)
    split.data, split.thread_id = dict(parent.data), parent.thread_id
    parent._children.remove(task.id)
    split._children.append(task.id)
    task.parent = split
    return split


def _is_child(task: Task) -> bool:
    around = task.parent
    return around is not None and isinstance(around.task_spec, LoopTask) and task.task_spec.name.endswith(_CHILD)


def _is_option(task: Task) -> bool:
    """One of the events that an event gateway waits for: its id is known to the outside."""
    gateway = task.parent
    return (
        gateway is not None and isinstance(gateway.task_spec, EventBasedGateway) and gateway.state == TaskState.WAITING
    )


def _counts_at_join(task: Task) -> bool:
    """A token that came to a join which waits, or the one it came from."""
    if isinstance(task.task_spec, ParallelGateway) and task.state == TaskState.CANCELLED:
        return True
    return any(
        isinstance(child.task_spec, ParallelGateway) and child.has_state(TaskState.WAITING | TaskState.CANCELLED)
        for child in task.children
    )
