"""Where agreements stand, in the fewest words: the stage that most needs attention, for lists and side columns."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.database.register_tables import agreement, stage_period
from engine.database.tables import user_task
from engine.queries.agreements import AgreementRow, agreement_row, with_stage
from engine.queries.rows import StageCell
from engine.queries.stage_rules import PRECEDENCE, Period, stage_cell
from engine.queries.swedish import swedish_order
from engine.queries.task_rows import TaskRow, open_tasks
from engine.queries.titles import Titles, load_titles

OVER = frozenset({"lapsed", "replaced", "ended"})


@dataclass(frozen=True)
class Standing:
    """One agreement and its stages in order. `main` is the open stage that most needs attention, if any is open."""

    agreement: AgreementRow
    cells: list[StageCell]
    main: StageCell | None
    open_tasks: int

    @property
    def position(self) -> int:
        """The number of the main stage, from 1; 0 when none is open."""
        return self.cells.index(self.main) + 1 if self.main else 0


def standings(
    connection: Connection, now: datetime, organisations: Collection[str] | None = None, *, over: bool = False
) -> list[Standing]:
    """Agreements by organisation, the newest first. `organisations` narrows to theirs, `over` adds those that ended."""
    titles = load_titles(connection)
    query = with_stage()
    if organisations is not None:
        query = query.where(agreement.c.organisation.in_(sorted(organisations)))
    if not over:
        query = query.where(agreement.c.status.not_in(sorted(OVER)))
    rows = connection.execute(query.order_by(agreement.c.started_at.desc())).all()
    keys = [row.key for row in rows]
    periods = _periods(connection, keys)
    tasks: dict[str, list[TaskRow]] = defaultdict(list)
    for task in open_tasks(connection, titles, None, user_task.c.agreement_key.in_(keys)):
        tasks[task.agreement_key or ""].append(task)
    found = [_standing(row, titles, periods[row.key], tasks[row.key], now) for row in rows]
    return sorted(
        found,
        key=lambda one: (one.agreement.kind != "regional", swedish_order(one.agreement.organisation_name)),
    )


def periods_of(connection: Connection, agreement_key: str) -> list[Period]:
    return _periods(connection, [agreement_key])[agreement_key]


def _periods(connection: Connection, keys: list[str]) -> dict[str, list[Period]]:
    query = select(stage_period).where(stage_period.c.agreement_key.in_(keys)).order_by(stage_period.c.started_at)
    periods: dict[str, list[Period]] = defaultdict(list)
    for row in connection.execute(query):
        periods[row.agreement_key].append(
            Period(
                stage=row.stage,
                started_at=row.started_at,
                round=row.round,
                label=row.label,
                expected_by=row.expected_by,
                ended_at=row.ended_at,
                outcome=row.outcome,
                returned_at=row.returned_at,
            )
        )
    return periods


def _standing(row: Row[Any], titles: Titles, periods: list[Period], tasks: list[TaskRow], now: datetime) -> Standing:
    pack = titles.packs.get(row.pack_key)
    cells = [stage_cell(stage.key, periods, tasks, now) for stage in pack.stages] if pack else []
    open_cells = sorted((cell for cell in cells if cell.is_open), key=lambda cell: PRECEDENCE.index(cell.status))
    return Standing(agreement_row(row, titles), cells, open_cells[0] if open_cells else None, len(tasks))
