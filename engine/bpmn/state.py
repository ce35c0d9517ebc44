"""Turns a running workflow into bytes and back: the live part only, never the model.

Layout (JSON): {"main": scope, "subs": [[parent task id, spec name, scope], ...]}; a scope holds its tasks, parents
first, each as a list (see `_task`), with only the data that differs from its parent's.
"""

from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.specs import Engine
from engine.bpmn.tree import LightTask, QuietSubWorkflow, QuietWorkflow, TaskId


def encode(workflow: Any) -> bytes:
    """The workflow's state; prune it first."""
    return orjson.dumps(
        {
            "main": _scope(workflow),
            "subs": [[key, sub.spec.name, _scope(sub)] for key, sub in workflow.subprocesses.items()],
        }
    )


def decode(state: bytes, spec: Any, sub_specs: dict[str, Any], engine: Engine) -> Any:
    """A workflow as it was when encoded, on shared specs."""
    stored = orjson.loads(state)
    workflow = QuietWorkflow(spec, sub_specs, script_engine=engine, deserializing=True)
    _fill(workflow, stored["main"], workflow)
    for key, name, scope in stored["subs"]:
        parent = workflow.get_task_from_id(TaskId(key))
        sub = QuietSubWorkflow(sub_specs[name], parent.id, workflow, deserializing=True)
        _fill(sub, scope, workflow)
        workflow.subprocesses[parent.id] = sub
        sub.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)
    return workflow


def note_catching(workflow: Any, task: Task) -> None:
    """Events find a task that waits for one where the whole workflow notes it."""
    if task._state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
        workflow.event_manager.add_task(task)


def _scope(scope: Any) -> dict[str, Any]:
    order: list[Task] = []
    stack = [scope.task_tree.id]
    while stack:
        task = scope.tasks[stack.pop()]
        order.append(task)
        stack.extend(reversed(task._children))
    scope.tasks = {task.id: task for task in order}  # as they will be read
    return {
        "last": scope.last_task.id if scope.last_task else None,
        "success": scope.success,
        "completed": scope.completed,
        "data": scope.data,
        "tasks": [_task(task) for task in order],
    }


def _task(task: Task) -> list[Any]:
    parent = task.parent
    inherited = parent.data if parent is not None else {}
    changed = {k: v for k, v in task.data.items() if k not in inherited or not _same(inherited[k], v)}
    removed = [k for k in inherited if k not in task.data]
    return [
        task.id,
        task._parent,
        task._children,
        task._state,
        task.task_spec.name,
        task.last_state_change,
        task.triggered,
        task.internal_data,
        changed,
        removed,
    ]


def _same(one: Any, other: Any) -> bool:
    # 0 == False and 1 == True in Python; a change of type only must not get lost between two saves.
    return one is other or (type(one) is type(other) and bool(one == other))


def _fill(scope: Any, stored: dict[str, Any], top: Any) -> None:
    scope.success, scope.completed, scope.data = stored["success"], stored["completed"], stored["data"]
    specs = scope.spec.task_specs
    for task_id, parent_id, children, state, name, changed_at, triggered, internal, changed, removed in stored["tasks"]:
        task = LightTask.__new__(LightTask)
        task.id = TaskId(task_id)
        task.workflow = scope
        task._parent = TaskId(parent_id) if parent_id else None
        task._children = [TaskId(child) for child in children]
        task._state, task.task_spec, task.last_state_change = state, specs[name], changed_at
        task.triggered, task.internal_data, task.thread_id = triggered, internal, 0
        task.data = dict(scope.tasks[task._parent].data) if task._parent else {}
        task.data.update(changed)
        for key in removed:
            task.data.pop(key, None)
        scope.tasks[task.id] = task
        note_catching(top, task)
        if "merged" in internal and hasattr(task.task_spec, "merge_child"):
            # A multi-instance task listens to its instances' spec; on a spec not used since start nobody does yet.
            completed = specs[task.task_spec.task_spec].completed_event
            if not completed.is_connected(task.task_spec.merge_child):
                completed.connect(task.task_spec.merge_child)
    scope.task_tree = scope.tasks[TaskId(stored["tasks"][0][0])]
    scope.last_task = scope.tasks.get(TaskId(stored["last"])) if stored["last"] else None
