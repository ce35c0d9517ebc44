"""Writes a submission's facts into the register that its form feeds (x-register): one small function per register.

A projection reads only the submission, so that every register can be made again from submissions.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update

from engine.database.prepared import Prepared
from engine.database.register_tables import (
    activity,
    appointment,
    assessment,
    decision,
    deviation,
    indicator,
)
from engine.registers import deviations
from engine.work import Work

Submission = dict[str, Any]  # a row of `submission`

_LAST_APPOINTMENT = Prepared(
    select(appointment)
    .where(appointment.c.agreement_key == bindparam("agreement_key"))
    .order_by(appointment.c.recorded_at.desc())
    .limit(1)
)
_SUPERSEDE = Prepared(
    update(activity).where(activity.c.agreement_key == bindparam("of_agreement"), activity.c.superseded_at.is_(None))
)


def project(work: Work, submitted: Submission) -> None:
    """Put the submission's facts into its register, if its form names one with a table."""
    projection = _PROJECTIONS.get(submitted["register"] or "")
    if projection is not None:
        projection(work, submitted)


def _decision(kind: str) -> Callable[[Work, Submission], None]:
    def write(work: Work, submitted: Submission) -> None:
        values = submitted["values"]
        copied = (
            "agreement_key",
            "organisation",
            "party",
            "process_key",
            "element_id",
            "instance_id",
            "stage",
            "person_id",
        )
        texts = ("return_to", "body", "case_number", "protocol", "reason", "comments")
        row = {name: submitted[name] for name in copied} | {name: _text(values.get(name)) for name in texts}
        outcome = values.get("outcome")
        if outcome is None:
            return
        row |= {
            "id": submitted["id"],
            "kind": kind,
            "outcome": outcome,
            "decided_on": _date(values.get("decided_on")),
            "recorded_at": submitted["submitted_at"],
        }
        _insert(work, decision, [row])

    return write


def _appointment(work: Work, submitted: Submission) -> None:
    """Who leads and takes part, told over several forms: what a form does not ask stays as it was."""
    values = submitted["values"]
    of_agreement = {"agreement_key": submitted["agreement_key"]}
    before: Any = _LAST_APPOINTMENT.first(work.connection, of_agreement)
    asked = ("process_leader", "steering_group", "steering_group_kind")
    row = {name: _text(values[name]) if name in values else getattr(before, name, None) for name in asked}
    row |= {
        "id": submitted["id"],
        "agreement_key": submitted["agreement_key"],
        "working_group": values.get("working_group") or getattr(before, "working_group", None) or [],
        "recorded_at": submitted["submitted_at"],
    }
    _insert(work, appointment, [row])


def _activities(work: Work, submitted: Submission) -> None:
    """A plan replaces the one before it; the old rows stay, superseded."""
    now: datetime = submitted["submitted_at"]
    _SUPERSEDE.run(work.connection, {"of_agreement": submitted["agreement_key"], "superseded_at": now})
    texts = ("activity", "when", "how", "by", "with", "follow_up", "status", "responsible")
    rows = [
        {
            "id": f"{submitted['id']}-{position}",
            "agreement_key": submitted["agreement_key"],
            "submission_id": submitted["id"],
            "position": position,
            "recorded_at": now,
            **{name: _text(row.get(name)) for name in texts},
            "activity": _text(row.get("activity")) or "",
            "target_groups": row.get("target_groups"),
            "starts_on": _date(row.get("starts_on")),
            "ends_on": _date(row.get("ends_on")),
        }
        for position, row in enumerate(submitted["values"].get("activities") or [])
    ]
    _insert(work, activity, rows)


def _assessment(work: Work, submitted: Submission) -> None:
    rows = [
        {
            "id": f"{submitted['id']}-{position}",
            "agreement_key": submitted["agreement_key"],
            "submission_id": submitted["id"],
            "stage": submitted["stage"],
            "item": row["item"],
            "level": row["level"],
            "evidence": _text(row.get("evidence")),
            "recorded_at": submitted["submitted_at"],
        }
        for position, row in enumerate(submitted["values"].get("assessment") or [])
        if row.get("level")
    ]
    _insert(work, assessment, rows)


def _numbers(kind: str, field: str) -> Callable[[Work, Submission], None]:
    """Key figures, or ISU at group level. A missing number stays missing, with its reason."""

    def write(work: Work, submitted: Submission) -> None:
        values = submitted["values"]
        rows = [
            {
                "id": f"{submitted['id']}-{position}",
                "agreement_key": submitted["agreement_key"],
                "organisation": submitted["organisation"],
                "party": submitted["party"],
                "submission_id": submitted["id"],
                "kind": kind,
                "year": values.get("year") or _year(submitted),
                "item": row["item"],
                **{name: row.get(name) for name in ("women", "men", "total")},
                "missing_reason": _text(row.get("missing_reason")),
                "no_split_reason": _text(row.get("no_split_reason")),
                "recorded_at": submitted["submitted_at"],
            }
            for position, row in enumerate(values.get(field) or [])
            if row.get("item")
        ]
        _insert(work, indicator, rows)

    return write


def _year(submitted: Submission) -> int:
    """Figures reported one year are about the year before (Öppna jämförelser)."""
    moment: datetime = submitted["submitted_at"]
    return moment.year - 1


def _insert(work: Work, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        _INSERT[table].run_each(work.connection, rows)


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _date(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


_PROJECTIONS: dict[str, Callable[[Work, Submission], None]] = {
    "decision": _decision("party"),
    "gate": _decision("gate"),
    "appointment": _appointment,
    "activities": _activities,
    "assessment": _assessment,
    "indicators": _numbers("indicator", "indicators"),
    "isu": _numbers("isu", "isu"),
    "deviation": deviations.report,
    "responsibility": deviations.note_responsibility,
    "lesson": deviations.note_lesson,
}

REGISTER_TABLES = (decision, appointment, activity, assessment, indicator, deviation)
_INSERT = {table: Prepared(insert(table)) for table in REGISTER_TABLES}
