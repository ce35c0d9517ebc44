"""Where agreements stand, in the fewest words: the stage that most needs attention, for lists and side columns."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    String,
    literal_column,
    null,
    select,
    union_all,
)

from engine.database.register_tables import agreement, stage_period
from engine.database.tables import user_task
from engine.database.types import Moment
from engine.queries.agreements import AgreementRow, agreement_in_stage
from engine.queries.rows import StageCell
from engine.queries.stage_rules import PRECEDENCE, Period, stage_cell
from engine.queries.swedish import swedish_order
from engine.queries.titles import Titles, load_titles

OVER = frozenset({"lapsed", "replaced", "ended"})


class StandingTask(NamedTuple):
    """What the rules of a stage look at in an open task."""

    stage: str | None
    role: str
    gate: bool
    created_at: datetime
    due_at: datetime


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
    connection: Connection,
    now: datetime,
    organisations: Collection[str] | None = None,
    *,
    over: bool = False,
    titles: Titles | None = None,
) -> list[Standing]:
    """Agreements by organisation, the newest first. `organisations` narrows to theirs, `over` adds those that ended.

    One statement when `titles` are given.
    """
    titles = titles or load_titles(connection)
    chosen: list[ColumnElement[bool]] = []
    if organisations is not None:
        chosen.append(agreement.c.organisation.in_(sorted(organisations)))
    if not over:
        chosen.append(agreement.c.status.not_in(sorted(OVER)))
    rows: dict[str, Row[Any]] = {}
    periods: dict[str, list[Period]] = defaultdict(list)
    tasks: dict[str, list[StandingTask]] = defaultdict(list)
    for row in connection.execute(_with_parts(chosen)):
        rows[row.key] = row
        if row.part == "period":
            periods[row.key].append(_period(row))
        elif row.part == "task":
            tasks[row.key].append(StandingTask(row.at_stage, row.role, row.gate, row.began_at, row.due))
    found = [_standing(row, titles, periods[key], tasks[key], now) for key, row in rows.items()]
    return sorted(
        sorted(found, key=lambda one: one.agreement.started_at, reverse=True),
        key=lambda one: (one.agreement.kind != "regional", swedish_order(one.agreement.organisation_name)),
    )


def _with_parts(chosen: list[ColumnElement[bool]]) -> Select[Any]:
    """Each agreement with its rounds of stages and its open tasks, a row for each of them."""
    keys = select(agreement.c.key).where(*chosen)
    period = stage_period.c
    rounds = select(
        literal_column("'period'").label("part"),
        period.agreement_key,
        period.stage.label("at_stage"),
        period.started_at.label("began_at"),
        period.expected_by.label("due"),
        period.round,
        period.label,
        period.ended_at.label("over_at"),
        period.outcome,
        period.returned_at,
        null().cast(String).label("role"),
        null().cast(Boolean).label("gate"),
    ).where(period.agreement_key.in_(keys))
    task = user_task.c
    work = select(
        literal_column("'task'"),
        task.agreement_key,
        task.stage,
        task.created_at,
        task.due_at,
        null().cast(Integer),
        null().cast(String),
        null().cast(Moment),
        null().cast(String),
        null().cast(Moment),
        task.role,
        task.gate,
    ).where(task.agreement_key.in_(keys), task.state == "open")
    parts = union_all(rounds, work).subquery("parts")
    tables = agreement.outerjoin(parts, parts.c.agreement_key == agreement.c.key)
    return (
        select(agreement, *(column for column in parts.c if column.key != "agreement_key"))
        .select_from(tables)
        .where(*chosen)
        .order_by(parts.c.began_at)
    )


def periods_of(connection: Connection, agreement_key: str) -> list[Period]:
    return _periods(connection, [agreement_key])[agreement_key]


def _periods(connection: Connection, keys: list[str]) -> dict[str, list[Period]]:
    began = stage_period.c.started_at.label("began_at")
    named = (stage_period.c.stage.label("at_stage"), stage_period.c.expected_by.label("due"), began)
    query = select(stage_period, *named, stage_period.c.ended_at.label("over_at"))
    periods: dict[str, list[Period]] = defaultdict(list)
    for row in connection.execute(query.where(stage_period.c.agreement_key.in_(keys)).order_by(began)):
        periods[row.agreement_key].append(_period(row))
    return periods


def _period(row: Row[Any]) -> Period:
    return Period(
        stage=row.at_stage,
        started_at=row.began_at,
        round=row.round,
        label=row.label,
        expected_by=row.due,
        ended_at=row.over_at,
        outcome=row.outcome,
        returned_at=row.returned_at,
    )


def _standing(
    row: Row[Any], titles: Titles, periods: list[Period], tasks: list[StandingTask], now: datetime
) -> Standing:
    pack = titles.packs.get(row.pack_key)
    cells = [stage_cell(stage.key, periods, tasks, now) for stage in pack.stages] if pack else []
    open_cells = sorted((cell for cell in cells if cell.is_open), key=lambda cell: PRECEDENCE.index(cell.status))
    current = agreement_in_stage(row, titles, _latest_open(periods))
    return Standing(current, cells, open_cells[0] if open_cells else None, len(tasks))


def _latest_open(periods: list[Period]) -> str | None:
    """The stage that began last of those that go on; the first by name of those that began together."""
    going = [(period.started_at, period.stage) for period in periods if period.ended_at is None]
    last = max((began for began, _ in going), default=None)
    return min((stage for began, stage in going if began == last), default=None)
