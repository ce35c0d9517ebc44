"""Where tokens stand in a workflow, beyond what a wait state tells: at joins, and more than one at the same element."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

_STANDING = TaskState.READY | TaskState.WAITING | TaskState.STARTED


def waiting_joins(workflow: Any) -> frozenset[str]:
    """Parallel joins at which a token waits for others."""
    return frozenset(
        task.task_spec.bpmn_id for scope in _scopes(workflow) for task in scope.tasks.values() if _waits_at_join(task)
    )


def crowded(workflow: Any) -> frozenset[str]:
    """Elements at which more than one token stands in the same run through their scope."""
    counted = (Counter(_places(scope)) for scope in _scopes(workflow))
    return frozenset(element_id for counts in counted for element_id, count in counts.items() if count > 1)


def _scopes(workflow: Any) -> Iterator[Any]:
    yield workflow
    yield from workflow.subprocesses.values()


def _waits_at_join(task: Task) -> bool:
    spec = task.task_spec  # the library's own joins, where scopes end, have no id in the model
    return task.state == TaskState.WAITING and isinstance(spec, UnstructuredJoin) and bool(spec.bpmn_id)


def _places(scope: Any) -> Iterator[str]:
    for task in scope.tasks.values():
        if not task.has_state(_STANDING) or isinstance(task.task_spec, UnstructuredJoin) or not task.task_spec.bpmn_id:
            continue
        if task.parent is None or not isinstance(task.parent.task_spec, LoopTask):  # of many, the whole counts once
            yield task.task_spec.bpmn_id
