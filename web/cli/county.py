"""`simulate` and `export`."""

import argparse
import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

from engine.clock import end_of_day, start_of_day, utc_now
from engine.commands import deploy_pack
from engine.database import Database
from engine.database.upgrade import upgrade
from engine.errors import Invalid, Misconfigured, NotFound
from engine.packs import load_pack
from engine.packs.archive import zip_pack
from engine.packs.upload import unpack
from engine.queries.packs import stored_pack
from engine.simulation import Options, play
from engine.simulation.cast import cast_county
from engine.warming import warm_up
from exports.kinds import export as export_kind
from web.cli.opening import open_database, open_settings, pack_folders, writable
from web.cli.telling import tell, tell_error


def simulate(arguments: argparse.Namespace) -> int:
    """Play the county's life, write the status workbook, and say how every agreement ended."""
    if arguments.end <= arguments.start:
        raise Invalid("--until behöver vara senare än --from.")
    if arguments.out and writable(arguments.out).suffix.lower() != ".xlsx":
        raise Invalid("Filens namn behöver sluta på .xlsx.")
    with tempfile.TemporaryDirectory(prefix="samflode-") as folder:
        if arguments.database_url:
            database = Database(arguments.database_url)
        else:
            database = Database(f"sqlite:///{Path(folder) / 'simulation.sqlite3'}", durable=False)
        _simulate(database, arguments)
        database.close()
    return 0


def _simulate(database: Database, arguments: argparse.Namespace) -> None:
    upgrade(database)
    beginning = start_of_day(arguments.start) - timedelta(days=460)
    with tempfile.TemporaryDirectory(prefix="samflode-") as empty, database.write() as connection:
        folder = _folder_of(arguments.pack, Path(empty))
        deploy_pack(connection, beginning, folder)
        cast_county(connection, beginning, load_pack(folder), arguments.seed)
    options = Options(
        arguments.pack,
        arguments.start,
        arguments.end,
        seed=arguments.seed,
        revise=arguments.revision == "begun",
        progress=lambda day: print(f"  {day.year}", file=sys.stderr, flush=True),
    )
    warm_up()
    played = play(database, options)
    tell(
        f"{played.tasks} uppgifter klara, {played.timers} tidpunkter passerade, "
        f"{played.deviations} avvikelser, {played.amendments} mindre ändringar."
    )
    with database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT key, status, valid_to FROM agreement ORDER BY key"  # what each agreement has become
        ).all()
        for key, status, valid_to in rows:
            tell(f"  {key}: {status}, till och med {valid_to or '-'}")
        for place in played.stuck:
            tell_error(f"  ingen kunde göra {place}")
        if arguments.out:
            now = end_of_day(arguments.end)
            arguments.out.write_bytes(export_kind(connection, "status", ".xlsx", now, None, "sv", now))


def _folder_of(pack_key: str, empty: Path) -> Path:
    """The pack's folder; a pack that was read in as a zip file lies in the database and is put into `empty`."""
    settings = open_settings(demo=True)
    for folder in pack_folders(settings):
        if load_pack(folder).key == pack_key:
            return folder
    try:
        with open_database(settings).read() as connection:
            return unpack(zip_pack(*stored_pack(connection, pack_key)), empty)
    except (NotFound, Misconfigured) as error:
        raise Invalid(f"Processpaketet {pack_key} finns inte.") from error


def export(arguments: argparse.Namespace) -> int:
    """Write one export to a file, whose ending says which kind of file."""
    ending = arguments.out.suffix.lower()
    if ending not in {".xlsx", ".csv"}:
        raise Invalid("Filens namn behöver sluta på .xlsx eller .csv.")
    writable(arguments.out)
    settings = open_settings()
    now = utc_now()
    as_of = _moment(arguments.as_of, now)
    with open_database(settings).read() as connection:
        content = export_kind(
            connection,
            arguments.kind,
            ending,
            as_of,
            arguments.organisation,
            arguments.locale or settings.locale,
            now,
            arguments.pack,
        )
    arguments.out.write_bytes(content)
    print(f"{arguments.out} ({len(content) // 1024} kB)")
    return 0


def _moment(day: date | None, now: datetime) -> datetime:
    """The end of the day asked for, or now."""
    return min(end_of_day(day), now) if day and end_of_day(day) < now else now
