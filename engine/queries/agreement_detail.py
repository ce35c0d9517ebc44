"""Everything that an agreement's page shows."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from engine.alphabet import swedish_order
from engine.authorisation import may_see_agreement
from engine.clock import local_date
from engine.database.register_tables import agreement, agreement_status, appointment, deviation
from engine.database.tables import person as person_table
from engine.database.tables import process_instance, role_grant, submission, user_task
from engine.errors import NotFound
from engine.people import Person
from engine.queries.activities import ActivityRow, current_activities
from engine.queries.agreement_versions import Version, sections_handed_in, versions_of
from engine.queries.agreements import AgreementRow, agreement_row, with_stage
from engine.queries.decisions import RecordedDecision, list_decisions
from engine.queries.diagrams import Diagram, running_diagrams
from engine.queries.foreseen import Facts, Span, spans, status_spans
from engine.queries.history import EventRow, list_events
from engine.queries.review_rules import followed_up_until, next_review_date
from engine.queries.rows import DecisionRow, StageCell
from engine.queries.stage_rules import REVIEW_STAGE, Period, open_period, stage_cell
from engine.queries.standing import OVER, periods_of
from engine.queries.task_rows import TaskRow, open_tasks
from engine.queries.titles import Titles, load_titles

SECTIONS = "agreement_sections"
HISTORY_LIMIT = 60


@dataclass(frozen=True)
class SectionText:
    """One section of the agreement; no text until somebody has handed one in."""

    key: str
    title: str
    text: str | None
    submitted_at: datetime | None
    person_name: str | None
    number: str = ""


@dataclass(frozen=True)
class AppointmentRow:
    """Who leads, steers and does the work, as last recorded."""

    process_leader: str | None
    steering_group: str | None
    steering_group_kind: str | None
    working_group: list[dict[str, Any]]
    recorded_at: datetime


@dataclass(frozen=True)
class FollowUp:
    """When the next yearly review is, and until when the agreement counts as followed up; none while not in force."""

    next_review: date | None
    counts_until: date | None


@dataclass(frozen=True)
class AgreementDetail:
    agreement: AgreementRow
    stages: list[StageCell]
    open_tasks: list[TaskRow]
    recorded: list[RecordedDecision]
    activities: list[ActivityRow]
    sections: list[SectionText]
    history: list[EventRow]
    appointment: AppointmentRow | None
    holders: list[tuple[str, list[str]]]  # role key, names of those who hold it for this agreement's organisation
    diagrams: list[Diagram] = field(repr=False)
    spans: list[Span]
    follow_up: FollowUp
    versions: list[Version]
    regional_key: str | None = None
    predecessor_key: str | None = None
    successor_key: str | None = None

    @property
    def decisions(self) -> list[DecisionRow]:
        return [one.decision for one in self.recorded]


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
    periods = periods_of(connection, row.key)
    stages = _stages(titles, row, periods, tasks, now)
    return AgreementDetail(
        agreement=agreement_row(row, titles),
        stages=stages,
        open_tasks=tasks,
        recorded=_decisions(connection, person, row),
        activities=current_activities(connection, key),
        sections=_sections(connection, titles, row),
        history=list_events(connection, agreement_key=key, within=own_instances(key), limit=HISTORY_LIMIT).items,
        appointment=_appointment(connection, key),
        holders=_holders(connection, titles, row),
        diagrams=running_diagrams(connection, titles, row.instance_id, tasks),
        spans=_spans(connection, titles, row, stages, periods, now),
        follow_up=_follow_up(connection, titles, row, periods),
        versions=versions_of(connection, titles, row, sections_handed_in(connection, key)),
        regional_key=row.regional_key,
        predecessor_key=row.predecessor_key,
        successor_key=connection.execute(select(agreement.c.key).where(agreement.c.predecessor_key == key)).scalar(),
    )


def own_instances(key: str) -> Select[tuple[str]]:
    """Ids of the process instances of the agreement, without its deviations, which are not for everybody to see."""
    return select(process_instance.c.id).where(
        process_instance.c.agreement_key == key, process_instance.c.root_id.not_in(select(deviation.c.instance_id))
    )


def _decisions(connection: Connection, person: Person, row: Row[Any]) -> list[RecordedDecision]:
    """Those about the agreement itself; what is decided about a deviation stands on the deviation's page."""
    found = list_decisions(connection, person, agreement_key=row.key)
    return [one for one in found if one.deviation_key is None]


def _stages(
    titles: Titles, row: Row[Any], periods: list[Period], tasks: list[TaskRow], now: datetime
) -> list[StageCell]:
    pack = titles.packs.get(row.pack_key)
    return [stage_cell(stage.key, periods, tasks, now) for stage in pack.stages] if pack else []


def _spans(
    connection: Connection,
    titles: Titles,
    row: Row[Any],
    stages: list[StageCell],
    periods: list[Period],
    now: datetime,
) -> list[Span]:
    pack = titles.packs.get(row.pack_key)
    if pack is None:
        return []
    over = row.status in OVER
    if row.kind != "local":
        return status_spans(_status_changes(connection, row.key), pack, local_date(now), is_over=over)
    return spans(Facts(pack, stages, periods, row.in_force_on, row.valid_to, over, local_date(now)))


def _status_changes(connection: Connection, key: str) -> list[tuple[str, datetime]]:
    query = select(agreement_status.c.status, agreement_status.c.since).where(agreement_status.c.agreement_key == key)
    return [(row.status, row.since) for row in connection.execute(query.order_by(agreement_status.c.since))]


def _follow_up(connection: Connection, titles: Titles, row: Row[Any], periods: list[Period]) -> FollowUp:
    """A review of the predecessor counts too: what is followed up is the collaboration, not the document."""
    pack = titles.packs.get(row.pack_key)
    if pack is None or row.in_force_on is None or row.kind != "local" or row.status in OVER:
        return FollowUp(None, None)
    earlier = periods_of(connection, row.predecessor_key) if row.predecessor_key else []
    own, all_reviews = _reviewed_on(periods), _reviewed_on([*earlier, *periods])
    interval, limit = (str(pack.parameters.get(name) or "") for name in ("review_interval", "follow_up_limit"))
    running = open_period([period for period in periods if period.stage == REVIEW_STAGE])
    planned = None
    if interval and row.status != "under_revision":  # while its revision goes on, no yearly review is planned
        planned = next_review_date(
            row.in_force_on,
            interval,
            last_ended=max(own, default=None),
            running_since=local_date(running.started_at) if running else None,
            valid_to=row.valid_to,
        )
    until = followed_up_until(row.in_force_on, limit, max(all_reviews, default=None)) if limit else None
    return FollowUp(planned, until)


def _reviewed_on(periods: list[Period]) -> list[date]:
    reviews = [period for period in periods if period.stage == REVIEW_STAGE and period.outcome == "done"]
    return [local_date(period.ended_at) for period in reviews if period.ended_at]


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
    )
    holders: dict[str, list[str]] = {}
    for held in connection.execute(query):
        holders.setdefault(held.role, []).append(held.name)
    pack = titles.packs.get(row.pack_key)
    return (
        [(role.key, sorted(holders[role.key], key=swedish_order)) for role in pack.roles if role.key in holders]
        if pack
        else []
    )
