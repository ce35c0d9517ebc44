"""Brings a database's tables up to this version of the program, by the revisions in `migrations/versions`.

There is no way down: before an upgrade one takes a backup, and restores it.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from engine.database.connection import Database
from engine.database.turns import take_turns
from engine.errors import Misconfigured

NEWER = "Databasen är gjord av en nyare version av Samflöde. Uppgradera programmet först."
MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(database: Database) -> None:
    """Run the revisions that the database lacks, all or none; nothing when it is current. Two at once take turns.

    Raises Misconfigured when a later version of the program has been there.
    """
    with database.restructure() as connection:
        take_turns(connection, "upgrade")
        try:
            command.upgrade(configuration(connection), "head")
        except CommandError as error:
            raise Misconfigured(NEWER) from error


def is_current(database: Database) -> bool:
    """Whether the database has every revision of this version of the program, and none of a later one."""
    with database.read(patient=False) as connection:
        found = MigrationContext.configure(connection).get_current_heads()
        return set(found) == set(ScriptDirectory.from_config(configuration(connection)).get_heads())


def revisions(connection: Connection) -> tuple[str, ...]:
    """The revisions that the database has; none when its tables were made in another way."""
    return tuple(MigrationContext.configure(connection).get_current_heads())


def configuration(connection: Connection) -> Config:
    """Alembic's settings, without an alembic.ini that would have to lie somewhere on the machine."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", MIGRATIONS.as_posix().replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config
