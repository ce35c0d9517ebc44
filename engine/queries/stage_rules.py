"""The rules that say where an agreement stands in a stage. Pure: periods and open tasks in, a cell out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, Protocol

from engine.clock import local_date
from engine.queries.rows import CellStatus, StageCell

# What most needs attention comes first.
PRECEDENCE: tuple[CellStatus, ...] = ("late", "wait", "back", "going", "done", "none")

PARTY_DECISION_ROLES = frozenset({"municipality_decision", "region_decision"})


# A running review says nothing of whether the work beside it was sent back.
REVIEW_STAGE = "annual_review"


class Verdict(NamedTuple):
    """What a gate inside a stage said, and when."""

    at: datetime
    returned: bool


@dataclass(frozen=True)
class Period:
    """One round of one stage, as its row says today, with the verdicts of its own gates in order of time."""

    stage: str
    started_at: datetime
    round: int = 1
    label: str | None = None
    expected_by: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    returned_at: datetime | None = None
    verdicts: tuple[Verdict, ...] = ()


class OpenTask(Protocol):
    """What the rules need to know of an open task."""

    @property
    def stage(self) -> str | None: ...
    @property
    def role(self) -> str: ...
    @property
    def gate(self) -> bool: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime: ...


def known_at(periods: Iterable[Period], as_of: datetime) -> list[Period]:
    """The periods as they were known at `as_of`, in order of time: none that had not begun, no end still to come.

    The row keeps only the last time that a stage was sent back; earlier ones are told by the gates' own decisions
    and by how the stage before ended.
    """
    begun = sorted((period for period in periods if period.started_at <= as_of), key=lambda p: (p.started_at, p.round))
    known = [_without_future(period, as_of) for period in begun]
    return [replace(period, returned_at=_returned_at(period, known)) for period in known]


def _without_future(period: Period, as_of: datetime) -> Period:
    period = replace(period, verdicts=tuple(verdict for verdict in period.verdicts if verdict.at <= as_of))
    if period.ended_at is not None and period.ended_at > as_of:
        period = replace(period, ended_at=None, outcome=None)
    if period.returned_at is not None and period.returned_at > as_of:
        period = replace(period, returned_at=None)
    return period


def _returned_at(period: Period, periods: list[Period]) -> datetime | None:
    if period.verdicts:
        last = period.verdicts[-1]
        return last.at if last.returned else None
    if period.returned_at is None and period.label is None and _began_as_returned(period, periods):
        return period.started_at
    return period.returned_at


def _began_as_returned(period: Period, periods: list[Period]) -> bool:
    before = [
        (earlier.ended_at, earlier.outcome)
        for earlier in periods
        if earlier.stage != REVIEW_STAGE and earlier.ended_at is not None and earlier.ended_at <= period.started_at
    ]
    return bool(before) and max(before, key=lambda ended: ended[0])[1] == "returned"


def days_late(due_at: datetime, as_of: datetime) -> int:
    """Whole days in Stockholm from the due date to `as_of`; 0 on the day itself."""
    return max(0, (local_date(as_of) - local_date(due_at)).days)


def is_decision(task: OpenTask) -> bool:
    """Whether the task is a decision that others wait for: a gate, or a party's own decision."""
    return task.gate or task.role in PARTY_DECISION_ROLES


def stage_cell(stage: str, periods: Iterable[Period], tasks: Iterable[OpenTask], as_of: datetime) -> StageCell:
    """The cell of one agreement and one stage, from all its periods and its tasks that were open at `as_of`."""
    known = [period for period in known_at(periods, as_of) if period.stage == stage]
    running = open_period(known)
    if running is not None:
        return _open_cell(running, [task for task in tasks if task.stage == stage], as_of)
    return _ended_cell(stage, known)


def open_period(periods: Sequence[Period]) -> Period | None:
    """The last begun of the periods that have not ended."""
    return next((period for period in reversed(periods) if period.ended_at is None), None)


def _open_cell(period: Period, tasks: list[OpenTask], as_of: datetime) -> StageCell:
    overdue = [moment for moment in _due_moments(period, tasks) if moment < as_of]
    asked = [task.created_at for task in tasks if is_decision(task)]
    status: CellStatus = "going"
    since = period.started_at
    if overdue:
        status = "late"
    elif asked:
        status, since = "wait", min(asked)
    elif period.returned_at is not None:
        status, since = "back", period.returned_at
    return StageCell(
        stage=period.stage,
        status=status,
        since=since,
        days_late=days_late(min(overdue), as_of) if overdue else 0,
        age_days=(local_date(as_of) - local_date(since)).days,
        round=period.round,
        label=period.label,
    )


def _due_moments(period: Period, tasks: list[OpenTask]) -> list[datetime]:
    expected = [period.expected_by] if period.expected_by is not None else []
    return expected + [task.due_at for task in tasks]


def _ended_cell(stage: str, periods: list[Period]) -> StageCell:
    """The last round that came to something counts: a cancelled one neither finishes nor undoes a stage.

    A stage that ended by sending the work back is to be done again; where the work went, that stage shows the return.
    """
    last = next((period for period in reversed(periods) if period.outcome in {"done", "returned"}), None)
    if last is None:
        return StageCell(stage=stage, status="none")
    return StageCell(
        stage=stage,
        status="done" if last.outcome == "done" else "none",
        since=last.started_at,
        until=last.ended_at,
        round=last.round,
        label=last.label,
    )
