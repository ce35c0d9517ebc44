"""What an operator looks at to repair a process instance: where it waits, where it can go on, what has failed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, literal, or_, select, tuple_

from engine.authorisation import may_operate
from engine.database.tables import process_definition, process_instance, subscription, timer, user_task
from engine.people import Person
from engine.queries.diagrams import Diagram
from engine.queries.history import EventRow, list_events
from engine.queries.incidents import IncidentRow, list_incidents
from engine.queries.instance_search import get_diagram
from engine.queries.instances import InstanceRow, instance_row
from engine.queries.outline import read_outline
from engine.queries.page import Page, read_cursor, write_cursor
from engine.queries.titles import load_titles

# Elements that a token can arrive at, or leave, by hand; as in `engine.bpmn.modification`.
STARTS_BEFORE = frozenset(
    {
        "userTask",
        "callActivity",
        "subProcess",
        "serviceTask",
        "businessRuleTask",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
    }
)
STARTS_AFTER = STARTS_BEFORE | {"startEvent", "boundaryEvent"}


@dataclass(frozen=True)
class Waits:
    """Something that an instance waits for. `kind`: task, call, timer, message, signal."""

    element_id: str
    name: str
    kind: str
    since: datetime | None


@dataclass(frozen=True)
class Place:
    """An element at which work can be started again by hand."""

    element_id: str
    name: str
    kind: str
    before: bool
    after: bool


@dataclass(frozen=True)
class Repair:
    """One instance as an operator sees it."""

    instance: InstanceRow
    version: int
    newest_version: int
    diagram: Diagram
    waits: list[Waits]
    places: list[Place]
    called: list[InstanceRow]
    caller: InstanceRow | None
    incidents: list[IncidentRow]
    events: list[EventRow]


@dataclass(frozen=True)
class RunningVersion:
    """A version of a process and how many instances run on it."""

    pack_key: str
    process_key: str
    process_title: str
    version: int
    running: int


def find_instances(
    connection: Connection,
    person: Person,
    *,
    search: str = "",
    process_key: str = "",
    organisation: str = "",
    status: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[InstanceRow]:
    """Instances, those started last first; `search` in the business key. Raises NotPermitted, Invalid (cursor)."""
    may_operate(person).demand()
    columns = process_instance.c
    chosen = ((columns.process_key, process_key), (columns.organisation, organisation), (columns.status, status))
    conditions: list[ColumnElement[bool]] = [column == value for column, value in chosen if value]
    if search.strip():
        conditions.append(columns.business_key.icontains(search.strip(), autoescape=True))
    total = connection.execute(select(func.count()).select_from(process_instance).where(*conditions)).scalar_one()
    if cursor:
        moment, last = read_cursor(cursor)
        conditions.append(
            tuple_(columns.started_at, columns.id) < tuple_(literal(moment, columns.started_at.type), last)
        )
    query = select(process_instance).where(*conditions).order_by(columns.started_at.desc(), columns.id.desc())
    titles = load_titles(connection)
    rows = [instance_row(row, titles) for row in connection.execute(query.limit(limit + 1))]
    more = write_cursor(rows[limit - 1].started_at, rows[limit - 1].id) if len(rows) > limit else None
    return Page(rows[:limit], more, total)


def read_repair(connection: Connection, person: Person, instance_id: str) -> Repair:
    """Raises NotPermitted, NotFound."""
    may_operate(person).demand()
    diagram = get_diagram(connection, person, instance_id)
    titles = load_titles(connection)
    columns = process_instance.c
    related = or_(columns.id == instance_id, columns.parent_id == instance_id)
    rows = connection.execute(select(process_instance).where(related).order_by(columns.started_at)).all()
    found = {row.id: row for row in rows}
    own = found[instance_id]
    caller = connection.execute(select(process_instance).where(columns.id == own.parent_id)).first()
    version, newest = _versions(connection, own)
    return Repair(
        instance=instance_row(own, titles),
        version=version,
        newest_version=newest,
        diagram=diagram,
        waits=_waits(connection, instance_id, diagram.bpmn, [row for row in rows if row.id != instance_id]),
        places=places(diagram.bpmn),
        called=[instance_row(row, titles) for row in rows if row.id != instance_id],
        caller=instance_row(caller, titles) if caller is not None else None,
        incidents=list_incidents(connection, person, instance_id=instance_id, resolved=True),
        events=list_events(connection, instance_id=instance_id, limit=30).items,
    )


def places(bpmn: str) -> list[Place]:
    """Every element that work can be started at, in the model's order."""
    outline = read_outline(bpmn)
    return [
        Place(node.id, node.name or node.id, node.kind, node.kind in STARTS_BEFORE, node.kind in STARTS_AFTER)
        for node in outline.nodes.values()
        if node.kind in STARTS_AFTER
    ]


def running_versions(connection: Connection, person: Person) -> list[RunningVersion]:
    """Every version of every process, the newest first within a process. Raises NotPermitted."""
    may_operate(person).demand()
    titles = load_titles(connection)
    definition = process_definition.c
    running = and_(
        process_instance.c.definition_id == definition.id, process_instance.c.status.in_(("active", "suspended"))
    )
    query = (
        select(
            definition.pack_key,
            definition.process_key,
            definition.version,
            func.count(process_instance.c.id).label("n"),
        )
        .select_from(process_definition.outerjoin(process_instance, running))
        .group_by(definition.pack_key, definition.process_key, definition.version)
        .order_by(definition.pack_key, definition.process_key, definition.version.desc())
    )
    return [
        RunningVersion(row.pack_key, row.process_key, titles.process(row.pack_key, row.process_key), row.version, row.n)
        for row in connection.execute(query)
    ]


def _versions(connection: Connection, own: Row[Any]) -> tuple[int, int]:
    definition = process_definition.c
    own_version = select(definition.version).where(definition.id == own.definition_id)
    newest = select(func.max(definition.version)).where(
        definition.pack_key == own.pack_key,
        definition.process_key == own.process_key,
    )
    row = connection.execute(select(own_version.scalar_subquery(), newest.scalar_subquery())).one()
    return row[0], row[1]


def _waits(connection: Connection, instance_id: str, bpmn: str, called: list[Row[Any]]) -> list[Waits]:
    outline = read_outline(bpmn)
    tasks = connection.execute(
        select(user_task.c.element_id, user_task.c.created_at).where(
            user_task.c.instance_id == instance_id, user_task.c.state == "open"
        )
    )
    timers = connection.execute(
        select(timer.c.element_id, timer.c.due_at).where(timer.c.instance_id == instance_id, timer.c.kind == "event")
    )
    waiting = connection.execute(
        select(subscription.c.element_id, subscription.c.kind).where(subscription.c.instance_id == instance_id)
    )
    found = [Waits(row.element_id, outline.name(row.element_id), "task", row.created_at) for row in tasks]
    found += [
        Waits(row.parent_element_id, outline.name(row.parent_element_id), "call", row.started_at)
        for row in called
        if row.status in ("active", "suspended") and row.parent_element_id
    ]
    found += [Waits(row.element_id, outline.name(row.element_id), "timer", row.due_at) for row in timers]
    found += [Waits(row.element_id, outline.name(row.element_id), row.kind, None) for row in waiting]
    return list({(one.kind, one.element_id): one for one in found}.values())
