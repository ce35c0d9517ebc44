"""SpiffWorkflow's tree of tasks, without what costs time and serves only its own log or far larger trees.

Nothing here changes what happens, or in which order.
"""

import logging
import os
from collections.abc import Iterator
from typing import Any

from SpiffWorkflow import workflow as spiff_workflow
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.clock import stamp


class TaskId(str):
    """A task's id: 32 hex digits. Plain: a UUID, whose every look-up in a dictionary is a call of Python code."""

    __slots__ = ()

    @property
    def hex(self) -> str:
        return str(self)


def new_id() -> TaskId:
    """An id that no other task has."""
    return TaskId(os.urandom(16).hex())


class LightTask(Task):
    """A task of the tree. Plain: each change of state is told to a log that nobody reads, which costs more than it."""

    _state: int

    def __init__(self, workflow: Any, task_spec: Any, parent: Any = None, state: int = TaskState.MAYBE) -> None:
        super().__init__(workflow, task_spec, parent, state, new_id())

    def _set_state(self, value: int) -> None:
        if value != self._state:
            self.last_state_change = stamp()
            self._state = value

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> Task:
        if self.has_state(TaskState.PREDICTED_MASK) and state & TaskState.PREDICTED_MASK == 0:
            raise WorkflowException("Attempt to add non-predicted child to predicted task", task_spec=self.task_spec)
        task = LightTask(self.workflow, task_spec, self, state)
        task.thread_id = self.thread_id
        if state == TaskState.READY:
            task._ready()
        return task


class _Searched:
    """How the tasks of a process or sub-process are found. Plain: with objects that can search for much else."""

    task_tree: Any
    tasks: dict[Any, Any]
    top_workflow: Any

    def get_tasks(self, first_task: Any = None, **wanted: Any) -> list[Task]:
        inside = self.top_workflow.subprocesses
        if wanted.keys() == {"spec_name"} and first_task is None:
            name = wanted["spec_name"]
            return [task for task in self._walk(inside, TaskState.MAYBE) if task.task_spec.name == name]
        if wanted.keys() == {"state"} and first_task is None and not wanted["state"] & ~TaskState.DEFINITE_MASK:
            return self._in_state(wanted["state"], inside)
        found: list[Task] = super().get_tasks(first_task, **wanted)  # type: ignore[misc]
        return found

    def update_waiting_tasks(self) -> None:
        waiting = [task for task in self.tasks.values() if task._state == TaskState.WAITING]
        # Most often there is one or none, and then their order in the tree need not be found out.
        for task in waiting if len(waiting) < 2 else self._walk({}):
            if task._state == TaskState.WAITING:
                task.task_spec._update(task)

    def _in_state(self, state: int, inside: dict[Any, Any]) -> list[Task]:
        if not inside:
            found = [task for task in self.tasks.values() if task._state & state]
            if len(found) < 2:
                return found
        return [task for task in self._walk(inside) if task._state & state]

    def _walk(self, inside: dict[Any, Any], least: int = TaskState.FUTURE) -> Iterator[Task]:
        """Tasks in the order of the drawing, parents first, below what has at least this state; with those `inside`."""
        left = [self.task_tree]
        while left:
            task = left.pop()
            scope = inside.get(task.id) if inside else None
            if task._children and (task._state >= least or scope is not None):
                around = task.workflow.tasks
                left.extend([around[child] for child in reversed(task._children)])
            if scope is not None:
                left.append(scope.task_tree)
            yield task


class QuietSubWorkflow(_Searched, BpmnSubWorkflow):
    """An embedded sub-process that runs."""


class QuietWorkflow(_Searched, BpmnWorkflow):
    """A process that runs, whose timers fire only when told.

    Plain: every engine step visits every waiting timer and reads the machine's clock.
    """

    def refresh_timers(self) -> None:
        """Nothing: `Execution.fire` updates the one timer that is due."""

    def create_subprocess(self, my_task: Task, spec_name: str) -> QuietSubWorkflow:
        scope = QuietSubWorkflow(self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self)
        self.subprocesses[my_task.id] = scope
        return scope


spiff_workflow.Task = LightTask  # the tree's root is made by this name; there is no other hook
# Its loggers work out all that they might tell before they are asked whether anybody listens, unless they have a level.
for _name in ("spiff.task", "spiff.workflow"):
    logging.getLogger(_name).setLevel(logging.WARNING)
