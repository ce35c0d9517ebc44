"""`export`: the status workbook and the history of 100,000 rows, each in a process of its own; to reading events."""

import re
import resource
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import select

from engine.clock import start_of_day, utc_now
from engine.commands import deploy_pack
from engine.database import Database
from engine.database.tables import event, user_task
from engine.packs import load_pack, shipped_packs
from engine.simulation import Options, play
from engine.simulation.cast import cast_county
from exports.kinds import export
from tools.bench import crowd, tiny_pack
from tools.bench.databases import Place
from tools.bench.measure import Line, Times, clock, line

_START = date(2024, 10, 1)
_END, _QUICK_END = date(2027, 12, 31), date(2024, 12, 31)
_ROWS, _QUICK_ROWS = 100_000, 2_000


def run(place: Place, quick: bool) -> Iterator[Line]:
    """A line for the status workbook of a simulated county, and one per kind of file for a long history."""
    rounds = 2 if quick else 5
    with place.database() as database:
        end = _QUICK_END if quick else _END
        _simulate(database, end)
        yield _measured(place, database, "status", "xlsx", f"status-until-{end.year}", rounds)
    with place.database() as database:
        rows = _QUICK_ROWS if quick else _ROWS
        _fill(database, rows)
        for suffix in ("xlsx", "csv"):
            yield _measured(place, database, "history", suffix, f"history-{rows}-{suffix}", rounds)


def _measured(place: Place, database: Database, kind: str, suffix: str, case: str, rounds: int) -> Line:
    # A process of its own, because memory that a process has had is never given back.
    with get_context("spawn").Pool(1) as alone:
        times, base, peak_mb = alone.apply(_export, (database.url, kind, suffix, rounds))
    return replace(line("export", case, place.kind, times, "read_events", base), peak_mb=round(peak_mb, 1))


def _export(url: str, kind: str, suffix: str, rounds: int) -> tuple[Times, Times, float]:
    """How long exports and plain readings of the events take, turn about, and how much memory the first export took."""
    database, times, base = Database(url), [], []
    now = utc_now()
    before, peak = _most_mb(), 0.0
    for _ in range(rounds):
        with database.read() as connection:
            as_of = connection.execute(select(event.c.at).order_by(event.c.at.desc()).limit(1)).scalar_one()
            times.append(clock(lambda: export(connection, kind, suffix, as_of, None, "sv", now)))  # noqa: B023
            peak = peak or _most_mb() - before
            base.append(clock(lambda: connection.execute(select(event)).all()))
    database.close()
    return Times(times), Times(base), peak


def _most_mb() -> float:
    """The most memory that this process has had. Linux's getrusage may answer with its parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)  # macOS counts in bytes


def _simulate(database: Database, end: date) -> None:
    beginning = start_of_day(_START) - timedelta(days=400)
    folder = shipped_packs()[0]
    with database.write() as connection:
        deploy_pack(connection, beginning, folder)
        cast_county(connection, beginning, load_pack(folder), 1)
    play(database, Options(load_pack(folder).key, _START, end))


def _fill(database: Database, rows: int) -> None:
    """A history of so many events that people may read."""
    now = utc_now()
    with database.write() as connection:
        person = tiny_pack.deploy(connection, now)
        task_id = tiny_pack.start_loop(connection, now, person)
        instance_id = connection.execute(select(user_task.c.instance_id).where(user_task.c.id == task_id)).scalar_one()
    crowd.add_events(database, rows, now, instance_id, person.id)
