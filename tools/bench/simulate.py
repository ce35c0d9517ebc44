"""`simulate`: counties of 15 and of 290 municipalities over eight years, every completion committed; rates compared.

As `samflode simulate` does it: on SQLite without waiting for the disk at each commit, because what is made up can be
made again. A case of its own (`-durable`) waits.
"""

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from engine.clock import start_of_day
from engine.commands import deploy_pack
from engine.database import Database
from engine.packs import load_pack, shipped_packs
from engine.simulation import Options, Played, play
from engine.simulation.cast import cast_county
from engine.warming import warm_up
from tools.bench.databases import BareCommit, Place
from tools.bench.measure import Line, Times, line

_PACK = "dalarna-kvinnofrid"
_START = date(2024, 10, 1)
_END, _QUICK_END = date(2032, 12, 31), date(2024, 12, 31)
_DEVIATIONS_EACH = 12 / 15  # a year
_MUNICIPALITIES, _QUICK_MUNICIPALITIES = (15, 290), (15, 30)
_DURABLE = "-durable"


class _Timed(Database):
    """A database that notes how long each write transaction takes, from its beginning until it is durable."""

    def __init__(self, url: str, *, durable: bool) -> None:
        super().__init__(url, durable=durable)
        self.seconds: list[float] = []

    @contextmanager
    def write(self) -> Iterator[Connection]:
        begin = time.perf_counter()
        with super().write() as connection:
            yield connection
        self.seconds.append(time.perf_counter() - begin)


def run(place: Place, quick: bool) -> Iterator[Line]:
    """A line per county. Times are of transactions; the ratio is of tasks a second, the first county's to its."""
    counties = _QUICK_MUNICIPALITIES if quick else _MUNICIPALITIES
    cases = [(count, "") for count in counties] + [(counties[0], _DURABLE)] * (place.kind == "sqlite")
    first: float | None = None
    for count, waiting in cases:
        with place.database() as database:
            BareCommit(database).close()  # for its warming
            timed = _Timed(database.url, durable=bool(waiting))
            played, rate = _play(timed, count, _QUICK_END if quick else _END)
            timed.close()
        if played.stuck:
            raise RuntimeError(f"nobody could do {played.stuck[0]}")
        first = first or rate
        times = Times(timed.seconds)
        found = line(
            "simulate", f"municipalities-{count}{waiting}", place.kind, times, "municipalities-15", times, rate
        )
        yield replace(found, n=played.tasks, ratio=round(first / rate, 2))


def _play(database: Database, municipalities: int, end: date) -> tuple[Played, float]:
    beginning = start_of_day(_START) - timedelta(days=400)
    with TemporaryDirectory(prefix="bench-pack-") as folder:
        pack = _pack_of(municipalities, Path(folder) / "pack")
        with database.write() as connection:
            deploy_pack(connection, beginning, pack)
            cast_county(connection, beginning, load_pack(pack), 1)
    # Twelve deviations a year is what fifteen municipalities have; where there are more, more is reported.
    deviations = _DEVIATIONS_EACH * municipalities
    warm_up()
    begin = time.perf_counter()
    played = play(database, Options(_PACK, _START, end, deviations_per_year=deviations))
    return played, played.tasks / (time.perf_counter() - begin)


def _pack_of(municipalities: int, folder: Path) -> Path:
    """The shipped pack, with as many more municipalities, all made up, as it takes."""
    shipped = next(each for each in shipped_packs() if load_pack(each).key == _PACK)
    shutil.copytree(shipped, folder)
    manifest, catalogue = folder / "pack.toml", folder / "catalogues" / "organisations.toml"
    known = [item["key"] for item in load_pack(shipped).catalogues["organisations"] if item["kind"] == "municipality"]
    added = [str(3001 + number) for number in range(municipalities - len(known))]
    last = f'"{known[-1]}",'  # the end of both lists of municipalities
    manifest.write_text(manifest.read_text().replace(last, last + "".join(f' "{code}",' for code in added)))
    items = [f'\n[[item]]\nkey = "{code}"\ntitle = "Kommun {code}"\nkind = "municipality"\n' for code in added]
    catalogue.write_text(catalogue.read_text() + "".join(items))
    for form in folder.glob("*/forms/*.json"):
        form.write_text(json.dumps(_with_choices(json.loads(form.read_text()), known[-1], added)))
    return folder


def _with_choices(schema: Any, last: str, added: list[str]) -> Any:
    """A form in which whoever could choose the last of the known municipalities can choose those added too."""
    if isinstance(schema, list):
        more = added if any(isinstance(each, dict) and each.get("const") == last for each in schema) else []
        choices = [{"const": code, "title": f"Kommun {code}"} for code in more]
        return [*(_with_choices(each, last, added) for each in schema), *choices]
    if isinstance(schema, dict):
        return {key: _with_choices(value, last, added) for key, value in schema.items()}
    return schema
