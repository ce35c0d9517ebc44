"""Deviations as they stand: reported, being handled, closed. Only those who are concerned see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Text, literal, or_, select, tuple_, type_coerce

from engine.authorisation import REGION, may_see_deviation, sees_everything
from engine.database.register_tables import deviation
from engine.database.tables import person as person_table
from engine.database.tables import process_instance, submission, timer, user_task
from engine.errors import NotFound
from engine.people import Person
from engine.queries.diagrams import Diagram, diagrams
from engine.queries.history import EventRow, list_events
from engine.queries.page import read_cursor, write_cursor
from engine.queries.submissions import SubmissionRow, read_submissions
from engine.queries.task_rows import TaskRow, open_tasks
from engine.queries.titles import Titles, load_titles

DeviationState = Literal["reported", "received", "investigating", "measures", "follow_up", "closed", "not_for_us"]

STATE_TITLES: dict[DeviationState, str] = {
    "reported": "Väntar på mottagande",
    "received": "Mottagen",
    "investigating": "Utreds",
    "measures": "Åtgärder",
    "follow_up": "Följs upp",
    "closed": "Avslutad",
    "not_for_us": "Hör inte hit",
}

# A task's element id says what is being done; the first word that fits, from the end of the process, decides. The
# answer to the reporter is open beside the work from reception on, for 60 days: it says nothing of how far that is.
_WORDS: tuple[tuple[DeviationState, tuple[str, ...]], ...] = (
    ("follow_up", ("feedback",)),
    ("reported", ("receive", "forward", "complete_report", "clarify", "add_information")),
    ("received", ("responsib", "hand_over")),
    ("investigating", ("investigate", "analy", "settle")),
    ("measures", ("measure",)),
    ("follow_up", ("effect", "follow", "fault", "lesson", "lift")),
)


@dataclass(frozen=True)
class DeviationRow:
    """One deviation. `principals` are the organisations that it concerns, as the report names them."""

    key: str
    organisation: str | None
    organisation_name: str
    reported_at: datetime
    reported_by: str
    reported_by_name: str
    happened: str
    happened_on: date | None
    place: str | None
    category: str | None
    category_title: str | None
    clause: str | None
    clause_title: str | None
    consequence: str | None
    consequence_title: str | None
    likelihood: str | None
    likelihood_title: str | None
    principals: list[str]
    receiving_organisation: str | None
    receiving_organisation_name: str
    external_case_number: str | None
    state: DeviationState
    state_title: str
    responsibility: str | None
    responsibility_at: datetime | None
    lesson: str | None
    system_fault: bool | None
    closed_at: datetime | None
    agreement_key: str | None
    instance_id: str
    open_tasks: list[TaskRow]


@dataclass(frozen=True)
class DeviationDetail:
    """One deviation with what has been handed in about it, what happened, and where it is in its process.

    `goes_on_at` is when it goes on by itself, which matters when nobody has a task in it.
    """

    deviation: DeviationRow
    submissions: list[SubmissionRow]
    history: list[EventRow]
    diagrams: list[Diagram]
    pack_key: str
    goes_on_at: datetime | None


def list_deviations(
    connection: Connection,
    person: Person,
    now: datetime,  # noqa: ARG001 - every read takes the moment that it is for
    *,
    organisation: str | None = None,
    open_only: bool = False,
) -> list[DeviationRow]:
    """The deviations that the person may see, the newest first."""
    found = connection.execute(_deviations().where(*_wanted(person, organisation, open_only))).all()
    return _read(connection, person, found)


def search_deviations(
    connection: Connection, person: Person, *, organisation: str | None, open_only: bool, cursor: str | None, limit: int
) -> tuple[list[DeviationRow], str | None]:
    """One page of what the person may see, the newest first, and the next one's cursor. Raises Invalid (cursor)."""
    conditions = _wanted(person, organisation, open_only)
    if cursor:
        moment, key = read_cursor(cursor)
        last_shown = tuple_(literal(moment, deviation.c.reported_at.type), key)
        conditions.append(tuple_(deviation.c.reported_at, deviation.c.key) < last_shown)
    found = connection.execute(_deviations().where(*conditions).limit(limit + 1)).all()
    rows = _read(connection, person, found[:limit])
    return rows, write_cursor(rows[-1].reported_at, rows[-1].key) if len(found) > limit else None


def visible_to(person: Person) -> ColumnElement[bool]:
    """`engine.authorisation.may_see_deviation` as a condition."""
    codes = sorted(person.organisations)
    principals = type_coerce(deviation.c.principals, Text)
    named = [*codes, "region"] if REGION in codes else codes
    return or_(
        deviation.c.reported_by == person.id,
        deviation.c.organisation.in_(codes),
        deviation.c.receiving_organisation.in_(codes),
        *(principals.contains(f'"{code}"', autoescape=True) for code in named),
    )


