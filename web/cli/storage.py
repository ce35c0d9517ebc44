"""`database upgrade`, `database check`, `backup` and `restore`."""

import argparse

from engine.backup import Faulty, back_up, faults_of_copy, note_copy
from engine.backup import restore as restore_from
from engine.clock import utc_now
from engine.database import Database
from engine.database.connection import check_reachable
from engine.database.upgrade import upgrade
from engine.integrity import check, rebuild
from web.cli.opening import open_database, open_settings, writable
from web.cli.telling import tell, tell_error


def upgrade_database(_arguments: argparse.Namespace) -> int:
    """Make or change the tables as this version needs them."""
    settings = open_settings()
    database = Database(settings.database_url)
    check_reachable(database)
    upgrade(database)
    tell("Databasen är uppdaterad.")
    return 0


def check_database(arguments: argparse.Namespace) -> int:
    """Verify every history, submission, register and open task. Exit 1 with a line per fault.

    With --rebuild, first make anew what is only a picture of something else.
    """
    database = open_database(open_settings())
    if arguments.rebuild:
        database.run(lambda connection: rebuild(connection, utc_now()))
    with database.read() as connection:
        faults = check(connection)
    for fault in faults:
        tell_error(fault)
    if not faults:
        tell("Allt stämmer.")
    return 1 if faults else 0


def backup(arguments: argparse.Namespace) -> int:
    """Copy the whole database to a file, while others work, and note that it was done. With --check also check it.

    A faulty copy is kept, but not noted. Exit 1 with a line per fault.
    """
    database, made_at = open_database(open_settings()), utc_now()
    back_up(database, writable(arguments.file))
    size = arguments.file.stat().st_size
    faults = faults_of_copy(arguments.file) if arguments.check else []
    for fault in faults:
        tell_error(fault)
    if faults:
        return 1
    database.run(lambda connection: note_copy(connection, made_at, size, checked=arguments.check))
    print(f"{arguments.file} ({size // 1024} kB)")
    if arguments.check:
        tell("Allt stämmer.")
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Fill the database from a file that `backup` wrote, and check it: a faulty one changes nothing."""
    database = Database(open_settings().database_url)
    check_reachable(database)
    try:
        rows = restore_from(
            database, arguments.file, replace=arguments.replace, despite_faults=arguments.despite_faults
        )
    except Faulty as faulty:
        for fault in faulty.faults:
            tell_error(fault)
        raise
    tell(f"{rows} rader är återställda.")
    return 0
