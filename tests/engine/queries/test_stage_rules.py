"""Where an agreement stands in a stage: every rule of the cell, and what was known when."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from engine.queries.stage_rules import Period, Verdict, days_late, known_at, stage_cell
from tests.county import at

ASKED, NOW, LATER = at("2026-11-01"), at("2026-11-24"), at("2027-01-01")


@dataclass(frozen=True)
class Task:
    """The little that the rules need to know of an open task."""

    due_at: datetime = LATER
    created_at: datetime = ASKED
    stage: str | None = "decision"
    role: str = "process_leader"
    gate: bool = False


GATE = Task(role="steering_group", gate=True)
PARTY = Task(role="municipality_decision")
OVERDUE = Task(due_at=at("2026-11-20"))
RUNNING = Period("decision", at("2026-06-01"))
RETURNED = Period("decision", at("2026-06-01"), returned_at=at("2026-11-10"))
DONE = Period("decision", at("2026-06-01"), ended_at=at("2026-08-01"), outcome="done")
SENT_BACK = Period("decision", at("2026-06-01"), ended_at=at("2026-08-01"), outcome="returned")
CANCELLED = Period("decision", at("2026-09-01"), ended_at=at("2026-09-02"), outcome="cancelled")


@pytest.mark.parametrize(
    ("periods", "tasks", "status", "late"),
    [
        pytest.param([], [], "none", 0, id="nothing begun"),
        pytest.param([], [OVERDUE], "none", 0, id="a task alone begins no stage"),
        pytest.param([RUNNING], [], "going", 0, id="begun"),
        pytest.param([RUNNING], [Task()], "going", 0, id="a task that is not a decision"),
        pytest.param([RUNNING], [GATE], "wait", 0, id="the steering group's decision is waited for"),
        pytest.param([RUNNING], [PARTY], "wait", 0, id="a party's own decision is waited for"),
        pytest.param([RUNNING], [OVERDUE, GATE], "late", 4, id="late goes before wait"),
        pytest.param(
            [RUNNING], [OVERDUE, Task(due_at=at("2026-11-10"))], "late", 14, id="the earliest due date counts"
        ),
        pytest.param([RUNNING], [Task(due_at=at("2026-11-10"), stage="iris_1")], "going", 0, id="another stage's task"),
        pytest.param([RUNNING], [Task(due_at=at("2026-11-24T09:00"))], "late", 0, id="overdue since this morning"),
        pytest.param(
            [Period("decision", at("2026-06-01"), expected_by=at("2026-11-23"))], [], "late", 1, id="should have ended"
        ),
        pytest.param([RETURNED], [], "back", 0, id="sent back"),
        pytest.param([RETURNED], [GATE], "wait", 0, id="wait goes before back"),
        pytest.param([DONE], [], "done", 0, id="done"),
        pytest.param([SENT_BACK], [], "none", 0, id="ended by sending the work back: to be done again"),
        pytest.param([DONE, CANCELLED], [], "done", 0, id="a cancelled round undoes nothing"),
        pytest.param([CANCELLED], [], "none", 0, id="cancelled only"),
        pytest.param(
            [SENT_BACK, Period("decision", at("2026-10-01"), 2)], [], "back", 0, id="a new round after a return"
        ),
    ],
)
def test_status_of_a_cell(periods: list[Period], tasks: list[Task], status: str, late: int) -> None:
    cell = stage_cell("decision", periods, tasks, NOW)
    assert (cell.status, cell.days_late) == (status, late)


def test_age_counts_from_when_the_status_began() -> None:
    assert stage_cell("decision", [RUNNING], [], NOW).age_days == 176
    assert stage_cell("decision", [RUNNING], [GATE], NOW).age_days == 23
    assert stage_cell("decision", [RETURNED], [], NOW).age_days == 14


def test_done_shows_the_latest_round() -> None:
    years = [
        Period("annual_review", at(f"{year}-01-10"), number, str(year), ended_at=at(f"{year}-03-01"), outcome="done")
        for number, year in enumerate((2025, 2026), start=1)
    ]
    cell = stage_cell("annual_review", years, [], NOW)
    assert (cell.status, cell.label, cell.round, cell.until) == ("done", "2026", 2, at("2026-03-01"))


def test_what_came_later_is_not_known() -> None:
    assert known_at([DONE], at("2026-05-31")) == []
    assert known_at([DONE], at("2026-07-01")) == [Period("decision", at("2026-06-01"))]
    assert known_at([RETURNED], at("2026-11-01")) == [RUNNING]


def test_a_return_is_remembered_after_the_row_has_forgotten_it() -> None:
    verdicts = (Verdict(at("2026-07-01"), True), Verdict(at("2026-09-01"), False))
    period = Period("decision", at("2026-06-01"), verdicts=verdicts)
    statuses = [
        stage_cell("decision", [period], [], at(day)).status for day in ("2026-06-15", "2026-08-01", "2026-10-01")
    ]
    assert statuses == ["going", "back", "going"]


def test_a_round_that_began_because_of_a_return_is_back_until_a_gate_lets_it_pass() -> None:
    sent_back = Period("anchoring", at("2026-03-01"), ended_at=at("2026-04-01"), outcome="returned")
    again = Period("drafting", at("2026-04-01"), 2, verdicts=(Verdict(at("2026-06-01"), False),))
    review = Period("annual_review", at("2026-01-01"), 1, "2026", ended_at=at("2026-04-01"), outcome="done")
    periods = [sent_back, again, review]
    assert stage_cell("drafting", periods, [], at("2026-05-01")).status == "back"
    assert stage_cell("drafting", periods, [], at("2026-07-01")).status == "going"


@pytest.mark.parametrize(
    ("due", "now", "days"),
    [
        ("2026-11-23T22:59", "2026-11-23T23:01", 1),  # 23:59 and 00:01 in Stockholm
        ("2026-11-24T08:00", "2026-11-24T20:00", 0),
        ("2026-03-28T22:59", "2026-03-30T22:01", 3),  # over the change to summer time
        ("2026-11-25", "2026-11-24", 0),
    ],
)
def test_days_late_are_whole_days_in_stockholm(due: str, now: str, days: int) -> None:
    assert days_late(at(due), at(now)) == days
