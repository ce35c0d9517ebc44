"""Everything that an agreement's page shows."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from engine.authorisation import may_see_agreement
from engine.database.register_tables import activity, agreement, appointment, decision
from engine.database.tables import person as person_table
from engine.database.tables import process_instance, role_grant, submission, user_task
from engine.errors import NotFound
from engine.people import Person
from engine.queries.agreements import AgreementRow, agreement_row, with_stage
from engine.queries.decisions import read_decisions
from engine.queries.diagrams import Diagram, running_diagrams
from engine.queries.history import EventRow, list_events
from engine.queries.rows import DecisionRow, StageCell
from engine.queries.stage_rules import stage_cell
from engine.queries.standing import periods_of
from engine.queries.task_rows import TaskRow, open_tasks
from engine.queries.titles import Titles, load_titles

SECTIONS = "agreement_sections"
HISTORY_LIMIT = 60


@dataclass(frozen=True)
class ActivityRow:
    """One row of the plan that is current now."""

    activity: str
    when: str | None
    how: str | None
    by: str | None
    with_whom: str | None
    target_groups: list[str]
    follow_up: str | None
    status: str | None
    starts_on: date | None
    ends_on: date | None
    responsible: str | None
    recorded_at: datetime

    def days_late(self, today: date) -> int:
        """Whole days since it should have ended; 0 when it is done, stopped or not due."""
        if self.ends_on is None or self.status in {"done", "stopped"}:
            return 0
        return max(0, (today - self.ends_on).days)


@dataclass(frozen=True)
class SectionText:
    """One section of the agreement; no text until somebody has handed one in."""

    key: str
    title: str
    text: str | None
    submitted_at: datetime | None
    person_name: str | None


@dataclass(frozen=True)
class AppointmentRow:
    """Who leads, steers and does the work, as last recorded."""

    process_leader: str | None
    steering_group: str | None
    steering_group_kind: str | None
    working_group: list[dict[str, Any]]
    recorded_at: datetime


@dataclass(frozen=True)
class AgreementDetail:
    agreement: AgreementRow
    stages: list[StageCell]
    open_tasks: list[TaskRow]
    decisions: list[DecisionRow]
    activities: list[ActivityRow]
    sections: list[SectionText]
    history: list[EventRow]
    appointment: AppointmentRow | None
    holders: list[tuple[str, list[str]]]  # role key, names of those who hold it for this agreement's organisation
    diagrams: list[Diagram] = field(repr=False)
    predecessor_key: str | None = None
    successor_key: str | None = None


def get_agreement(connection: Connection, person: Person, now: datetime, key: str) -> AgreementDetail:
    """The agreement with what surrounds it, in a constant number of statements. Raises `NotFound`."""
    may_see_agreement(person).demand()
    row = connection.execute(with_stage().where(agreement.c.key == key)).first()
    if row is None:
        raise NotFound("Överenskommelsen finns inte.")
    titles = load_titles(connection)
    # A deviation belongs to the agreement that it is about, but is no step of it and not for everybody to see.
    of_its_life = select(process_instance.c.id).where(process_instance.c.root_id == row.instance_id)
    about = user_task.c.agreement_key == key
    if row.kind == "local":
        about = user_task.c.instance_id.in_(of_its_life)
    tasks = open_tasks(connection, titles, person.id, about)
    return AgreementDetail(
        agreement=agreement_row(row, titles),
        stages=_stages(connection, titles, row, tasks, now),
        open_tasks=tasks,
        decisions=read_decisions(connection, titles, decision.c.instance_id.in_(of_its_life)),
        activities=_activities(connection, key),
        sections=_sections(connection, titles, row),
        history=list_events(connection, agreement_key=key, limit=HISTORY_LIMIT).items,
        appointment=_appointment(connection, key),
        holders=_holders(connection, titles, row),
        diagrams=running_diagrams(connection, titles, row.instance_id, tasks),
        predecessor_key=row.predecessor_key,
        successor_key=connection.execute(select(agreement.c.key).where(agreement.c.predecessor_key == key)).scalar(),
    )


def _stages(
    connection: Connection, titles: Titles, row: Row[Any], tasks: list[TaskRow], now: datetime
) -> list[StageCell]:
    pack = titles.packs.get(row.pack_key)
    periods = periods_of(connection, row.key)
    return [stage_cell(stage.key, periods, tasks, now) for stage in pack.stages] if pack else []


def _activities(connection: Connection, key: str) -> list[ActivityRow]:
    current = (activity.c.agreement_key == key, activity.c.superseded_at.is_(None))
    query = select(activity).where(*current).order_by(activity.c.recorded_at, activity.c.position)
    return [
        ActivityRow(
            activity=row["activity"],
            when=row["when"],
            how=row["how"],
            by=row["by"],
            with_whom=row["with"],
            target_groups=row["target_groups"] or [],
            follow_up=row["follow_up"],
            status=row["status"],
            starts_on=row["starts_on"],
            ends_on=row["ends_on"],
            responsible=row["responsible"],
            recorded_at=row["recorded_at"],
        )
        for row in connection.execute(query).mappings()
    ]


def _sections(connection: Connection, titles: Titles, row: Row[Any]) -> list[SectionText]:
    """The pack's sections in order, each with the newest text handed in."""
    pack = titles.packs.get(row.pack_key)
    if pack is None or row.kind != "local":
        return []
    newest = _newest_submissions(connection, row.key, "section")
    return [
        SectionText(
            key=item["key"],
            title=item["title"],
            text=newest[item["key"]]["values"].get("text") if item["key"] in newest else None,
            submitted_at=newest[item["key"]]["submitted_at"] if item["key"] in newest else None,
            person_name=newest[item["key"]]["name"] if item["key"] in newest else None,
        )
        for item in pack.catalogues.get(SECTIONS, [])
    ]


