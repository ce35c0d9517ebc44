"""Makes one municipality's row of the county picture from what was known of its agreements."""

from datetime import datetime

from engine.packs import Pack
from engine.queries.rows import CellStatus, DecisionRow, StageCell, StatusRow
from engine.queries.stage_rules import PRECEDENCE, Period, days_late, known_at, open_period, stage_cell
from engine.queries.status_facts import Agreement, Facts
from engine.queries.status_review import review_of
from engine.queries.swedish import swedish_date
from engine.queries.task_rows import TaskRow

# Stages whose keys begin so are the phases of implementation support, in every pack that has them.
PHASE_PREFIX = "iris_"


def status_row(
    facts: Facts, pack: Pack, code: str, agreements: list[Agreement], tasks_by_agreement: dict[str, list[TaskRow]]
) -> StatusRow:
    """The row of the municipality `code`; `agreements` are all its own, oldest first."""
    newest = agreements[-1] if agreements else None
    key = newest.key if newest else ""
    periods = known_at(facts.periods.get(key, []), facts.as_of)
    tasks = [task for task in tasks_by_agreement.get(key, []) if _is_of_its_life(task, key)]
    cells = {stage.key: stage_cell(stage.key, periods, tasks, facts.as_of) for stage in pack.stages}
    current = current_stage(cells)
    due = _due_task(tasks, current)
    outside = max((days_late(task.due_at, facts.as_of) for task in _overdue_outside(tasks, cells, facts)), default=None)
    late = max([cell.days_late for cell in cells.values()] + [outside or 0])
    status: CellStatus = "late" if outside is not None else cells[current].status if current else _resting(cells, tasks)
    decisions = facts.decisions.get(key, [])
    leader, group = facts.appointments.get(key, (None, None))
    review = review_of(facts, pack, agreements)
    return StatusRow(
        organisation=code,
        organisation_name=facts.titles.organisation(code),
        agreement_key=newest.key if newest else None,
        agreement_status=newest.status if newest else None,
        valid_to=review.agreement.valid_to if review.agreement else None,
        cells=cells,
        status=status,
        current_stage=current,
        stage_since=_stage_since(periods, current),
        days_late=late,
        reason=_reason(status, due, periods, current, facts),
        waiting_for=waiting_for(due) if due else None,
        due_task=due,
        process_leader=leader,
        steering_group=group,
        municipality_decision=latest_decision(decisions, code),
        region_decision=latest_decision(decisions, _region(pack)),
        phase=_phase(cells),
        last_review=review.last,
        next_review=review.next,
        followed_up=review.followed_up,
        followed_up_until=review.until,
        open_deviations=facts.open_deviations[code],
        in_force_on=review.agreement.in_force_on if review.agreement else None,
    )


def current_stage(cells: dict[str, StageCell]) -> str | None:
    """The stage that most needs attention of those being worked on; the earlier of two alike."""
    working = [key for key, cell in cells.items() if cell.is_open]
    return min(working, key=lambda key: PRECEDENCE.index(cells[key].status), default=None)


def latest_decision(decisions: list[DecisionRow], party: str | None) -> DecisionRow | None:
    """The party's own latest decision; the steering group's gates are not a party's."""
    own = (row for row in reversed(decisions) if row.kind == "party" and row.party == party)
    return next(own, None) if party else None


def waiting_for(task: TaskRow) -> str:
    """Who the task waits for: the person who has taken it, else the role and where it is held."""
    if task.assignee_name or task.role_title == task.role_organisation_name:
        return task.assignee_name or task.role_title
    return f"{task.role_title}, {task.role_organisation_name}".strip(", ")


def _is_of_its_life(task: TaskRow, agreement_key: str) -> bool:
    """A deviation also belongs to an agreement, but says nothing of how far that has come."""
    return task.business_key == agreement_key or task.business_key.startswith(f"{agreement_key}/")


def _overdue_outside(tasks: list[TaskRow], cells: dict[str, StageCell], facts: Facts) -> list[TaskRow]:
    """Overdue tasks that no cell tells about, such as appointing the process leader."""
    working = {key for key, cell in cells.items() if cell.is_open}
    return [task for task in tasks if task.stage not in working and task.due_at < facts.as_of]


def _due_task(tasks: list[TaskRow], current: str | None) -> TaskRow | None:
    """The task due first in the current stage, or of all when what is due lies outside it."""
    here = [task for task in tasks if task.stage == current]
    return min(here or tasks, key=lambda task: (task.due_at, task.id), default=None)


def _resting(cells: dict[str, StageCell], tasks: list[TaskRow]) -> CellStatus:
    """The status between stages: done when something has been done and nothing is asked of anybody."""
    if tasks:
        return "going"
    return "done" if any(cell.status == "done" for cell in cells.values()) else "none"


def _stage_since(periods: list[Period], stage: str | None) -> datetime | None:
    running = open_period([period for period in periods if period.stage == stage])
    return running.started_at if running else None


def _reason(
    status: CellStatus, due: TaskRow | None, periods: list[Period], stage: str | None, facts: Facts
) -> str | None:
    sentences = []
    running = open_period([period for period in periods if period.stage == stage])
    task_is_late = due is not None and due.due_at < facts.as_of
    if status == "late" and not task_is_late and running and running.expected_by:
        sentences.append(f"Skedet skulle varit klart {swedish_date(running.expected_by)}.")
    if due is not None:
        when = "skulle varit klar" if task_is_late else "ska vara klar"
        sentences.append(f"{due.title}: {when} {swedish_date(due.due_at)}. Väntar på {waiting_for(due)}.")
    return " ".join(sentences) or None


def _phase(cells: dict[str, StageCell]) -> str | None:
    """The IRIS phase being worked on, else the last one that was."""
    phases = [key for key in cells if key.startswith(PHASE_PREFIX) and cells[key].status != "none"]
    working = [key for key in phases if cells[key].is_open]
    return next(reversed(working or phases), None)


def _region(pack: Pack) -> str | None:
    regions = (item["key"] for item in pack.catalogues.get("organisations", []) if item.get("kind") == "region")
    return next(regions, None)
