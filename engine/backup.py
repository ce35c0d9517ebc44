"""Copies a whole database to a file and back. The file is a SQLite database, whichever kind the copied one is."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, Table, delete, exists, insert, literal, select

from engine.database import (
    Database,
    access_tables,  # noqa: F401 - their tables are part of the metadata, too
    register_tables,  # noqa: F401
    workplace_tables,  # noqa: F401
)
from engine.database.tables import metadata
from engine.database.upgrade import upgrade
from engine.database.workplace_tables import backup_copy
from engine.errors import Conflict, Invalid, Misconfigured, NotFound
from engine.integrity import check

_ROWS_AT_ONCE = 500
_TABLES = metadata.sorted_tables


class Faulty(Invalid):
    """A copy in which the check finds faults, each in a sentence."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("Säkerhetskopian klarar inte kontrollen. Inget har ändrats.")
        self.faults = list(faults)


def back_up(database: Database, file: Path) -> None:
    """Write a copy, as of one moment, while others work. It replaces a file of that name once it is whole."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)  # it holds everything, password hashes too
    try:
        if database.dialect == "sqlite":
            _copy_file(database, unfinished)
        else:
            _copy_rows(database, unfinished)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def faults_of_copy(file: Path) -> list[str]:
    """What the check finds wrong with a copy; the file itself is left as it is."""
    with tempfile.TemporaryDirectory(prefix="samflode-") as folder:
        copy = Database(f"sqlite:///{shutil.copy(file, Path(folder) / 'copy.sqlite3')}", durable=False)
        try:
            with copy.read() as connection:
                return list(check(connection))
        finally:
            copy.close()


def note_copy(connection: Connection, made_at: datetime, size: int, *, checked: bool) -> None:
    """Remember that a copy as of `made_at` was made, so that its age can be seen. `size` is in bytes."""
    row = {"id": uuid4().hex, "made_at": made_at, "size": size, "checked": checked}
    connection.execute(insert(backup_copy).values(row))


def restore(database: Database, file: Path, *, replace: bool = False, despite_faults: bool = False) -> int:
    """Fill an empty database from a copy, made by this version or an earlier one. Returns how many rows it has got.

    All or nothing. `replace`: the database need not be empty. Raises NotFound, Invalid (no such copy), Conflict (not
    empty), Faulty (unless `despite_faults`).
    """
    if not file.is_file():
        raise NotFound(f"Filen {file} finns inte.")
    upgrade(database)
    with tempfile.TemporaryDirectory(prefix="samflode-") as folder:
        copy = Database(f"sqlite:///{shutil.copy(file, Path(folder) / 'copy.sqlite3')}", durable=False)
        try:
            _bring_up_to_date(copy, file)
            return database.run(lambda connection: _restore(copy, connection, replace, despite_faults))
        finally:
            copy.close()


def _copy_file(database: Database, target: Path) -> None:
    """SQLite copies itself: all pages in one step are of one moment, and writers need not wait."""
    with database.read() as connection, closing(sqlite3.connect(target)) as copy:
        source: Any = connection.connection.driver_connection
        source.backup(copy)
    _leave_one_file(target)


def _leave_one_file(target: Path) -> None:
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")  # no log beside it


def _copy_rows(database: Database, target: Path) -> None:
    copy = Database(f"sqlite:///{target}", durable=False)
    try:
        upgrade(copy)
        with database.read() as source, copy.write() as connection:
            _fill(source, connection)
    finally:
        copy.close()
    _leave_one_file(target)


def _bring_up_to_date(copy: Database, file: Path) -> None:
    try:
        with copy.read() as connection:
            connection.exec_driver_sql("SELECT version_num FROM alembic_version")
        upgrade(copy)
    except Misconfigured as error:
        raise Invalid(f"{file}: {error}") from error
    except Exception as error:
        raise Invalid(f"{file} är ingen säkerhetskopia av Samflöde, eller så är den skadad ({error}).") from error


def _restore(copy: Database, connection: Connection, replace: bool, despite_faults: bool) -> int:
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in _TABLES)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
    filled = [table.name for table in _TABLES if connection.execute(select(exists(select(table)))).scalar()]
    if filled and not replace:
        raise Conflict("Databasen är inte tom. Välj en tom databas, eller ersätt allt som finns i den med --replace.")
    for table in reversed(_TABLES):
        if table.name in filled:
            _empty(connection, table)
    with copy.read() as source:
        count = _fill(source, connection)
    if not despite_faults and (faults := check(connection)):
        raise Faulty(faults)
    return count


def _empty(connection: Connection, table: Table) -> None:
    """Rows that point at others of their table go before those."""
    own = [key.parent for key in table.foreign_keys if key.column.table is table]
    for column in own:
        pointed_at = select(column).where(column.is_not(None))
        key = next(iter(table.primary_key))
        while connection.execute(delete(table).where(key.not_in(pointed_at), column.is_not(None))).rowcount:
            pass
    connection.execute(delete(table))


def _fill(source: Connection, target: Connection) -> int:
    count = 0
    for table in _TABLES:
        for rows in _rows(source, table):
            target.execute(insert(table), rows)
            count += len(rows)
    return count


def _rows(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    found = source.execution_options(yield_per=_ROWS_AT_ONCE).execute(_query(table))
    for rows in found.mappings().partitions(_ROWS_AT_ONCE):
        yield [dict(row) for row in rows]


def _query(table: Table) -> Select[Any]:
    """Every row; those that others of the table point at come before them."""
    own = next((key.parent for key in table.foreign_keys if key.column.table is table), None)
    if own is None:
        return select(table)
    key = next(iter(table.primary_key))
    tree = select(key.label("id"), literal(0).label("depth")).where(own.is_(None)).cte("tree", recursive=True)
    tree = tree.union_all(select(key, tree.c.depth + 1).join_from(table, tree, own == tree.c.id))
    return select(table).join(tree, tree.c.id == key).order_by(tree.c.depth)
