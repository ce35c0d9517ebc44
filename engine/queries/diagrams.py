"""Where running processes stand: the model, its marked elements, and the same as a list of steps."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from engine.database.tables import event, process_instance
from engine.queries.outline import Node, read_outline
from engine.queries.submissions import read_definitions
from engine.queries.task_rows import TaskRow
from engine.queries.titles import Titles

StepStatus = Literal["current", "passed", "coming"]


@dataclass(frozen=True)
class Step:
    """One step of a process, in words. `who` does it or did it; `since` is when it opened or was passed."""

    element_id: str
    name: str
    status: StepStatus
    who: str | None
    since: datetime | None


@dataclass(frozen=True)
class Diagram:
    """One running instance's model, and which of its elements are current or passed."""

    instance_id: str
    process_key: str
    title: str
    bpmn: str = field(repr=False)
    current: list[str]
    passed: list[str]
    steps: list[Step]


def running_diagrams(connection: Connection, titles: Titles, root_id: str, tasks: list[TaskRow]) -> list[Diagram]:
    """A diagram for an agreement's own instance and each that it has called and that is active, the caller first."""
    active = (process_instance.c.root_id == root_id, process_instance.c.status == "active")
    instances = connection.execute(
        select(process_instance).where(*active).order_by(process_instance.c.started_at)
    ).all()
    return diagrams(connection, titles, instances, tasks)


def diagrams(
    connection: Connection, titles: Titles, instances: Iterable[Row[Any]], tasks: list[TaskRow]
) -> list[Diagram]:
    """Diagrams of instance rows, in three statements together."""
    found = list(instances)
    definitions = read_definitions(connection, {row.definition_id for row in found})
    events = _events(connection, [row.id for row in found])
    called: dict[str, dict[str, datetime]] = {}
    for row in found:
        if row.parent_id and row.parent_element_id and row.status == "active":
            called.setdefault(row.parent_id, {})[row.parent_element_id] = row.started_at
    return [
        _diagram(row, definitions[row.definition_id], titles, tasks, events.get(row.id, {}), called.get(row.id, {}))
        for row in found
    ]


def _diagram(
    instance: Row[Any],
    definition: Any,
    titles: Titles,
    tasks: list[TaskRow],
    passed: dict[str, datetime],
    called: dict[str, datetime],
) -> Diagram:
    outline = read_outline(definition.bpmn)
    open_here = {task.element_id: task for task in tasks if task.instance_id == instance.id}
    current = [*open_here, *(element for element in called if element not in open_here)]
    return Diagram(
        instance_id=instance.id,
        process_key=instance.process_key,
        title=titles.process(instance.pack_key, instance.process_key),
        bpmn=definition.bpmn,
        current=current,
        passed=[element for element in passed if element not in current and element in outline.nodes],
        steps=[
            _step(node, open_here.get(node.id), called.get(node.id), passed.get(node.id)) for node in outline.steps()
        ],
    )


def _step(node: Node, task: TaskRow | None, called_at: datetime | None, passed_at: datetime | None) -> Step:
    if task is not None:
        return Step(node.id, node.name, "current", task.holder, task.created_at)
    if called_at is not None:
        return Step(node.id, node.name, "current", None, called_at)
    if passed_at is not None:
        return Step(node.id, node.name, "passed", node.lane, passed_at)
    return Step(node.id, node.name, "coming", node.lane, None)


def _events(connection: Connection, instance_ids: list[str]) -> dict[str, dict[str, datetime]]:
    """When each element of each instance was last passed."""
    query = select(event.c.instance_id, event.c.element_id, event.c.at).where(
        event.c.instance_id.in_(instance_ids), event.c.element_id.is_not(None)
    )
    passed: dict[str, dict[str, datetime]] = {}
    for row in connection.execute(query.order_by(event.c.at, event.c.sequence)):
        passed.setdefault(row.instance_id, {})[row.element_id] = row.at
    return passed
