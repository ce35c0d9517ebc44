"""What was known at a moment, read in one statement per table. Nothing here depends on how many rows there are.

Every row has its times; what began later is left out and what ended later counts as not ended, so the same code
gives the picture of today and of any day before.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from engine.database.register_tables import agreement, agreement_status, appointment, decision, deviation, stage_period
from engine.database.tables import person, user_task
from engine.queries.rows import DecisionRow
from engine.queries.stage_rules import Period, Verdict
from engine.queries.task_rows import TaskRow, task_columns, task_row
from engine.queries.titles import Titles

# Statuses of an agreement that is being followed up: it binds its parties.
BINDING = frozenset({"in_force", "under_revision", "extended", "prolonged"})

# Outcomes of a gate that send the work back.
_SENT_BACK = frozenset({"returned", "declined"})


@dataclass(frozen=True)
class Agreement:
    """One agreement as it stood: `status` and `valid_to` are the latest of their time."""

    key: str
    kind: str
    organisation: str | None
    predecessor_key: str | None
    title: str
    instance_id: str
    status: str
    in_force_on: date | None
    valid_to: date | None
    started_at: datetime
    ended_at: datetime | None

    @property
    def is_binding(self) -> bool:
        return self.status in BINDING


@dataclass(frozen=True)
class Facts:
    """Everything the picture is made from; the lists by agreement key are in order of time."""

    as_of: datetime
    titles: Titles
    agreements: list[Agreement]
    periods: dict[str, list[Period]]
    tasks: list[TaskRow]
    decisions: dict[str, list[DecisionRow]]
    appointments: dict[str, tuple[str | None, str | None]]
    open_deviations: Counter[str]


def load_facts(connection: Connection, titles: Titles, pack_key: str, as_of: datetime) -> Facts:
    """The facts of one pack at `as_of`, in eight statements."""
    return Facts(
        as_of=as_of,
        titles=titles,
        agreements=_agreements(connection, pack_key, as_of),
        periods=_periods(connection, pack_key, as_of),
        tasks=open_tasks(connection, titles, pack_key, as_of),
        decisions=_decisions(connection, titles, pack_key, as_of),
        appointments=_appointments(connection, pack_key, as_of),
        open_deviations=_open_deviations(connection, pack_key, as_of),
    )


def _agreements(connection: Connection, pack_key: str, as_of: datetime) -> list[Agreement]:
    of_pack = agreement_status.join(agreement, agreement.c.key == agreement_status.c.agreement_key)
    query = select(agreement_status).select_from(of_pack).where(agreement.c.pack_key == pack_key)
    history: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query.order_by(agreement_status.c.since, agreement_status.c.id)):
        history[row.agreement_key].append(row)
    begun = select(agreement).where(agreement.c.pack_key == pack_key, agreement.c.started_at <= as_of)
    rows = connection.execute(begun.order_by(agreement.c.started_at, agreement.c.key))
    return [_agreement(row, history[row.key], as_of) for row in rows]


def _agreement(row: Row[Any], history: Iterable[Row[Any]], as_of: datetime) -> Agreement:
    changes = list(history)
    known = [change for change in changes if change.since <= as_of]
    dated = [change.valid_to for change in known if change.valid_to is not None]
    # Without any dated change the agreement's own date has never moved, so it holds for the past too.
    never_moved = not any(change.valid_to for change in changes)
    entered = any(change.status in BINDING for change in known)
    return Agreement(
        key=row.key,
        kind=row.kind,
        organisation=row.organisation,
        predecessor_key=row.predecessor_key,
        title=row.title,
        instance_id=row.instance_id,
        status=known[-1].status if known else "preparing",
        in_force_on=row.in_force_on if entered else None,
        valid_to=dated[-1] if dated else row.valid_to if never_moved else None,
        started_at=row.started_at,
        ended_at=row.ended_at if row.ended_at is not None and row.ended_at <= as_of else None,
    )


def _periods(connection: Connection, pack_key: str, as_of: datetime) -> dict[str, list[Period]]:
    query = (
        select(stage_period)
        .join(agreement, agreement.c.key == stage_period.c.agreement_key)
        .where(agreement.c.pack_key == pack_key, stage_period.c.started_at <= as_of)
        .order_by(stage_period.c.started_at, stage_period.c.round)
    )
    verdicts = _verdicts(connection, pack_key)
    found: dict[str, list[Period]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.agreement_key].append(
            Period(
                stage=row.stage,
                started_at=row.started_at,
                round=row.round,
                label=row.label,
                expected_by=row.expected_by,
                ended_at=row.ended_at,
                outcome=row.outcome,
                returned_at=row.returned_at,
                verdicts=tuple(verdicts[row.id]),
            )
        )
    return found


def _verdicts(connection: Connection, pack_key: str) -> dict[str, list[Verdict]]:
    """What gates inside a stage have said, by the process instance that is the stage."""
    query = (
        select(decision.c.instance_id, decision.c.recorded_at, decision.c.outcome)
        .join(stage_period, stage_period.c.id == decision.c.instance_id)
        .join(agreement, agreement.c.key == stage_period.c.agreement_key)
        .where(agreement.c.pack_key == pack_key, decision.c.kind == "gate")
        .order_by(decision.c.recorded_at, decision.c.id)
    )
    found: dict[str, list[Verdict]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.instance_id].append(Verdict(row.recorded_at, row.outcome in _SENT_BACK))
    return found


def open_tasks(connection: Connection, titles: Titles, pack_key: str, as_of: datetime) -> list[TaskRow]:
    """The tasks that were open at `as_of`, soonest due first."""
    was_open = or_(user_task.c.state == "open", user_task.c.ended_at > as_of)
    query = task_columns(None).where(user_task.c.pack_key == pack_key, user_task.c.created_at <= as_of, was_open)
    rows = connection.execute(query.order_by(user_task.c.due_at, user_task.c.id))
    return [_as_it_was(task_row(row, titles), as_of) for row in rows]


def _as_it_was(task: TaskRow, as_of: datetime) -> TaskRow:
    """The task as open. Drafts and escalations keep no history: a picture of the past does not claim to know them."""
    task = replace(task, state="open", ended_at=None, draft_saved_at=None, escalated_to=None)
    if task.claimed_at is not None and task.claimed_at > as_of:
        task = replace(task, assignee_id=None, assignee_name=None, claimed_at=None)
    return task


def _decisions(connection: Connection, titles: Titles, pack_key: str, as_of: datetime) -> dict[str, list[DecisionRow]]:
    query = (
        select(decision, person.c.name.label("person_name"))
        .join(agreement, agreement.c.key == decision.c.agreement_key)
        .outerjoin(person, person.c.id == decision.c.person_id)
        .where(agreement.c.pack_key == pack_key, decision.c.recorded_at <= as_of)
        .order_by(decision.c.recorded_at, decision.c.id)
    )
    found: dict[str, list[DecisionRow]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.agreement_key].append(
            DecisionRow(
                kind=row.kind,
                party=row.party,
                party_name=titles.organisation(row.party) or None,
                outcome=row.outcome,
                decided_on=row.decided_on,
                body=row.body,
                case_number=row.case_number,
                protocol=row.protocol,
                reason=row.reason,
                comments=row.comments,
                stage=row.stage,
                person_name=row.person_name,
                recorded_at=row.recorded_at,
                return_to=row.return_to,
            )
        )
    return found


def _appointments(connection: Connection, pack_key: str, as_of: datetime) -> dict[str, tuple[str | None, str | None]]:
    """The latest process leader and steering group by agreement."""
    query = (
        select(appointment.c.agreement_key, appointment.c.process_leader, appointment.c.steering_group)
        .join(agreement, agreement.c.key == appointment.c.agreement_key)
        .where(agreement.c.pack_key == pack_key, appointment.c.recorded_at <= as_of)
        .order_by(appointment.c.recorded_at, appointment.c.id)
    )
    return {row.agreement_key: (row.process_leader, row.steering_group) for row in connection.execute(query)}


def _open_deviations(connection: Connection, pack_key: str, as_of: datetime) -> Counter[str]:
    """Open deviations by organisation; one that another organisation handles counts for both."""
    query = select(deviation.c.organisation, deviation.c.receiving_organisation).where(
        deviation.c.pack_key == pack_key,
        deviation.c.reported_at <= as_of,
        or_(deviation.c.closed_at.is_(None), deviation.c.closed_at > as_of),
    )
    return Counter(code for row in connection.execute(query) for code in set(row) if code is not None)
