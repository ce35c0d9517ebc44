"""What can go wrong in a database though the program is right, as errors of ours; any other is a fault of the program.

Two transactions met: `Stale`. The database is away, or its disk is full: `Unavailable`. It went away while it was to
commit: `Uncertain`. In the first two nothing was written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, OperationalError

from engine.errors import SamflodeError, Stale, Unavailable, Uncertain

# SQLite's names of errors (with their extended forms, such as SQLITE_BUSY_SNAPSHOT), and psycopg's.
_MET = ("SQLITE_BUSY", "SQLITE_LOCKED", "DeadlockDetected", "SerializationFailure", "LockNotAvailable")
# What one was to add, another has added. Done again, the unit of work finds it there and says so in its own words.
_ADDED_TWICE = ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "UniqueViolation")
_FULL = ("SQLITE_FULL", "DiskFull")
_AWAY = ("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")


@dataclass
class Progress:
    """How far a transaction has come."""

    committing: bool = False


@contextmanager
def told_apart() -> Iterator[Progress]:
    """Raises what goes wrong inside as one of our errors. The block says when it begins to commit."""
    progress = Progress()
    try:
        yield progress
    except DBAPIError as error:
        found = _meaning(error, progress)
        if found is None:
            raise
        raise found from error


def _meaning(error: DBAPIError, progress: Progress) -> SamflodeError | None:
    name: str | None = getattr(error.orig, "sqlite_errorname", None)
    on_server = name is None
    name = name or type(error.orig).__name__
    if name.startswith(_MET):
        return Stale("Någon annan ändrade samma sak just nu. Inget har ändrats. Försök igen.")
    if name.startswith(_ADDED_TWICE):
        return Stale("Någon annan hann före med samma sak. Inget har ändrats.")
    if name.startswith(_FULL):
        return Unavailable("Databasens disk är full. Inget har ändrats. Säg till den som sköter driften.")
    lost = error.connection_invalidated or (on_server and isinstance(error, OperationalError))
    if lost and progress.committing:
        return Uncertain("Förbindelsen bröts medan det sparades. Se efter om det blev gjort innan du gör det igen.")
    if lost or name.startswith(_AWAY):
        return Unavailable("Databasen svarar inte just nu. Inget har ändrats. Försök igen om en stund.")
    return None
