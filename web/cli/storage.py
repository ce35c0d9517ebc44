"""`database upgrade` and `database check`."""

import argparse
import sys

from engine.clock import utc_now
from engine.database import Database
from engine.database.connection import check_reachable
from engine.database.upgrade import upgrade
from engine.integrity import check, rebuild
from web.cli.opening import open_database, open_settings


def upgrade_database(_arguments: argparse.Namespace) -> int:
    """Make or change the tables as this version needs them."""
    settings = open_settings()
    database = Database(settings.database_url)
    check_reachable(database)
    upgrade(database)
    print("Databasen är uppdaterad.")
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
        print(fault, file=sys.stderr)
    if not faults:
        print("Allt stämmer.")
    return 1 if faults else 0
