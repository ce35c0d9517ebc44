"""The frozen rows that the county picture consists of. What they mean is said here; how they are found, in `status`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date, datetime

    from engine.packs import Pack, Stage
    from engine.queries.agreements import AgreementRow
    from engine.queries.task_rows import TaskRow

CellStatus = Literal["none", "going", "wait", "late", "done", "back"]


@dataclass(frozen=True)
class StageCell:
    """Where one agreement stands in one stage at one moment.

    `since` is when that status began: the stage's start, the day it was sent back, or the day its decision was asked
    for. `days_late` counts whole days in Stockholm from the earliest due date that has passed. A cell with status
    none and a round has been begun, sent the work back, and is to be done again.
    """

    stage: str
    status: CellStatus
    since: datetime | None = None
    until: datetime | None = None
    days_late: int = 0
    age_days: int = 0
    round: int = 0
    label: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the stage is being worked on."""
        return self.since is not None and self.until is None


@dataclass(frozen=True)
class DecisionRow:
    """One recorded decision: a party's own (`kind` party), or a gate's (the steering group and other bodies)."""

    kind: str
    party: str | None
    party_name: str | None
    outcome: str
    decided_on: date | None
    body: str | None
    case_number: str | None
    protocol: str | None
    reason: str | None
    comments: str | None
    stage: str | None
    person_name: str | None
    recorded_at: datetime
    return_to: str | None


@dataclass(frozen=True)
class StatusRow:
    """One municipality at one moment, whether or not it has an agreement yet.

    The stages are those of its newest agreement; what is in force, followed up and next reviewed is said of the one
    that is in force, which is its predecessor as long as the newest is being prepared.
    """

    organisation: str
    organisation_name: str
    agreement_key: str | None
    agreement_status: str | None
    valid_to: date | None
    cells: dict[str, StageCell]
    status: CellStatus  # of the stage that most needs attention; late also when a task outside the stages is
    current_stage: str | None
    stage_since: datetime | None
    days_late: int
    reason: str | None  # Swedish, for people; `due_task` holds what it is made from
    waiting_for: str | None
    due_task: TaskRow | None  # the open task that is due first where the agreement stands
    process_leader: str | None
    steering_group: str | None
    municipality_decision: DecisionRow | None
    region_decision: DecisionRow | None
    phase: str | None
    last_review: date | None
    next_review: date | None
    followed_up: bool | None  # none while no agreement is in force
    followed_up_until: date | None
    open_deviations: int
    in_force_on: date | None


@dataclass(frozen=True)
class StatusPicture:
    """Every municipality, the regional agreement and all open tasks at one moment, now or in the past."""

    as_of: datetime
    pack: Pack
    stages: tuple[Stage, ...]
    rows: list[StatusRow]
    regional: AgreementRow | None
    regional_stage_text: str | None
    open_tasks: list[TaskRow]
