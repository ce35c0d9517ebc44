"""Parts of a task's form that somebody else has been asked to write, as frozen rows."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from engine.database.tables import person as person_table
from engine.database.tables import process_instance, user_task
from engine.database.workplace_tables import contribution
from engine.people import Person
from engine.queries.titles import Titles, load_titles

_asker = person_table.alias("asker")


@dataclass(frozen=True)
class ContributionRow:
    """One request: `person_id` is to write `fields` (names of questions in the task's form) for `asked_by`.

    `name`, `item_title`, `organisation_name` and `process_title` are the task's. `saved_at` is None until something
    has been written.
    """

    id: str
    task_id: str
    name: str
    item_title: str | None
    organisation_name: str
    process_title: str
    stage_title: str
    pack_key: str
    person_id: str
    person_name: str
    asked_by: str
    asked_by_name: str
    asked_at: datetime
    note: str
    due_on: date | None
    fields: tuple[str, ...]
    saved_at: datetime | None
    done_at: datetime | None
    withdrawn_at: datetime | None
    task_state: str
    values: dict[str, Any] = field(repr=False)

    @property
    def is_open(self) -> bool:
        """Whether it still waits for whoever was asked."""
        return self.done_at is None and self.withdrawn_at is None and self.task_state == "open"

    def is_late(self, today: date) -> bool:
        """Whether it should have been done before `today`."""
        return self.is_open and self.due_on is not None and self.due_on < today


def my_contributions(connection: Connection, person: Person, titles: Titles | None = None) -> list[ContributionRow]:
    """What `person` has been asked to write and has not said is done, soonest due first, those without a day last.

    One statement when `titles` are given. Only for tasks that are still open in instances that go on.
    """
    mine = (
        contribution.c.person_id == person.id,
        contribution.c.done_at.is_(None),
        contribution.c.withdrawn_at.is_(None),
        user_task.c.state == "open",
        process_instance.c.status == "active",
    )
    return sorted(_read(connection, titles, *mine), key=lambda row: (row.due_on or date.max, row.asked_at))


def contributions_of(connection: Connection, task_id: str, titles: Titles | None = None) -> list[ContributionRow]:
    """All that has been asked for a task and not taken back, in the order in which it was asked."""
    of_task = (contribution.c.task_id == task_id, contribution.c.withdrawn_at.is_(None))
    return sorted(_read(connection, titles, *of_task), key=lambda row: row.asked_at)


def find_contribution(connection: Connection, contribution_id: str) -> ContributionRow | None:
    """One request, whatever its state."""
    return next(iter(_read(connection, None, contribution.c.id == contribution_id)), None)


def _read(connection: Connection, titles: Titles | None, *conditions: ColumnElement[bool]) -> list[ContributionRow]:
    tables = (
        contribution.join(user_task, user_task.c.id == contribution.c.task_id)
        .join(process_instance, process_instance.c.id == user_task.c.instance_id)
        .join(person_table, person_table.c.id == contribution.c.person_id)
        .join(_asker, _asker.c.id == contribution.c.asked_by)
    )
    task = (
        user_task.c.name,
        user_task.c.item,
        user_task.c.catalogue,
        user_task.c.organisation,
        user_task.c.process_key,
        user_task.c.pack_key,
        user_task.c.stage,
        user_task.c.state,
    )
    query = select(
        contribution, *task, person_table.c.name.label("person_name"), _asker.c.name.label("asked_by_name")
    ).select_from(tables)
    rows = connection.execute(query.where(*conditions)).all()
    known = titles or (load_titles(connection) if rows else None)
    return [_row(row, known) for row in rows if known is not None]


def _row(row: Row[Any], titles: Titles) -> ContributionRow:
    return ContributionRow(
        id=row.id,
        task_id=row.task_id,
        name=row.name,
        item_title=titles.item(row.pack_key, row.catalogue, row.item),
        organisation_name=titles.organisation(row.organisation),
        process_title=titles.process(row.pack_key, row.process_key),
        stage_title=titles.stage(row.pack_key, row.stage),
        pack_key=row.pack_key,
        person_id=row.person_id,
        person_name=row.person_name,
        asked_by=row.asked_by,
        asked_by_name=row.asked_by_name,
        asked_at=row.asked_at,
        note=row.note or "",
        due_on=row.due_on,
        fields=tuple(row._mapping["fields"]),
        saved_at=row.saved_at,
        done_at=row.done_at,
        withdrawn_at=row.withdrawn_at,
        task_state=row.state,
        values=dict(row._mapping["values"] or {}),
    )
