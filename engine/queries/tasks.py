"""Lists of open tasks, soonest due first, page by page; and how many there are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    ScalarSelect,
    Select,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from engine.authorisation import sees_everything
from engine.database.tables import draft, user_task
from engine.people import Person
from engine.queries.page import Page, read_cursor, write_cursor
from engine.queries.pieces import piece
from engine.queries.sought import meanings, tasks_that_fit
from engine.queries.task_rows import TaskCount, TaskFilter, TaskRow, task_columns, task_row
from engine.queries.titles import Titles, load_titles

__all__ = ["MOST_COUNTED", "MOST_SHOWN", "TaskCount", "TaskFilter", "TaskRow", "count_tasks", "list_tasks"]

MOST_COUNTED = 10_000  # of each branch: more are `many`, and to count them would take longer than to show the page

MOST_SHOWN = 99  # of one's own tasks, beside the main menu

Condition = ColumnElement[bool]


def list_tasks(
    connection: Connection,
    person: Person,
    now: datetime,
    chosen: TaskFilter,
    *,
    cursor: str | None = None,
    before: str | None = None,
    limit: int = 50,
    titles: Titles | None = None,
) -> Page[TaskRow]:
    """One page of open tasks: after `cursor`, or before `before`, else the first.

    One statement when `titles` are given. Before the second page is always the whole first one.
    """
    titles = titles or load_titles(connection)
    branches = _branches(person, chosen.scope)
    conditions = _conditions(person, now, chosen)
    if chosen.search and chosen.search.strip():
        conditions += tasks_that_fit(meanings(connection, titles, chosen.search), is_open=True)
    bound = [_past(before, backwards=True)] if before else [_past(cursor)] if cursor else []
    ids = _first_ids(branches, [*conditions, *bound], limit + 1, backwards=before is not None)
    page = task_columns(person.id).where(user_task.c.id.in_(ids)).subquery("page")
    counts = select(_count(branches, conditions).scalar_subquery().label("counted_all")).subquery("counts")
    query = select(counts, page).select_from(counts.outerjoin(page, true())).order_by(page.c.due_at, page.c.id)
    found = connection.execute(query).all()
    rows = [task_row(row, titles) for row in found if row.id is not None]
    if before is not None and len(rows) <= limit:
        return list_tasks(connection, person, now, chosen, limit=limit, titles=titles)
    return _cut(rows, limit, found[0].counted_all, cursor, before)


def _cut(rows: list[TaskRow], limit: int, total: int, cursor: str | None, before: str | None) -> Page[TaskRow]:
    """The page itself, without the row that was read to see whether there are more."""
    more = len(rows) > limit
    shown = rows[-limit:] if before is not None else rows[:limit]
    if not shown:
        return Page([], None, total)
    first, last = write_cursor(shown[0].due_at, shown[0].id), write_cursor(shown[-1].due_at, shown[-1].id)
    return Page(shown, last if more or before else None, total, first if cursor or before else None)


def count_tasks(connection: Connection, person: Person, now: datetime) -> TaskCount:
    """How many tasks are mine, and how many of those are late."""
    return TaskCount(*connection.execute(select(*_my_counts(person, now, MOST_COUNTED))).one())


def my_count_piece(person: Person, now: datetime) -> Select[Any]:
    """The same as a piece, `one` and `two`; of what is more than `MOST_SHOWN` only that it is more."""
    return piece("mine", *_my_counts(person, now, MOST_SHOWN))


def _my_counts(person: Person, now: datetime, most: int) -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    """Open, and of those late."""
    branches = _branches(person, "mine")
    late = [user_task.c.due_at < now]
    return _count(branches, [], most).scalar_subquery(), _count(branches, late, most).scalar_subquery()


def _past(cursor: str, *, backwards: bool = False) -> Condition:
    moment, task_id = read_cursor(cursor)
    here = tuple_(user_task.c.due_at, user_task.c.id)
    there = tuple_(literal(moment, user_task.c.due_at.type), task_id)
    return here < there if backwards else here > there


def _branches(person: Person, scope: str) -> list[Condition]:
    """Conditions that never overlap; each can walk an index in due order on its own."""
    if scope == "all":
        return [true() if sees_everything(person) else concerns(person)]
    held = [
        and_(
            user_task.c.role == role,
            user_task.c.role_organisation == organisation,
            user_task.c.assignee.is_(None) if scope == "mine" else _not_mine(person, role, organisation),
        )
        for role, organisation in sorted(person.grants)
    ]
    return [user_task.c.assignee == person.id, *_of_the_absent(person), *held]


def _of_the_absent(person: Person) -> list[Condition]:
    """`Person.speaks_for` as conditions: what is assigned to those whom the person stands in for."""
    conditions: list[Condition] = []
    everything = {absent.person_id for absent in person.standing_in if absent.in_everything}
    for absent_id in sorted({absent.person_id for absent in person.standing_in}):
        theirs = user_task.c.assignee == absent_id
        lent = [absent.grants for absent in person.standing_in if absent.person_id == absent_id]
        in_role = tuple_(user_task.c.role, user_task.c.role_organisation).in_(sorted(frozenset().union(*lent)))
        conditions.append(theirs if absent_id in everything else and_(theirs, in_role))
    return conditions


def _not_mine(person: Person, role: str, organisation: str) -> Condition:
    absent = {absent.person_id for absent in person.standing_in if absent.covers(role, organisation)}
    return and_(*(user_task.c.assignee.is_distinct_from(one) for one in sorted({person.id, *absent})))


def concerns(person: Person) -> Condition:
    """`engine.authorisation.may_see_task` as a condition."""
    codes = sorted(person.organisations)
    return or_(
        user_task.c.role_organisation.in_(codes),
        user_task.c.organisation.in_(codes),
        user_task.c.assignee == person.id,
        *_of_the_absent(person),
    )


def _first_ids(
    branches: Sequence[Condition], conditions: Sequence[Condition], limit: int, *, backwards: bool
) -> Select[Any]:
    """The ids of the first tasks over all branches, or the last. Each branch stops after `limit` rows of its index."""

    def ends(columns: Any) -> tuple[Any, Any]:
        return (columns.due_at.desc(), columns.id.desc()) if backwards else (columns.due_at, columns.id)

    parts = []
    for branch in branches:
        part = select(user_task.c.due_at, user_task.c.id).where(user_task.c.state == "open", branch, *conditions)
        parts.append(select(part.order_by(*ends(user_task.c)).limit(limit).subquery()))
    merged = union_all(*parts).subquery()
    return select(select(merged.c.id).order_by(*ends(merged.c)).limit(limit).subquery().c.id)


def _count(branches: Sequence[Condition], conditions: Sequence[Condition], most: int = MOST_COUNTED) -> Select[int]:
    """How many there are, each branch counted as far as anybody wants to know."""
    parts = []
    for branch in branches:
        part: Select[Any] = (
            select(literal_column("1")).select_from(user_task).where(user_task.c.state == "open", branch, *conditions)
        )
        parts.append(select(func.count().label("n")).select_from(part.limit(most + 1).subquery()))
    return select(cast(func.coalesce(func.sum(union_all(*parts).subquery().c.n), 0), Integer))


def _conditions(person: Person, now: datetime, chosen: TaskFilter) -> list[Condition]:
    conditions: list[Condition] = [
        column == value
        for column, value in (
            (user_task.c.organisation, chosen.organisation),
            (user_task.c.stage, chosen.stage),
            (user_task.c.process_key, chosen.process_key),
            (user_task.c.agreement_key, chosen.agreement_key),
            (user_task.c.gate, chosen.gate),
            (user_task.c.role, chosen.waiting_role),
            (user_task.c.assignee, chosen.waiting_person),
        )
        if value is not None
    ]
    if chosen.late is not None:
        conditions.append(user_task.c.due_at < now if chosen.late else user_task.c.due_at >= now)
    if chosen.progress is not None:
        conditions.append(_progress(person, chosen.progress))
    return conditions


def _progress(person: Person, progress: str) -> Condition:
    has_draft = (
        select(draft.c.task_id).where(draft.c.task_id == user_task.c.id, draft.c.person_id == person.id).exists()
    )
    if progress == "draft":
        return has_draft
    return and_(
        ~has_draft, user_task.c.assignee.is_not(None) if progress == "claimed" else user_task.c.assignee.is_(None)
    )
