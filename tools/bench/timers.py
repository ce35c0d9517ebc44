"""`timers`: what dormant timers cost a completion, how fast due ones are fired, and how late a worker fires them."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from engine import worker
from engine.clock import utc_now
from engine.commands import due_timers, fire_timer, start_process
from engine.database import Database
from engine.database.tables import timer, user_task
from engine.people import Person
from engine.settings import Settings
from tools.bench import crowd, tiny_pack
from tools.bench.completion import Loop
from tools.bench.databases import BareCommit, Place
from tools.bench.measure import Line, Times, alternate, line

_DORMANT = (1_000, 100_000)
_QUICK_DORMANT = (1_000, 10_000)
_WAITING = timer.c.kind == "event"


def run(place: Place, quick: bool) -> Iterator[Line]:
    """Lines `dormant-N` (per completion), `due` (per firing, with its rate) and `lateness` (of a worker)."""
    yield from _dormant(place, quick)
    yield _due(place, 100 if quick else 1000)
    yield _lateness(place, 100 if quick else 600)


def _dormant(place: Place, quick: bool) -> Iterator[Line]:
    counts = _QUICK_DORMANT if quick else _DORMANT
    with ExitStack() as stack:
        loops = []
        for count in counts:
            database = stack.enter_context(place.database())
            person = _deploy(database)
            loop = Loop(database, person)
            with database.read() as connection:
                instance_id = connection.execute(select(user_task.c.instance_id).limit(1)).scalar_one()
            crowd.add_dormant_timers(database, count, utc_now(), instance_id)
            BareCommit(database).close()  # for its warming
            loops.append(loop)
        times = alternate(40 if quick else 300, *loops)
    for count, taken in zip(counts, times, strict=True):
        yield line("timers", f"dormant-{count}", place.kind, taken, f"dormant-{counts[0]}", times[0])


def _due(place: Place, count: int) -> Line:
    """One firing, in a transaction of its own, that takes an instance on to a user task; beside a bare commit."""
    with place.database() as database:
        _wait(database, _deploy(database), count)
        later = utc_now() + timedelta(hours=2)
        with database.read() as connection:
            ids = iter(due_timers(connection, later, count))

        def fire() -> None:
            with database.write() as connection:
                if fire_timer(connection, later, next(ids)) is None:
                    raise RuntimeError("a timer that is due did not fire")

        bare = BareCommit(database)
        fired, commits = alternate(count, fire, bare)
        bare.close()
    return line("timers", "due", place.kind, fired, "bare_commit", commits, count / fired.total)


def _lateness(place: Place, count: int) -> Line:
    """How long after its time a timer is fired by a worker, a hundred a second coming due; to the worker's tick."""
    with place.database() as database:
        _wait(database, _deploy(database), count)
        due = _spread(database, count)
        settings = Settings(database.url, Path(), (), None, "")
        scheduler = worker.start_in_background(database, settings)
        try:
            seconds = _watch(database, due)
        finally:
            scheduler.shutdown()
    return line("timers", "lateness", place.kind, Times(seconds), "tick", Times([worker.TICK_SECONDS]))


def _spread(database: Database, count: int) -> dict[str, Any]:
    """Let the timers come due one by one from now on, and say when."""
    begin = utc_now() + timedelta(seconds=1)
    with database.write() as connection:
        ids = connection.execute(select(timer.c.id).where(_WAITING)).scalars().all()
        due = {timer_id: begin + timedelta(milliseconds=10 * number) for number, timer_id in enumerate(ids[:count])}
        for timer_id, moment in due.items():
            connection.execute(update(timer).where(timer.c.id == timer_id).values(due_at=moment))
    return due


def _watch(database: Database, due: dict[str, Any]) -> list[float]:
    """How late each timer's row went away, as seen from outside; waits until the last one has."""
    seconds: list[float] = []
    deadline = time.monotonic() + 60
    while due and time.monotonic() < deadline:
        with database.read() as connection:
            left = set(connection.execute(select(timer.c.id).where(_WAITING)).scalars())
        now = utc_now()
        seconds += [(now - due.pop(gone)).total_seconds() for gone in due.keys() - left]
        time.sleep(0.02)
    if due:
        raise RuntimeError(f"{len(due)} timers were not fired within a minute")
    return seconds


def _deploy(database: Database) -> Person:
    with database.write() as connection:
        return tiny_pack.deploy(connection, utc_now())


def _wait(database: Database, person: Person, count: int) -> None:
    """Start so many instances that wait for a timer of their own."""
    with database.write() as connection:
        for _ in range(count):
            where = tiny_pack.ORGANISATION
            start_process(connection, utc_now(), person, "wait", organisation=where, pack_key=tiny_pack.PACK)
        waiting = connection.execute(select(func.count()).select_from(timer).where(_WAITING)).scalar_one()
    if waiting != count:
        raise RuntimeError(f"{waiting} timers wait where {count} were expected")
