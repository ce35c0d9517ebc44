"""Open tasks of the whole county for those who follow it up: what is late, by how much, and with whom it lies."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Connection, func, literal, or_, select

from engine.authorisation import sees_everything
from engine.database.register_tables import stage_period
from engine.database.tables import person as person_table
from engine.database.tables import role_grant, user_task
from engine.people import Person
from engine.queries.stage_rules import days_late
from engine.queries.swedish import swedish_order
from engine.queries.task_rows import TaskRow, task_columns, task_row
from engine.queries.titles import Titles

Extent = Literal["late", "soon", "all"]
SOON = timedelta(days=28)


@dataclass(frozen=True)
class OpenWork:
    """An open task, how many days late it is (0 when it is not), and when somebody last was reminded of it.

    `stage_due` is when the whole stage that it belongs to should have been done, when that has passed.
    """

    task: TaskRow
    days_late: int
    reminded_at: datetime | None
    stage_due: datetime | None = None


@dataclass(frozen=True)
class WorkFilter:
    """What to show. `late`: it or its whole stage has passed its date; `soon`: that, or it is due within four weeks."""

    extent: Extent = "late"
    organisation: str | None = None
    stage: str | None = None
    role: str | None = None


def open_work(
    connection: Connection, titles: Titles, person: Person, pack_key: str, now: datetime, chosen: WorkFilter
) -> list[OpenWork]:
    """The open tasks chosen, soonest due first: one statement.

    Agreements are public, so everybody sees their tasks; those of deviations only whoever follows up the county.
    """
    task = user_task.c
    conditions: list[ColumnElement[bool]] = [task.pack_key == pack_key, task.state == "open"]
    stage_due = (
        select(func.min(stage_period.c.expected_by))
        .where(
            stage_period.c.agreement_key == task.agreement_key,
            stage_period.c.stage == task.stage,
            stage_period.c.ended_at.is_(None),
            stage_period.c.expected_by < now,
        )
        .scalar_subquery()
    )
    if chosen.extent != "all":
        until = now + SOON if chosen.extent == "soon" else now
        conditions.append(or_(task.due_at < until, stage_due.is_not(None)))
    for column, value in (
        (task.organisation, chosen.organisation),
        (task.stage, chosen.stage),
        (task.role, chosen.role),
    ):
        if value is not None:
            conditions.append(column == value)
    if not sees_everything(person):
        own = task.business_key == task.agreement_key
        conditions.append(or_(own, task.business_key.startswith(task.agreement_key + literal("/"))))
    query = task_columns(None).add_columns(stage_due.label("stage_due")).where(*conditions)
    return [
        OpenWork(task_row(row, titles), days_late(row.due_at, now), row.reminded_at, row.stage_due)
        for row in connection.execute(query.order_by(task.due_at, task.id))
    ]


def role_holders(connection: Connection) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Who holds each role where, as (id, name) in Swedish order: those whom a task can be handed to. One statement."""
    query = (
        select(role_grant.c.role, role_grant.c.organisation, person_table.c.id, person_table.c.name)
        .join(person_table, person_table.c.id == role_grant.c.person_id)
        .where(role_grant.c.revoked_at.is_(None), person_table.c.active)
    )
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in sorted(connection.execute(query), key=lambda row: (swedish_order(row.name), row.id)):
        found[row.role, row.organisation].append((row.id, row.name))
    return found
