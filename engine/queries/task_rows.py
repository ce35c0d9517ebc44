"""User tasks as frozen rows with every code in words, and the one way to read them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, and_, func, literal, select

from engine.database.tables import draft, user_task
from engine.database.tables import person as person_table
from engine.database.workplace_tables import contribution
from engine.queries.titles import Titles

Scope = Literal["mine", "roles", "all"]
Progress = Literal["new", "draft", "claimed"]


@dataclass(frozen=True)
class TaskRow:
    """One user task. `organisation` is whom it is about, `role_organisation` where the role must be held."""

    id: str
    name: str
    element_id: str
    item: str | None
    item_title: str | None
    process_key: str
    process_title: str
    pack_key: str
    instance_id: str
    agreement_key: str | None
    business_key: str
    organisation: str | None
    organisation_name: str
    stage: str | None
    stage_title: str
    role: str
    role_title: str
    role_organisation: str
    role_organisation_name: str
    assignee_id: str | None
    assignee_name: str | None
    claimed_at: datetime | None
    gate: bool
    form_key: str | None
    created_at: datetime
    follow_up_at: datetime | None
    due_at: datetime
    ended_at: datetime | None
    state: str
    draft_saved_at: datetime | None
    escalated_to: str | None
    lent_out: int = 0  # parts of it that others have been asked to write and have not handed in

    @property
    def title(self) -> str:
        return f"{self.name}: {self.item_title}" if self.item_title else self.name

    @property
    def holder(self) -> str:
        """Who has it now: whoever took it over, else the role and where it is held."""
        if self.assignee_name:
            return self.assignee_name
        role, place = self.role_title, self.role_organisation_name
        return place if place.startswith(role) else f"{role}, {place}"

    @property
    def assignee(self) -> str | None:
        """The name that the rules of `engine.authorisation` use."""
        return self.assignee_id

    def is_late(self, now: datetime) -> bool:
        return self.state == "open" and self.due_at < now


@dataclass(frozen=True)
class TaskFilter:
    """What to show. `mine`: assigned to me, or free for one of my roles. `roles`: also what colleagues have taken over.

    `all`: whatever the person may see. `progress` tells new tasks from those with a draft and those taken over.
    `waiting_role` is the role that has to act, `waiting_person` the id of whoever has taken the task over.
    """

    scope: Scope = "mine"
    organisation: str | None = None
    stage: str | None = None
    process_key: str | None = None
    agreement_key: str | None = None
    late: bool | None = None
    gate: bool | None = None
    search: str | None = None
    progress: Progress | None = None
    waiting_role: str | None = None
    waiting_person: str | None = None


@dataclass(frozen=True)
class TaskCount:
    open: int
    late: int


_LENT_OUT = (
    select(func.count())
    .where(contribution.c.task_id == user_task.c.id, contribution.c.done_at.is_(None))
    .where(contribution.c.withdrawn_at.is_(None))
    .correlate(user_task)
    .scalar_subquery()
)


def task_columns(viewer_id: str | None) -> Select[Any]:
    """Tasks with the assignee's name and when the viewer last saved a draft; add conditions and order to it."""
    own_draft = and_(draft.c.task_id == user_task.c.id, draft.c.person_id == viewer_id)
    tables = user_task.outerjoin(person_table, person_table.c.id == user_task.c.assignee)
    if viewer_id is None:
        return select(
            user_task,
            person_table.c.name.label("assignee_name"),
            literal(None).label("saved_at"),
            literal(0).label("lent_out"),
        ).select_from(tables)
    return select(
        user_task, person_table.c.name.label("assignee_name"), draft.c.saved_at, _LENT_OUT.label("lent_out")
    ).select_from(tables.outerjoin(draft, own_draft))


def open_tasks(connection: Connection, titles: Titles, viewer_id: str | None, *conditions: Any) -> list[TaskRow]:
    """Every open task under `conditions`, soonest due first: one statement. For lists that are short by nature."""
    query = task_columns(viewer_id).where(user_task.c.state == "open", *conditions)
    return [task_row(row, titles) for row in connection.execute(query.order_by(user_task.c.due_at, user_task.c.id))]


def task_row(row: Row[Any], titles: Titles) -> TaskRow:
    return TaskRow(
        id=row.id,
        name=row.name,
        element_id=row.element_id,
        item=row.item,
        item_title=titles.item(row.pack_key, row.catalogue, row.item),
        process_key=row.process_key,
        process_title=titles.process(row.pack_key, row.process_key),
        pack_key=row.pack_key,
        instance_id=row.instance_id,
        agreement_key=row.agreement_key,
        business_key=row.business_key,
        organisation=row.organisation,
        organisation_name=titles.organisation(row.organisation),
        stage=row.stage,
        stage_title=titles.stage(row.pack_key, row.stage),
        role=row.role,
        role_title=titles.role(row.pack_key, row.role),
        role_organisation=row.role_organisation,
        role_organisation_name=titles.organisation(row.role_organisation),
        assignee_id=row.assignee,
        assignee_name=row.assignee_name,
        claimed_at=row.claimed_at,
        gate=row.gate,
        form_key=row.form_key,
        created_at=row.created_at,
        follow_up_at=row.follow_up_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
        state=row.state,
        draft_saved_at=row.saved_at,
        escalated_to=row.escalated_to,
        lent_out=row.lent_out,
    )
