"""`database upgrade` and `database check`."""

import argparse
import sys

from engine.database import Database
from engine.database.connection import check_reachable
from engine.database.upgrade import upgrade
from engine.integrity import check
from web.cli.opening import open_database, open_settings


def upgrade_database(_arguments: argparse.Namespace) -> int:
    """Make or change the tables as this version needs them."""
    settings = open_settings()
    database = Database(settings.database_url)
    check_reachable(database)
    upgrade(database)
    print("Databasen är uppdaterad.")
    return 0


def check_database(_arguments: argparse.Namespace) -> int:
    """Verify the chain of every instance's history. Exit 1 with a line per fault."""
    database = open_database(open_settings())
    with database.read() as connection:
        faults = check(connection)
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print("Allt stämmer.")
    return 1 if faults else 0
