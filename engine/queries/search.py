"""Finding tasks, agreements and deviations by words: each kind by itself, only what the person may see."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, literal, or_, select, tuple_

from engine.authorisation import sees_everything
from engine.database.register_tables import agreement, decision, deviation
from engine.database.tables import user_task
from engine.people import Person
from engine.queries.agreements import AgreementRow, agreement_in_stage
from engine.queries.deviations import visible_to
from engine.queries.page import read_cursor, write_cursor
from engine.queries.sought import items_called, meanings, organisations_called, tasks_that_fit
from engine.queries.swedish import swedish_order
from engine.queries.task_rows import TaskRow, task_columns, task_row
from engine.queries.tasks import concerns
from engine.queries.text_search import contains, words_of
from engine.queries.titles import Titles

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class FoundDeviation:
    """A deviation in few words. `happened` is what was reported, at length."""

    key: str
    organisation_name: str
    category_title: str | None
    happened: str
    happened_on: date | None
    reported_at: datetime
    closed_at: datetime | None


def find_tasks(
    connection: Connection, person: Person, titles: Titles, text: str, *, is_open: bool, cursor: str | None, limit: int
) -> tuple[list[TaskRow], str | None]:
    """Open tasks, soonest due first; or those that are done, the latest first. And the cursor of the next page."""
    conditions = [user_task.c.state == literal("open" if is_open else "completed", literal_execute=True)]
    found = meanings(connection, titles, text)
    if found is None:
        return [], None
    conditions += tasks_that_fit(found, is_open=is_open)
    if not sees_everything(person):
        conditions.append(concerns(person))
    key = user_task.c.due_at if is_open else user_task.c.ended_at
    if not is_open:
        conditions.append(key.is_not(None))  # as the index in their order has it
    if cursor:
        moment, task_id = read_cursor(cursor)
        here, there = tuple_(key, user_task.c.id), tuple_(literal(moment, key.type), task_id)
        conditions.append(here > there if is_open else here < there)
    order = (key, user_task.c.id) if is_open else (key.desc(), user_task.c.id.desc())
    query = task_columns(person.id).where(*conditions).order_by(*order).limit(limit + 1)
    rows = [task_row(row, titles) for row in connection.execute(query)]
    return _page(rows, limit, lambda row: ((row.due_at if is_open else row.ended_at or row.due_at), row.id))


def find_agreements(connection: Connection, titles: Titles, text: str) -> list[AgreementRow]:
    """All that fit, the regional ones first, then by organisation: there are never more than some for each."""
    conditions = [_agreement_has(word, titles) for word in words_of(text)]
    found = connection.execute(select(agreement).where(*conditions).order_by(agreement.c.started_at.desc()))
    rows = [agreement_in_stage(row, titles, None) for row in found]
    return sorted(rows, key=lambda row: (row.kind != "regional", swedish_order(row.organisation_name)))


def find_deviations(
    connection: Connection, person: Person, titles: Titles, text: str, *, cursor: str | None, limit: int
) -> tuple[list[FoundDeviation], str | None]:
    """The latest reported first, and the cursor of the next page."""
    conditions = [_deviation_has(word, titles) for word in words_of(text)]
    if not sees_everything(person):
        conditions.append(visible_to(person))
    if cursor:
        moment, key = read_cursor(cursor)
        last = tuple_(literal(moment, deviation.c.reported_at.type), key)
        conditions.append(tuple_(deviation.c.reported_at, deviation.c.key) < last)
    query = select(deviation).where(and_(*conditions))
    query = query.order_by(deviation.c.reported_at.desc(), deviation.c.key.desc()).limit(limit + 1)
    rows = [_deviation(row, titles) for row in connection.execute(query)]
    return _page(rows, limit, lambda row: (row.reported_at, row.key))


def _page(rows: list[Any], limit: int, key: Any) -> tuple[list[Any], str | None]:
    return (rows, None) if len(rows) <= limit else (rows[:limit], write_cursor(*key(rows[limit - 1])))


def _agreement_has(word: str, titles: Titles) -> Condition:
    return or_(
        contains(agreement.c.title, word),
        contains(agreement.c.key, word),
        agreement.c.organisation.in_(sorted(organisations_called(word, titles))),
        agreement.c.key.in_(select(decision.c.agreement_key).where(contains(decision.c.case_number, word))),
    )


def _deviation_has(word: str, titles: Titles) -> Condition:
    texts = (deviation.c.happened, deviation.c.place, deviation.c.key, deviation.c.external_case_number)
    organisations = sorted(organisations_called(word, titles))
    categories, clauses = (
        sorted(key for pack in titles.packs for key in items_called(word, titles, pack, catalogue))
        for catalogue in ("deviation_categories", "deviation_clauses")
    )
    return or_(
        *(contains(column, word) for column in texts),
        deviation.c.organisation.in_(organisations),
        deviation.c.receiving_organisation.in_(organisations),
        deviation.c.category.in_(categories),
        deviation.c.clause.in_(clauses),
    )


def _deviation(row: Any, titles: Titles) -> FoundDeviation:
    return FoundDeviation(
        key=row.key,
        organisation_name=titles.organisation(row.organisation),
        category_title=titles.item(row.pack_key, "deviation_categories", row.category),
        happened=row.happened,
        happened_on=row.happened_on,
        reported_at=row.reported_at,
        closed_at=row.closed_at,
    )
