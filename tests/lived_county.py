"""A county that has lived for a while: the shipped pack, its made-up people and months of their work, in one file.

Made once per run of the tests and copied for each test that changes something.
"""

import atexit
import shutil
import tempfile
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import select

from engine.clock import start_of_day
from engine.commands import deploy_pack
from engine.database import Database
from engine.database.access_tables import access_token
from engine.database.register_tables import agreement
from engine.database.tables import user_task
from engine.packs import load_pack, shipped_packs
from engine.simulation import Options, play
from engine.simulation.cast import cast_county

UNTIL = date(2026, 3, 1)
NO_LONGER_THAN = date(2027, 3, 1)
SEED = 7

# When the county stops, somebody in each of these has something to do: those who write, and either party.
BUSY = (("process_leader",), ("working_group",), ("municipality_decision", "region_decision"))


@cache
def lived_county() -> Path:
    """The database's file. Nobody writes to it; see `copy_county`."""
    folder = Path(tempfile.mkdtemp(prefix="county-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "county.sqlite3"
    database = Database(f"sqlite:///{file}", durable=False)
    assert access_token.metadata is agreement.metadata  # every table, whatever else the test has imported
    agreement.metadata.create_all(database.engine)
    pack_folder = shipped_packs()[0]
    pack = load_pack(pack_folder)
    beginning = start_of_day(pack.valid_from) - timedelta(days=400)
    with database.write() as connection:
        deploy_pack(connection, beginning, pack_folder)
        cast_county(connection, beginning, pack, SEED)
    options = Options(
        pack.key, pack.valid_from, NO_LONGER_THAN, seed=SEED, enough=lambda moment: _is_enough(database, moment)
    )
    play(database, options)
    database.close()
    return file


def _is_enough(database: Database, moment: datetime) -> bool:
    """After a while, when everybody above is busy and a steering group is to decide after a self-assessment."""
    if moment < start_of_day(UNTIL):
        return False
    with database.read() as connection:
        is_open = user_task.c.state == "open"
        roles = set(connection.execute(select(user_task.c.role).where(is_open).distinct()).scalars())
        gates = select(user_task.c.id).where(is_open, user_task.c.gate, user_task.c.role == "steering_group")
        assessed = gates.where(user_task.c.process_key.startswith("iris_"))
        return all(roles & set(any_of) for any_of in BUSY) and connection.execute(assessed).first() is not None


def copy_county(folder: Path) -> Database:
    """A database of one's own with the same content."""
    file = folder / "county.sqlite3"
    shutil.copy(lived_county(), file)
    return Database(f"sqlite:///{file}")
