"""A county that has lived for a while: the shipped pack, its made-up people and months of their work, in one file.

Made once per run of the tests and copied for each test that changes something.
"""

import atexit
import shutil
import tempfile
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from engine.clock import start_of_day
from engine.commands import deploy_pack
from engine.database import Database
from engine.database.register_tables import agreement
from engine.packs import load_pack, shipped_packs
from engine.simulation import Options, play
from engine.simulation.cast import cast_county

UNTIL = date(2026, 3, 1)
SEED = 7


@cache
def lived_county() -> Path:
    """The database's file. Nobody writes to it; see `copy_county`."""
    folder = Path(tempfile.mkdtemp(prefix="county-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "county.sqlite3"
    database = Database(f"sqlite:///{file}", durable=False)
    agreement.metadata.create_all(database.engine)
    pack_folder = shipped_packs()[0]
    pack = load_pack(pack_folder)
    beginning = start_of_day(pack.valid_from) - timedelta(days=400)
    with database.write() as connection:
        deploy_pack(connection, beginning, pack_folder)
        cast_county(connection, beginning, pack, SEED)
    play(database, Options(pack.key, pack.valid_from, UNTIL, seed=SEED))
    database.close()
    return file


def copy_county(folder: Path) -> Database:
    """A database of one's own with the same content."""
    file = folder / "county.sqlite3"
    shutil.copy(lived_county(), file)
    return Database(f"sqlite:///{file}")
