"""Writes database revisions: `python -m tools.migrations` writes 0001 anew, with a message it writes the next one.

Until the first release there is one revision only, and every change of a table goes into it. Afterwards 0001 is left
alone: `python -m tools.migrations "Remember who reminded"` writes what the tables have got since; read it, mend it.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from engine.database import Database
from engine.database.upgrade import MIGRATIONS, configuration, upgrade

VERSIONS = MIGRATIONS / "versions"


def write(message: str | None) -> Path:
    """Write a revision: the difference between an empty, upgraded database and the tables. Returns its file."""
    if message is None:
        for old in VERSIONS.glob("0001_*.py"):
            old.unlink()
    number = f"{len(list(VERSIONS.glob('*.py'))) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.sqlite3")
        upgrade(database)
        with database.write() as connection:
            command.revision(configuration(connection), message or "Every table", autogenerate=True, rev_id=number)
        database.close()
    written = next(VERSIONS.glob(f"{number}_*.py"))
    lines = written.read_text().splitlines(keepends=True)
    written.write_text("".join(line for line in lines if not line.strip().startswith("# ###")))
    for check in (["format"], ["check", "--fix"]):
        subprocess.run([sys.executable, "-m", "ruff", *check, "--quiet", str(written)], check=True)
    return written


if __name__ == "__main__":
    print(write(" ".join(sys.argv[1:]) or None))
