"""Lists of open tasks, soonest due first, page by page; and how many there are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select, true, tuple_, union_all

from engine.authorisation import sees_everything
from engine.database.tables import draft, user_task
from engine.people import Person
from engine.queries.page import Page, read_cursor, write_cursor
from engine.queries.task_rows import TaskCount, TaskFilter, TaskRow, task_columns, task_row
from engine.queries.titles import Titles, load_titles

__all__ = ["TaskCount", "TaskFilter", "TaskRow", "count_tasks", "list_tasks"]

Condition = ColumnElement[bool]


def list_tasks(
    connection: Connection,
    person: Person,
    now: datetime,
    chosen: TaskFilter,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[TaskRow]:
    """One page of open tasks and where the next one begins. A constant number of statements, whatever the page."""
    titles = load_titles(connection)
    branches = _branches(person, chosen.scope)
    conditions = _conditions(person, now, chosen, titles)
    after = [_after(cursor)] if cursor else []
    ids = _first_ids(branches, [*conditions, *after], limit + 1)
    query = task_columns(person.id).where(user_task.c.id.in_(ids)).order_by(user_task.c.due_at, user_task.c.id)
    rows = [task_row(row, titles) for row in connection.execute(query)]
    total = connection.execute(_count(branches, conditions)).scalar_one()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], write_cursor(last.due_at, last.id) if last else None, total)


def count_tasks(connection: Connection, person: Person, now: datetime) -> TaskCount:
    """How many tasks are mine, and how many of those are late."""
    branches = _branches(person, "mine")
    late = _count(branches, [user_task.c.due_at < now]).scalar_subquery()
    row = connection.execute(select(_count(branches, []).scalar_subquery(), late)).one()
    return TaskCount(open=row[0], late=row[1])


def _after(cursor: str) -> Condition:
    moment, task_id = read_cursor(cursor)
    return tuple_(user_task.c.due_at, user_task.c.id) > tuple_(literal(moment, user_task.c.due_at.type), task_id)


def _branches(person: Person, scope: str) -> list[Condition]:
    """Conditions that never overlap; each can walk an index in due order on its own."""
    mine = user_task.c.assignee == person.id
    if scope == "all":
        return [true() if sees_everything(person) else concerns(person)]
    not_mine = user_task.c.assignee.is_(None) if scope == "mine" else user_task.c.assignee.is_distinct_from(person.id)
    held = [
        and_(user_task.c.role == role, user_task.c.role_organisation == organisation, not_mine)
        for role, organisation in sorted(person.grants)
    ]
    return [mine, *held]


def concerns(person: Person) -> Condition:
    """`engine.authorisation.may_see_task` as a condition."""
    codes = sorted(person.organisations)
    return or_(
        user_task.c.role_organisation.in_(codes),
        user_task.c.organisation.in_(codes),
        user_task.c.assignee == person.id,
    )


def _first_ids(branches: Sequence[Condition], conditions: Sequence[Condition], limit: int) -> Select[Any]:
    """The ids of the first tasks over all branches. Each branch stops after `limit` rows of its own index."""
    parts = []
    for branch in branches:
        part = select(user_task.c.due_at, user_task.c.id).where(user_task.c.state == "open", branch, *conditions)
        parts.append(select(part.order_by(user_task.c.due_at, user_task.c.id).limit(limit).subquery()))
    merged = union_all(*parts).subquery()
    return select(select(merged.c.id).order_by(merged.c.due_at, merged.c.id).limit(limit).subquery().c.id)


def _count(branches: Sequence[Condition], conditions: Sequence[Condition]) -> Select[int]:
    parts = [
        select(func.count().label("n")).select_from(user_task).where(user_task.c.state == "open", branch, *conditions)
        for branch in branches
    ]
    return select(func.coalesce(func.sum(union_all(*parts).subquery().c.n), 0))


def _conditions(person: Person, now: datetime, chosen: TaskFilter, titles: Titles) -> list[Condition]:
    conditions: list[Condition] = [
        column == value
        for column, value in (
            (user_task.c.organisation, chosen.organisation),
            (user_task.c.stage, chosen.stage),
            (user_task.c.process_key, chosen.process_key),
            (user_task.c.agreement_key, chosen.agreement_key),
            (user_task.c.gate, chosen.gate),
        )
        if value is not None
    ]
    if chosen.late is not None:
        conditions.append(user_task.c.due_at < now if chosen.late else user_task.c.due_at >= now)
    if chosen.progress is not None:
        conditions.append(_progress(person, chosen.progress))
    if chosen.search and chosen.search.strip():
        conditions.append(_search(chosen.search.strip(), titles))
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


def _search(text: str, titles: Titles) -> Condition:
    """In the task's name, its item's title, the organisation's name and the business key."""
    sought = text.casefold()
    codes = [code for code, name in titles.organisations.items() if sought in name.casefold()]
    items = sorted(
        {
            str(item["key"])
            for pack in titles.packs.values()
            for items in pack.catalogues.values()
            for item in items
            if sought in str(item.get("title", "")).casefold()
        }
    )
    # SQLite folds only ASCII letters, so Å, Ä and Ö are tried in the forms that a name can begin with.
    spellings = {text, text.lower(), text.capitalize()}
    named = [
        column.contains(form, autoescape=True)
        for form in sorted(spellings)
        for column in (user_task.c.name, user_task.c.business_key)
    ]
    like = [func.lower(user_task.c.name).contains(text.lower(), autoescape=True)]
    return or_(*named, *like, user_task.c.organisation.in_(codes), user_task.c.item.in_(items))
