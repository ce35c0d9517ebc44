"""Checks what the database says about itself, and makes anew what is only a picture of something else.

`histories`: what has happened and what was handed in, unchanged since. `registers`: made again from submissions.
`agreements`: agreements and stages against instances and changes of status. `statuses`: these changes against events.
`files`: attachments against their hashes. `waiting` and `open_rows`: rows of open tasks, timers and subscriptions
against the instances' stored state and their models. `belonging`: rows that point at nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from engine.errors import SamflodeError
from engine.integrity import agreements, belonging, files, histories, registers, statuses, waiting

_CHECKS: tuple[Callable[[Connection], Iterator[str]], ...] = (
    belonging.damaged_file,
    histories.changed_events,
    histories.changed_submissions,
    histories.changed_definitions,
    histories.odd_versions,
    files.changed_files,
    belonging.orphans,
    belonging.forgotten_statuses,
    registers.differing,
    agreements.differing,
    statuses.differing,
    waiting.differing,
)


def check(connection: Connection) -> list[str]:
    """Every fault found, as a sentence that names the row; empty when all is well."""
    faults: list[str] = []
    with _unreadable_text_shown(connection):
        for find in _CHECKS:
            try:
                faults.extend(find(connection))
            except (DatabaseError, SamflodeError, ValueError, LookupError, TypeError) as error:
                # A row that cannot even be read stops one check, never the others.
                reason = str(getattr(error, "orig", None) or error).splitlines()[0]
                faults.append(f"Kontrollen {find.__module__.rsplit('.')[-1]}.{find.__name__} kom inte igenom: {reason}")
    return faults


def rebuild(connection: Connection, now: datetime) -> None:
    """Make registers, open tasks, timers and subscriptions agree with what they are pictures of."""
    registers.rebuild(connection)
    agreements.rebuild(connection)  # those that are missing, whose changes are then made again
    statuses.rebuild(connection)
    agreements.rebuild(connection)
    waiting.rebuild(connection, now)


@contextmanager
def _unreadable_text_shown(connection: Connection) -> Iterator[None]:
    """SQLite reads text that is no text as question marks, so that a changed byte shows in its row."""
    driver = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.text_factory = lambda raw: raw.decode(errors="replace")
    try:
        yield
    finally:
        driver.text_factory = str
