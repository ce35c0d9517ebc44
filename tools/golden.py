"""Makes the golden instances of a release: `python -m tools.golden` writes tests/golden/<version>.db.xz.

A small county in the middle of its life, with something running in every kind of process, as `samflode backup` writes
it. Made anew while 0001 still changes, then once per release: `tests/golden` proves that newer code finishes it.
"""

import lzma
import re
import shutil
import tempfile
import tomllib
from datetime import date, timedelta
from pathlib import Path

from engine.backup import back_up
from engine.clock import start_of_day
from engine.commands import deploy_pack
from engine.database import Database
from engine.database.upgrade import upgrade
from engine.packs import load_pack
from engine.simulation import Options, play
from engine.simulation.cast import cast_county

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests/golden"
MUNICIPALITIES = '"2080", "2062", "2021"'
SEED = 17
UNTIL = date(2026, 11, 20)


def make() -> Path:
    """Play the county until a day when much is under way. Returns the file."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    with tempfile.TemporaryDirectory() as folder:
        pack = _small_pack(Path(folder) / "dalarna_kvinnofrid")
        database = Database(f"sqlite:///{folder}/county.sqlite3", durable=False)
        upgrade(database)
        loaded = load_pack(pack)
        beginning = start_of_day(loaded.valid_from) - timedelta(days=400)
        with database.write() as connection:
            deploy_pack(connection, beginning, pack)
            cast_county(connection, beginning, loaded, SEED)
        play(database, Options(loaded.key, loaded.valid_from, UNTIL, seed=SEED, deviations_per_year=5))
        copy = Path(folder) / "copy.db"
        back_up(database, copy)
        database.close()
        written = FOLDER / f"{version}.db.xz"
        written.write_bytes(lzma.compress(copy.read_bytes(), preset=9 | lzma.PRESET_EXTREME))
    return written


def _small_pack(folder: Path) -> Path:
    """The shipped pack, with a few municipalities."""
    shutil.copytree(ROOT / "processes/dalarna_kvinnofrid", folder)
    manifest = folder / "pack.toml"
    few = re.sub(
        r"^parties = \[[^\]]*\]", f'parties = [{MUNICIPALITIES}, "20"]', manifest.read_text(), flags=re.MULTILINE
    )
    few = re.sub(r"^municipalities = \[[^\]]*\]", f"municipalities = [{MUNICIPALITIES}]", few, flags=re.MULTILINE)
    manifest.write_text(few)
    return folder


if __name__ == "__main__":
    print(make())
