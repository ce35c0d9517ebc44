"""An agreement's stages on a line of time: what has been, what goes on, and what is foreseen. Pure.

What is foreseen follows from the pack: the stages in order, how long each is expected to take, the yearly review and
the day when the revision is due. It is a plan, not a deadline, and moves with the work.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Literal

from engine.bpmn.moments import add_duration_to_date
from engine.clock import local_date
from engine.packs import Pack
from engine.packs.pack import Stage
from engine.queries.rows import StageCell
from engine.queries.stage_rules import REVIEW_STAGE, Period

REVISION_STAGE = "revision"
DECISION_STAGE = "decision"

SpanKind = Literal["done", "returned", "cancelled", "open", "planned"]
MOST_REVIEWS = 20


@dataclass(frozen=True)
class Span:
    """One stretch of one stage. An open one has no `last` but perhaps a day when it is `expected` to end; a planned
    one has both days. `late` says that the expected day has passed."""

    stage: str
    kind: SpanKind
    first: date
    last: date | None
    expected: date | None = None
    round: int = 1
    label: str | None = None
    late: bool = False


@dataclass(frozen=True)
class Facts:
    """What the plan rests on."""

    pack: Pack
    cells: Sequence[StageCell]
    periods: Sequence[Period]
    in_force_on: date | None
    valid_to: date | None
    is_over: bool
    today: date


def spans(facts: Facts) -> list[Span]:
    """Every span by stage in the pack's order, each stage's by time."""
    planned = {} if facts.is_over else _planned(facts)
    found: list[Span] = []
    for stage in facts.pack.stages:
        mine = sorted((one for one in facts.periods if one.stage == stage.key), key=lambda one: one.started_at)
        found += [_been(period, facts.today) for period in mine]
        found += planned.get(stage.key, [])
    return found


def _been(period: Period, today: date) -> Span:
    first = local_date(period.started_at)
    expected = local_date(period.expected_by) if period.expected_by else None
    if period.ended_at is None:
        late = expected is not None and expected < today
        return Span(period.stage, "open", first, None, expected, period.round, period.label, late)
    kinds: dict[str | None, SpanKind] = {"returned": "returned", "cancelled": "cancelled"}
    kind = kinds.get(period.outcome, "done")
    return Span(period.stage, kind, first, local_date(period.ended_at), None, period.round, period.label)


def _planned(facts: Facts) -> dict[str, list[Span]]:
    """What is still to come, by stage."""
    steps = [stage for stage in facts.pack.stages if stage.key not in {REVIEW_STAGE, REVISION_STAGE}]
    following, cursor = _following(facts, steps)
    found: dict[str, list[Span]] = {}
    end_of_decision = facts.in_force_on
    for stage in following:
        if not stage.expected:
            continue
        until = add_duration_to_date(cursor, stage.expected)
        found[stage.key] = [Span(stage.key, "planned", cursor, until)]
        cursor = until
        if stage.key == DECISION_STAGE:
            end_of_decision = until
    if end_of_decision is None and not any(stage.key == DECISION_STAGE for stage in following):
        end_of_decision = cursor
    in_force_on = facts.in_force_on or end_of_decision
    if in_force_on is not None:
        found |= _reviews(facts, in_force_on)
    return found | _revision(facts)


def _following(facts: Facts, steps: Sequence[Stage]) -> tuple[Sequence[Stage], date]:
    """The stages that come after the one where the work is now, and the day on which the first of them can begin."""
    cells = {cell.stage: cell for cell in facts.cells}
    keys = [stage.key for stage in steps]
    opened = [key for key in keys if cells[key].is_open] if cells else []
    if opened:
        at = keys.index(opened[-1])
        expected = [_expected_end(facts.periods, key) for key in opened]
        return steps[at + 1 :], max([facts.today, *(day for day in expected if day)])
    done = [number for number, key in enumerate(keys) if key in cells and cells[key].status == "done"]
    begins = max(facts.today, facts.in_force_on or facts.today)
    return steps[max(done) + 1 if done else 0 :], begins


def _expected_end(periods: Iterable[Period], stage: str) -> date | None:
    running = [one for one in periods if one.stage == stage and one.ended_at is None and one.expected_by]
    return max((local_date(one.expected_by) for one in running if one.expected_by), default=None)


def _reviews(facts: Facts, in_force_on: date) -> dict[str, list[Span]]:
    """The yearly reviews still to come, each on its day; the one that is going on stands among the periods."""
    interval, stage = facts.pack.parameters.get("review_interval"), facts.pack.stage(REVIEW_STAGE)
    if stage is None or not isinstance(interval, str):
        return {}
    last = facts.valid_to or facts.pack.valid_to
    begun = max((local_date(one.started_at) for one in facts.periods if one.stage == REVIEW_STAGE), default=in_force_on)
    found: list[Span] = []
    for number in count(1):
        day = add_duration_to_date(in_force_on, interval, number)
        if day > last or len(found) >= MOST_REVIEWS:
            return {REVIEW_STAGE: found}
        if day > begun:
            found.append(Span(REVIEW_STAGE, "planned", day, day, label=str(day.year)))
    return {}


def _revision(facts: Facts) -> dict[str, list[Span]]:
    stage, due = facts.pack.stage(REVISION_STAGE), facts.pack.parameters.get("revision_due")
    if stage is None or not stage.expected or any(one.stage == REVISION_STAGE for one in facts.periods):
        return {}
    last = facts.valid_to or facts.pack.valid_to
    until = due if isinstance(due, date) and facts.today <= due <= last else last
    first = add_duration_to_date(until, stage.expected, -1)
    return {REVISION_STAGE: [Span(REVISION_STAGE, "planned", max(first, facts.today), until)]} if until > first else {}


# Statuses of an agreement that are stretches of work or of grace; being in force is drawn by its own dates.
DRAWN = ("preparing", "under_revision", "extended", "prolonged")


def status_spans(changes: Sequence[tuple[str, datetime]], pack: Pack, today: date, *, is_over: bool) -> list[Span]:
    """The same for an agreement without stages (the regional one): from its changes of status, the oldest first."""
    found: dict[str, list[Span]] = {}
    for number, (status, since) in enumerate(changes):
        last = local_date(changes[number + 1][1]) if number + 1 < len(changes) else None
        kind: SpanKind = "done" if last else "open"
        found.setdefault(status, []).append(Span(status, kind, local_date(since), last))
    look, due = pack.parameters.get("revision_look_from"), pack.parameters.get("revision_due")
    if (
        "under_revision" not in found
        and not is_over
        and isinstance(look, date)
        and isinstance(due, date)
        and due > today
    ):
        found["under_revision"] = [Span("under_revision", "planned", max(look, today), due)]
    return [span for status in DRAWN for span in found.get(status, [])]