def _wanted(person: Person, organisation: str | None, open_only: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [] if sees_everything(person) else [visible_to(person)]
    if organisation:
        conditions.append(deviation.c.organisation == organisation)
    if open_only:
        conditions.append(deviation.c.closed_at.is_(None))
    return conditions


def _read(connection: Connection, person: Person, found: Sequence[Row[Any]]) -> list[DeviationRow]:
    """The rows with their open tasks; the rule itself has the last word on who sees them."""
    titles = load_titles(connection)
    tasks: dict[str, list[TaskRow]] = {}
    of_these = user_task.c.instance_id.in_([row.instance_id for row in found])
    for task in open_tasks(connection, titles, person.id, of_these):
        tasks.setdefault(task.instance_id, []).append(task)
    awaited = _awaited(connection, [row.instance_id for row in found])
    rows = [_deviation(row, tasks.get(row.instance_id, []), awaited.get(row.instance_id, []), titles) for row in found]
    return [row for row in rows if may_see_deviation(person, row)]


def get_deviation(connection: Connection, person: Person, now: datetime, key: str) -> DeviationDetail:  # noqa: ARG001
    """One deviation. Raises `NotFound`, or `NotPermitted` when it concerns others."""
    found = connection.execute(_deviations().where(deviation.c.key == key)).first()
    if found is None:
        raise NotFound("Avvikelsen finns inte.")
    titles = load_titles(connection)
    tasks = open_tasks(connection, titles, person.id, user_task.c.instance_id == found.instance_id)
    awaited = _awaited(connection, [found.instance_id]).get(found.instance_id, [])
    row = _deviation(found, tasks, awaited, titles)
    may_see_deviation(person, row).demand()
    instance = connection.execute(select(process_instance).where(process_instance.c.id == found.instance_id)).all()
    return DeviationDetail(
        deviation=row,
        submissions=read_submissions(connection, titles, submission.c.instance_id == found.instance_id),
        history=list_events(connection, business_key=key).items,
        diagrams=diagrams(connection, titles, instance, tasks),
        pack_key=found.pack_key,
        goes_on_at=min((due_at for _element, due_at in awaited), default=None),
    )


def _deviations() -> Any:
    names = (person_table.c.name.label("reported_by_name"), process_instance.c.status.label("instance_status"))
    tables = deviation.outerjoin(person_table, person_table.c.id == deviation.c.reported_by).outerjoin(
        process_instance, process_instance.c.id == deviation.c.instance_id
    )
    return (
        select(deviation, *names).select_from(tables).order_by(deviation.c.reported_at.desc(), deviation.c.key.desc())
    )


def state_of(closed: bool, lesson: str | None, handled: bool, elements: list[str]) -> DeviationState:
    """Where a deviation stands, from whether its process has ended and the ids of what it waits for: tasks, days."""
    if closed:
        return "closed" if handled or lesson else "not_for_us"
    for state, words in reversed(_WORDS):
        if any(word in element for word in words for element in elements):
            return state
    return "received" if handled else "reported"


def _awaited(connection: Connection, instance_ids: Sequence[str]) -> dict[str, list[tuple[str, datetime]]]:
    """The days that each process waits for: (the event's element id, when), as when measures shall have told."""
    waits = select(timer.c.instance_id, timer.c.element_id, timer.c.due_at)
    found: dict[str, list[tuple[str, datetime]]] = {}
    for row in connection.execute(waits.where(timer.c.kind == "event", timer.c.instance_id.in_(instance_ids))):
        found.setdefault(row.instance_id, []).append((row.element_id, row.due_at))
    return found


def _deviation(
    row: Row[Any], tasks: list[TaskRow], awaited: list[tuple[str, datetime]], titles: Titles
) -> DeviationRow:
    closed = row.closed_at is not None or row.instance_status in {"completed", "cancelled"}
    elements = [task.element_id for task in tasks] + [element for element, _due_at in awaited]
    state = state_of(closed, row.lesson, row.responsibility is not None, elements)

    def title(catalogue: str, value: str | None) -> str | None:
        return titles.item(row.pack_key, catalogue, value)

    return DeviationRow(
        key=row.key,
        organisation=row.organisation,
        organisation_name=titles.organisation(row.organisation),
        reported_at=row.reported_at,
        reported_by=row.reported_by,
        reported_by_name=row.reported_by_name or "",
        happened=row.happened,
        happened_on=row.happened_on,
        place=row.place,
        category=row.category,
        category_title=title("deviation_categories", row.category),
        clause=row.clause,
        clause_title=title("deviation_clauses", row.clause),
        consequence=row.consequence,
        consequence_title=title("severity", row.consequence),
        likelihood=row.likelihood,
        likelihood_title=title("severity", row.likelihood),
        principals=row.principals or [],
        receiving_organisation=row.receiving_organisation,
        receiving_organisation_name=titles.organisation(row.receiving_organisation),
        external_case_number=row.external_case_number,
        state=state,
        state_title=STATE_TITLES[state],
        responsibility=row.responsibility,
        responsibility_at=row.responsibility_at,
        lesson=row.lesson,
        system_fault=row.system_fault,
        closed_at=row.closed_at,
        agreement_key=row.agreement_key,
        instance_id=row.instance_id,
        open_tasks=tasks,
    )
