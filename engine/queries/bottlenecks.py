"""Bottlenecks: how long each step and each stage has taken, and what is waiting in it now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from engine.bpmn.moments import add_duration_to_date
from engine.clock import local_date
from engine.database.register_tables import agreement, stage_period
from engine.database.tables import user_task
from engine.queries.titles import Titles

SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Spell:
    """What is asked about: one process or stage or municipality, and what ended within a period. None is any."""

    process_key: str | None = None
    stage: str | None = None
    organisation: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Times:
    """Cycle times in days, None when nothing has been done; how much is waiting now and for how long at most."""

    done: int
    median: float | None
    p90: float | None
    longest: float | None
    waiting: int
    waiting_late: int
    longest_wait: float | None


@dataclass(frozen=True)
class StepTimes:
    """One user task of one process, over all its instances. The names are those of its newest task."""

    process_key: str
    process_title: str
    element_id: str
    name: str
    stage: str | None
    stage_title: str
    gate: bool
    times: Times


@dataclass(frozen=True)
class StageTimes:
    """One stage over all agreements. `expected` is how many days the pack says that it takes."""

    stage: str
    title: str
    expected: int | None
    times: Times


def step_times(
    connection: Connection, titles: Titles, pack_key: str, now: datetime, asked: Spell = Spell()
) -> list[StepTimes]:
    """Every step with a task completed in the period or waiting now; the slowest first. One statement.

    The cycle time is from when the task opened until it was completed. A cancelled task was never done.
    """
    task = user_task.c
    columns = (task.process_key, task.element_id, task.name, task.stage, task.gate, task.created_at, task.ended_at)
    ended = _within(task.ended_at, asked)
    query = select(*columns, task.due_at, task.state).where(
        task.pack_key == pack_key,
        task.state != "cancelled",
        task.created_at <= now,
        or_(task.state == "open", *([ended] if ended is not None else [task.state == "completed"])),
        *_equal((task.process_key, asked.process_key), (task.stage, asked.stage)),
        *_equal((task.organisation, asked.organisation)),
    )
    steps: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in connection.execute(query.order_by(task.created_at, task.id)):
        steps[(row.process_key, row.element_id)].append(row)
    found = [_step(rows, titles, pack_key, now) for rows in steps.values()]
    return sorted(found, key=lambda step: (-(step.times.median or -1), step.process_key, step.element_id))


def stage_times(
    connection: Connection, titles: Titles, pack_key: str, now: datetime, asked: Spell = Spell()
) -> list[StageTimes]:
    """Every stage of the pack, in its order: how long its rounds took, and those that go on. One statement."""
    period = stage_period.c
    ended = _within(period.ended_at, asked)
    query = (
        select(period.stage, period.started_at, period.ended_at, period.expected_by)
        .join(agreement, agreement.c.key == period.agreement_key)
        .where(
            agreement.c.pack_key == pack_key,
            period.started_at <= now,
            or_(period.outcome.is_(None), period.outcome != "cancelled"),
            *([or_(period.ended_at.is_(None), ended)] if ended is not None else []),
            *_equal((period.stage, asked.stage), (period.organisation, asked.organisation)),
        )
    )
    rounds: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        rounds[row.stage].append(row)
    pack = titles.packs[pack_key]
    return [
        StageTimes(
            stage=stage.key,
            title=stage.title,
            expected=_days_of(stage.expected, now),
            times=_times(rounds[stage.key], now, lambda row: row.expected_by),
        )
        for stage in pack.stages
        if asked.stage in (None, stage.key)
    ]


def times(durations: Sequence[float], waits: Sequence[float] = (), waiting_late: int = 0) -> Times:
    """The figures of these durations, in days: the median is the middle one (or the mean of two), p90 the nearest."""
    done = sorted(durations)
    return Times(
        done=len(done),
        median=_median(done),
        p90=done[-(-9 * len(done) // 10) - 1] if done else None,
        longest=done[-1] if done else None,
        waiting=len(waits),
        waiting_late=waiting_late,
        longest_wait=max(waits, default=None),
    )


def _median(done: Sequence[float]) -> float | None:
    if not done:
        return None
    middle = len(done) // 2
    return done[middle] if len(done) % 2 else (done[middle - 1] + done[middle]) / 2


def _step(rows: list[Any], titles: Titles, pack_key: str, now: datetime) -> StepTimes:
    last = rows[-1]
    return StepTimes(
        process_key=last.process_key,
        process_title=titles.process(pack_key, last.process_key),
        element_id=last.element_id,
        name=last.name,
        stage=last.stage,
        stage_title=titles.stage(pack_key, last.stage),
        gate=last.gate,
        times=_times(rows, now, lambda row: row.due_at, "created_at"),
    )


def _times(rows: Iterable[Any], now: datetime, due: Any, began: str = "started_at") -> Times:
    ended: list[Any] = []
    waiting: list[Any] = []
    for row in rows:
        (waiting if row.ended_at is None or row.ended_at > now else ended).append(row)
    return times(
        [_days(getattr(row, began), row.ended_at) for row in ended],
        [_days(getattr(row, began), now) for row in waiting],
        sum(due(row) is not None and due(row) < now for row in waiting),
    )


def _days(began: datetime, ended: datetime) -> float:
    return max(0.0, (ended - began).total_seconds() / SECONDS_A_DAY)


def _days_of(duration: str | None, now: datetime) -> int | None:
    """How many days an ISO 8601 duration is, counted from today."""
    if duration is None:
        return None
    today = local_date(now)
    return (add_duration_to_date(today, duration, 1) - today).days


def _within(moment: ColumnElement[Any], asked: Spell) -> ColumnElement[bool] | None:
    """That something ended within the period, None when any time will do."""
    if asked.since is None and asked.until is None:
        return None
    bounds: list[ColumnElement[bool]] = [moment.is_not(None)]
    if asked.since is not None:
        bounds.append(moment >= asked.since)
    if asked.until is not None:
        bounds.append(moment <= asked.until)
    return and_(*bounds)


def _equal(*pairs: tuple[ColumnElement[Any], str | None]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in pairs if value is not None]