def _newest_submissions(connection: Connection, key: str, register: str) -> dict[str, Any]:
    of_register = (submission.c.agreement_key == key, submission.c.register == register)
    latest = (
        select(submission.c.item, func.max(submission.c.submitted_at).label("at"))
        .where(*of_register)
        .group_by(submission.c.item)
        .subquery()
    )
    query = (
        select(submission.c.item, submission.c["values"], submission.c.submitted_at, person_table.c.name)
        .join(latest, and_(latest.c.item == submission.c.item, latest.c.at == submission.c.submitted_at))
        .outerjoin(person_table, person_table.c.id == submission.c.person_id)
        .where(*of_register)
    )
    return {row["item"]: row for row in connection.execute(query).mappings()}


def _appointment(connection: Connection, key: str) -> AppointmentRow | None:
    query = select(appointment).where(appointment.c.agreement_key == key).order_by(appointment.c.recorded_at.desc())
    row = connection.execute(query.limit(1)).first()
    if row is None:
        return None
    return AppointmentRow(
        process_leader=row.process_leader,
        steering_group=row.steering_group,
        steering_group_kind=row.steering_group_kind,
        working_group=row.working_group or [],
        recorded_at=row.recorded_at,
    )


def _holders(connection: Connection, titles: Titles, row: Row[Any]) -> list[tuple[str, list[str]]]:
    """Who holds which role where the agreement lives, by role in the pack's order."""
    query = (
        select(role_grant.c.role, person_table.c.name)
        .join(person_table, person_table.c.id == role_grant.c.person_id)
        .where(role_grant.c.organisation == row.organisation, role_grant.c.revoked_at.is_(None), person_table.c.active)
        .order_by(role_grant.c.role, person_table.c.name)
    )
    holders: dict[str, list[str]] = {}
    for held in connection.execute(query):
        holders.setdefault(held.role, []).append(held.name)
    pack = titles.packs.get(row.pack_key)
    return [(role.key, holders[role.key]) for role in pack.roles if role.key in holders] if pack else []
