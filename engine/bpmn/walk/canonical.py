"""The name of a state: equal for two states of an instance that go the same ways from here.

Left out are ids, times, and values that nobody asks for again. Branches count whatever the order they began in.
"""

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.walk.liveness import Liveness

Key = tuple[Any, ...]
# Moments, and ids of tasks that the tree shows anyway.
_LEFT_OUT = {"event_value", "merged", "item"}


def state_key(workflow: Any, liveness: Liveness, remembered: Iterable[str]) -> Key:
    """The key of a pruned workflow. `remembered` matter wherever no element says better."""
    return _Reader(workflow, liveness, frozenset(remembered)).scope(workflow)


class _Reader:
    def __init__(self, workflow: Any, liveness: Liveness, remembered: frozenset[str]) -> None:
        self._subs: dict[Any, Any] = workflow.subprocesses
        self._liveness = liveness
        self._remembered = remembered

    def scope(self, scope: Any) -> Key:
        return (scope.spec.name, scope.completed, self._task(scope.task_tree))

    def _task(self, task: Task) -> Key:
        inner = self._subs.get(task.id)
        children = [self._task(child) for child in task.children]
        if len(children) > 1:  # to write them out costs more than all the rest
            children.sort(key=repr)
        return (
            task.task_spec.name,
            task.state,
            task.triggered,
            self._internal(task),
            self._data(task),
            None if inner is None else self.scope(inner),
            tuple(children),
        )

    def _internal(self, task: Task) -> Key:
        kept = {name: repr(value) for name, value in task.internal_data.items() if name not in _LEFT_OUT}
        return (*sorted(kept.items()), len(task.internal_data.get("merged", ())))

    def _data(self, task: Task) -> Key:
        mattering = self._mattering(task)
        return tuple(sorted((name, repr(value)) for name, value in task.data.items() if name in mattering))

    def _mattering(self, task: Task) -> frozenset[str]:
        element_id = getattr(task.task_spec, "bpmn_id", None)
        if element_id not in self._liveness.before:
            return self._remembered
        lives = self._liveness.after if task.state == TaskState.COMPLETED else self._liveness.before
        return lives[element_id]
