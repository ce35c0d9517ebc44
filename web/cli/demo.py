"""`demo`, which `./run` calls: everything in one process, with made-up people and a history that the simulator made."""

import argparse
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from engine import worker
from engine.authorisation import PROCESS_LEADER
from engine.clock import local_date, start_of_day, utc_now
from engine.commands import deploy_pack
from engine.database import Database
from engine.database.tables import user_task
from engine.database.upgrade import upgrade
from engine.packs import load_pack
from engine.people import list_people
from engine.settings import DEFAULT_BASE_URL, Settings
from engine.simulation import Options, play
from engine.simulation.cast import cast_county
from engine.simulation.meetings import plan_meetings
from engine.warming import warm_up
from exports.monthly import monthly_workbook
from web.cli.opening import open_database, open_settings, pack_folders
from web.cli.running import demand_free_port
from web.cli.telling import tell

_THREADS = 8
_SEED = 13
# The made-up people stop some days ago: what waits since then is for whoever tries the demo. They stop at the latest
# after the second of these, and before it as soon as the busiest process leader has something late and something near.
_LEFT_TO_DO = (timedelta(days=24), timedelta(days=14))
_LATE, _NEAR = timedelta(days=21), timedelta(days=10)
# RSS has few tasks in a year: two amendments are proposed shortly before, and what comes to RSS from then on waits.
_PROPOSED_BEFORE = (timedelta(days=40), timedelta(days=20))
_RSS_LEAVES = timedelta(days=45)


def demo(arguments: argparse.Namespace) -> int:
    """Make the demo's database if there is none, then serve pages and fire timers until told to stop."""
    settings = open_settings(demo=True)
    if settings.base_url == DEFAULT_BASE_URL:  # links in mail lead to where the demo is
        settings = replace(settings, base_url=f"http://127.0.0.1:{arguments.port}")
    demand_free_port("127.0.0.1", arguments.port)
    prepare(settings, fresh=arguments.fresh)
    from waitress.server import create_server  # noqa: PLC0415 - the database comes first, and it takes its time

    from web.application import create_application  # noqa: PLC0415

    database = open_database(settings)
    server = create_server(
        create_application(settings, database), host="127.0.0.1", port=arguments.port, threads=_THREADS
    )
    background = worker.start_in_background(database, settings, monthly_workbook)
    _welcome(arguments.port)
    try:
        with suppress(KeyboardInterrupt):
            server.run()
    finally:
        background.shutdown(wait=True)
        database.close()
    return 0


def prepare(settings: Settings, *, fresh: bool = False) -> None:
    """The demo's database: made aside and put in place when it is whole, so that an interrupted start leaves none."""
    file = _file(settings)
    if file is None:
        if fresh or not _has_people(settings):
            _fill(Database(settings.database_url), settings)
        return
    if file.exists() and not fresh:
        return
    unfinished = file.with_suffix(".making")
    for leftover in (unfinished, *_beside(unfinished), *_beside(file)):
        leftover.unlink(missing_ok=True)
    database = Database(f"sqlite:///{unfinished}", durable=False)
    _fill(database, settings)
    database.close()
    unfinished.replace(file)


def _fill(database: Database, settings: Settings) -> None:
    tell("Skapar en påhittad historia för Dalarnas kommuner. Det tar en halv minut ...")
    upgrade(database)
    today = local_date(utc_now())
    for folder in pack_folders(settings):
        pack = load_pack(folder)
        end = min(today - _LEFT_TO_DO[1], pack.valid_to)
        options = Options(
            pack.key,
            pack.valid_from,
            end,
            seed=_SEED,
            amendments=[pack.valid_from + timedelta(days=230), *(end - before for before in _PROPOSED_BEFORE)],
            left_undone={"rss": end - _RSS_LEAVES},
            enough=lambda moment: _is_enough(database, moment, utc_now()),
        )
        beginning = start_of_day(pack.valid_from) - timedelta(days=460)
        with database.write() as connection:
            deploy_pack(connection, beginning, folder)
            cast_county(connection, beginning, pack, _SEED)
            plan_meetings(connection, beginning, pack, today)
        warm_up()
        play(database, options)


def _is_enough(database: Database, moment: datetime, now: datetime) -> bool:
    """Whether somebody who leads the work in several municipalities will find something late and something near."""
    if moment < now - _LEFT_TO_DO[0]:
        return False
    with database.read() as connection:
        leaders = list_people(connection, role=PROCESS_LEADER)
        leader = max(leaders, key=lambda one: (len(one.organisations), one.username))
        waiting = select(user_task.c.due_at).where(
            user_task.c.state == "open",
            user_task.c.role == PROCESS_LEADER,
            user_task.c.role_organisation.in_(sorted(leader.organisations)),
            user_task.c.due_at.between(now - _LATE, now + _NEAR),
        )
        due = list(connection.execute(waiting).scalars())
    return bool(due) and min(due) < now <= max(due)


def _has_people(settings: Settings) -> bool:
    database = Database(settings.database_url)
    upgrade(database)
    with database.read() as connection:
        found = connection.exec_driver_sql("SELECT 1 FROM person LIMIT 1").first() is not None
    database.close()
    return found


def _file(settings: Settings) -> Path | None:
    prefix = "sqlite:///"
    return Path(settings.database_url[len(prefix) :]) if settings.database_url.startswith(prefix) else None


def _beside(file: Path) -> list[Path]:
    return [file.with_name(file.name + ending) for ending in ("-wal", "-shm")]


def _welcome(port: int) -> None:
    tell(
        f"""
Samflöde körs på http://127.0.0.1:{port}

Startsidan visar påhittade personer att logga in som, en för varje roll: processledare, styrgrupp, arbetsgrupp,
kommunens och regionens beslut, RSS Dalarna, mottagare av avvikelser, rapportör, administratör. Inget lösenord behövs.
Avsluta med Ctrl+C. Börja om med: ./run demo --fresh
"""
    )
