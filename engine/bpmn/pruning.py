"""Drops the finished part of a workflow, so that what is stored is the live part only.

A finished task may go once nothing unfinished looks at it. What must stay, in each scope (the process and each running
embedded sub-process):

- the root, every unfinished task and its parent (data is inherited from the parent);
- the split of a structured join (boundary events) and the split's children, which the join counts;
- tokens that have arrived at a parallel join which has not fired yet, with their parents: plain SpiffWorkflow keeps
  them as cancelled tasks and merges their parents' data when the join fires.
"""

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.tree import TaskId

FINISHED = TaskState.FINISHED_MASK


def prune(workflow: Any) -> None:
    """Remove finished sub-processes and finished tasks that nothing needs; children are handed on to what remains."""
    for task_id in [i for i, sub in workflow.subprocesses.items() if _is_over(workflow, i)]:
        del workflow.subprocesses[task_id]
    for scope in (workflow, *workflow.subprocesses.values()):
        keep = _needed(scope)
        if len(keep) < len(scope.tasks):
            _drop_all_but(scope, keep)
    waiting = workflow.event_manager.tasks
    workflow.event_manager.tasks = {i: task for i, task in waiting.items() if not task.has_state(FINISHED)}


def _is_over(workflow: Any, parent_task_id: TaskId) -> bool:
    for scope in (workflow, *workflow.subprocesses.values()):
        task = scope.tasks.get(parent_task_id)
        if task is not None:
            return bool(task.has_state(FINISHED))
    return True


def _needed(scope: Any) -> set[TaskId]:
    live = [task for task in scope.tasks.values() if not task.has_state(FINISHED)]
    keep: set[TaskId] = {scope.task_tree.id}
    for task in live:
        keep.add(task.id)
        if task._parent:
            keep.add(task._parent)
        keep.update(_split_of(task))
    waiting = {
        t.task_spec.name for t in live if isinstance(t.task_spec, UnstructuredJoin) and t.state == TaskState.WAITING
    }
    keep.update(_arrived(scope.tasks.values(), waiting))
    return keep


def _split_of(task: Task) -> Iterable[TaskId]:
    """The split that a structured join (the end of boundary events) looks up, with the split's children."""
    split = getattr(task.task_spec, "split_task", None)
    if not split:
        return ()
    ancestor = task.parent
    while ancestor is not None and ancestor.task_spec.name != split:
        ancestor = ancestor.parent
    return () if ancestor is None else (ancestor.id, *ancestor._children)


def _arrived(tasks: Iterable[Task], joins: set[str]) -> Iterable[TaskId]:
    """Tokens that wait, as cancelled tasks, at joins that have not fired since they came."""
    if not joins:
        return
    candidates = [task for task in tasks if task.task_spec.name in joins]
    last_fired: dict[str, float] = {}
    for task in candidates:
        if task.state == TaskState.COMPLETED:
            name = task.task_spec.name
            last_fired[name] = max(last_fired.get(name, 0.0), task.last_state_change)
    for task in candidates:
        if task.state == TaskState.CANCELLED and task.last_state_change >= last_fired.get(task.task_spec.name, 0.0):
            yield task.id
            yield task._parent


def _drop_all_but(scope: Any, keep: set[TaskId]) -> None:
    """Take the others out of the tree; a kept task's new parent is its nearest kept ancestor."""
    tasks: dict[TaskId, Task] = scope.tasks
    children: dict[TaskId, list[TaskId]] = {task_id: [] for task_id in keep}
    root = scope.task_tree
    stack = [(child, root.id) for child in reversed(root._children)]
    while stack:
        task_id, ancestor = stack.pop()
        task = tasks[task_id]
        if task_id in keep:
            children[ancestor].append(task_id)
            task._parent = ancestor
            ancestor = task_id
        stack.extend((child, ancestor) for child in reversed(task._children))
    for task_id in [i for i in tasks if i not in keep]:
        del tasks[task_id]
    for task_id, kept in children.items():
        tasks[task_id]._children = kept
    if scope.last_task is not None and scope.last_task.id not in tasks:
        scope.last_task = None
