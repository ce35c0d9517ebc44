"""Deviations and their patterns: of which kinds, where, when, how soon they were answered, and which come again."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from engine.alphabet import swedish_order
from engine.authorisation import REGION, may_follow_up
from engine.bpmn.moments import add_duration
from engine.clock import local_date
from engine.database.register_tables import deviation
from engine.database.tables import user_task
from engine.people import Person
from engine.queries.bottlenecks import Times, times
from engine.queries.titles import Titles

# What the steps of a deviation are called in every pack: whoever receives it, and the answer to the reporter.
RECEIVE, FEEDBACK = "receive", "give_feedback"
REPEATED = 2
HOUR = 3600
NO_CODE = ""


@dataclass(frozen=True)
class Chosen:
    """What is asked about: when they were reported, of which kind, and which organisation they concern."""

    since: datetime | None = None
    until: datetime | None = None
    organisation: str | None = None
    category: str | None = None


@dataclass(frozen=True)
class Counted:
    """So many of one kind, and how many of them are still open. An empty key is what nobody has said."""

    key: str
    title: str
    number: int
    open: int


@dataclass(frozen=True)
class Punctual:
    """How long something took, in hours; how many kept to the limit, of those that should have by now."""

    limit_hours: float
    kept: int
    of: int
    times: Times


@dataclass(frozen=True)
class Repeated:
    """The same kind of deviation between the same parties, more than once."""

    parties: str
    category: str
    keys: list[str]


@dataclass(frozen=True)
class Patterns:
    total: int
    open: int
    system_faults: int
    categories: list[Counted]
    clauses: list[Counted]
    months: list[Counted]
    parties: list[Counted]
    responsibility: Punctual
    feedback: Punctual
    repeated: list[Repeated]


def deviation_patterns(
    connection: Connection, titles: Titles, pack_key: str, person: Person, now: datetime, chosen: Chosen = Chosen()
) -> Patterns:
    """The patterns of the deviations chosen: two statements. Raises NotPermitted for all but those who follow up."""
    may_follow_up(person).demand()
    rows = [row for row in _rows(connection, pack_key, now, chosen) if _concerns(row, chosen.organisation)]
    received, answered = _answers(connection, pack_key, now)
    pack = titles.packs[pack_key]

    def hours(parameter: str, default: str) -> float:
        limit = str(pack.parameters.get(parameter, default))
        return (add_duration(now, limit) - now) / timedelta(hours=1)

    by_parties = _count(rows, lambda row: parties(row, titles), lambda name: name)
    return Patterns(
        total=len(rows),
        open=sum(_is_open(row, now) for row in rows),
        system_faults=sum(row.system_fault is True for row in rows),
        categories=_count(rows, lambda row: row.category, _titled(titles, pack_key, "deviation_categories")),
        clauses=_count(rows, lambda row: row.clause, _titled(titles, pack_key, "deviation_clauses")),
        months=_months(rows),
        parties=by_parties,
        responsibility=_punctual(
            ((received.get(row.instance_id), row.responsibility_at) for row in rows if _is_shared(row, now)),
            now,
            hours("deviation_responsibility_time", "PT24H"),
        ),
        feedback=_punctual(
            (
                (row.reported_at, answered.get(row.instance_id))
                for row in rows
                if row.instance_id in answered or _is_open(row, now)
            ),
            now,
            hours("deviation_feedback_time", "P60D"),
        ),
        repeated=_repeated(rows, titles, pack_key),
    )


def parties(row: Any, titles: Titles) -> str:
    """The organisations that it concerns, in words: `Mora, Region Dalarna`."""
    names = {titles.organisation(code) for code in _codes(row)}
    return ", ".join(sorted(names))


def _codes(row: Any) -> set[str]:
    named = {"region": REGION, "municipality": row.organisation}
    codes = {named.get(code, code) for code in row.principals or []}
    return {code for code in {row.organisation, row.receiving_organisation, *codes} if code}


def _concerns(row: Any, organisation: str | None) -> bool:
    return organisation is None or organisation in _codes(row)


def _rows(connection: Connection, pack_key: str, now: datetime, chosen: Chosen) -> list[Any]:
    columns = deviation.c
    conditions = [columns.pack_key == pack_key, columns.reported_at <= now]
    if chosen.since is not None:
        conditions.append(columns.reported_at >= chosen.since)
    if chosen.until is not None:
        conditions.append(columns.reported_at <= chosen.until)
    if chosen.category is not None:
        conditions.append(columns.category == chosen.category)
    return list(connection.execute(select(deviation).where(*conditions).order_by(columns.reported_at, columns.key)))


def _answers(connection: Connection, pack_key: str, now: datetime) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """When each deviation was last received, and when its reporter was answered, by process instance."""
    task = user_task.c
    query = (
        select(task.instance_id, task.element_id, task.ended_at)
        .join(deviation, deviation.c.instance_id == task.instance_id)
        .where(
            deviation.c.pack_key == pack_key,
            task.state == "completed",
            task.ended_at <= now,
            or_(task.element_id.startswith(RECEIVE), task.element_id == FEEDBACK),
        )
        .order_by(task.ended_at)
    )
    received: dict[str, datetime] = {}
    answered: dict[str, datetime] = {}
    for row in connection.execute(query):
        if row.element_id == FEEDBACK:
            answered.setdefault(row.instance_id, row.ended_at)
        else:
            received[row.instance_id] = row.ended_at
    return received, answered


def _is_open(row: Any, now: datetime) -> bool:
    return row.closed_at is None or row.closed_at > now


def _is_shared(row: Any, now: datetime) -> bool:
    """Whether the parties have agreed or still are to: one that was closed without it was never theirs together."""
    return row.responsibility_at is not None or _is_open(row, now)


def _punctual(pairs: Iterable[tuple[datetime | None, datetime | None]], now: datetime, limit: float) -> Punctual:
    """From the first to the second moment of each pair. One that still has time is not counted."""
    took: list[float] = []
    waits: list[float] = []
    for began, ended in pairs:
        if began is None:
            continue
        hours = max(0.0, ((ended or now) - began).total_seconds() / HOUR)
        (waits if ended is None else took).append(hours)
    overdue = [hours for hours in waits if hours > limit]
    kept = sum(hours <= limit for hours in took)
    return Punctual(limit, kept, len(took) + len(overdue), times(took, waits, len(overdue)))


def _titled(titles: Titles, pack_key: str, catalogue: str) -> Any:
    return lambda key: titles.item(pack_key, catalogue, key) if key else ""


def _count(rows: list[Any], key_of: Any, title_of: Any) -> list[Counted]:
    """The kinds with most first; what nobody has said comes last."""
    numbers = Counter(key_of(row) or NO_CODE for row in rows)
    still_open = Counter(key_of(row) or NO_CODE for row in rows if row.closed_at is None)
    found = [Counted(key, title_of(key), number, still_open[key]) for key, number in numbers.items()]
    return sorted(found, key=lambda one: (one.key == NO_CODE, -one.number, swedish_order(one.title)))


def _months(rows: list[Any]) -> list[Counted]:
    """Every month from the first report to the last, also those without any. The key is `2026-11`."""
    if not rows:
        return []
    counted = {one.key: one for one in _count(rows, lambda row: f"{local_date(row.reported_at):%Y-%m}", str)}
    year, month = map(int, min(counted).split("-"))
    months = []
    while f"{year}-{month:02}" <= max(counted):
        key = f"{year}-{month:02}"
        months.append(counted.get(key, Counted(key, key, 0, 0)))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months


def _repeated(rows: list[Any], titles: Titles, pack_key: str) -> list[Repeated]:
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if row.category:
            alike[(parties(row, titles), row.category)].append(row.key)
    found = [
        Repeated(who, titles.item(pack_key, "deviation_categories", category) or category, keys)
        for (who, category), keys in alike.items()
        if len(keys) >= REPEATED
    ]
    return sorted(found, key=lambda one: (-len(one.keys), one.parties, one.category))
