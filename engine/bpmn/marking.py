"""Where the tokens of a running instance stand, read from SpiffWorkflow's task tree."""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.elements import Model
from engine.bpmn.pruning import prune
from engine.bpmn.soundness import Marking, Token, named, problem

_STANDS = TaskState.READY | TaskState.WAITING | TaskState.STARTED


def is_token(task: Task) -> bool:
    """Whether a token stands there: drawn, waiting, and neither a join, a boundary event nor one of many."""
    spec, around = task.task_spec, task.parent
    return bool(
        getattr(spec, "bpmn_id", None)
        and task.has_state(_STANDS)
        and not isinstance(spec, UnstructuredJoin | BoundaryEvent)
        and not (
            around is not None and isinstance(around.task_spec, LoopTask) and around.task_spec.task_spec == spec.name
        )
    )


def tokens(scope: Any) -> Iterator[Task]:
    """The tokens in the process or in one running embedded sub-process."""
    return (task for task in scope.tasks.values() if is_token(task))


def marking(scope: Any, model: Model) -> Marking:
    """The scope's tokens, and the flows by which others have come to a join that waits; prune the workflow first."""
    stand = tuple(Token(task.task_spec.bpmn_id, _armed(task)) for task in tokens(scope))
    return Marking(scope.spec.name, stand, tuple(_arrived(scope, model)))


def problems(workflow: Any, model: Model) -> list[str]:
    """Why the instance might never come to an end, as half sentences; empty when it always does."""
    prune(workflow)
    if workflow.completed:
        return []
    found = []
    for scope in (workflow, *workflow.subprocesses.values()):
        if scope.completed:
            continue
        here = marking(scope, model)
        if not here.tokens and not here.arrived:
            found.append(f"inget skulle vänta i {_title(model, here.scope_id)}")
        elif (reason := problem(model, here)) is not None:
            found.append(reason)
    return found


def _title(model: Model, scope_id: str) -> str:
    element = model.elements.get(scope_id)
    return named(element) if element is not None else "ärendet; avbryt det i stället"


def _armed(task: Task) -> frozenset[str]:
    split = task.parent
    if split is None or not isinstance(split.task_spec, BoundaryEventSplit):
        return frozenset()
    beside = (child for child in split.children if isinstance(child.task_spec, BoundaryEvent))
    return frozenset(event.task_spec.bpmn_id for event in beside if event.state == TaskState.WAITING)


def _arrived(scope: Any, model: Model) -> Iterator[str]:
    for task in scope.tasks.values():
        spec, came_from = task.task_spec, task.parent
        # Plain keeps the tokens that came first as cancelled tasks; the last one waits.
        if not isinstance(spec, ParallelGateway) or not task.has_state(TaskState.WAITING | TaskState.CANCELLED):
            continue
        flows = model.incoming(spec.bpmn_id)
        yield from (flow.id for flow in flows if flow.source == came_from.task_spec.bpmn_id)
