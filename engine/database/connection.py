"""Opens the database and its transactions; everything inside works on a SQLAlchemy Core `Connection`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import NullPool, QueuePool

from engine.errors import Conflict, Misconfigured, Stale

BUSY_SECONDS = 30.0


class Database:
    """One database, SQLite or PostgreSQL.

    `write()` opens the one kind of transaction that may change rows: it takes SQLite's write lock at once
    (BEGIN IMMEDIATE), so two writers queue instead of failing half-way, and commits when the block ends well.
    `read()` sees one consistent picture and changes nothing.

    Where two transactions meet, one of them gets `Conflict` (what it was to add has been added) or `Stale` (it waited
    too long or crosswise; nothing was written and it may be tried again).
    """

    def __init__(self, url: str, *, pooled: bool = True, durable: bool = True) -> None:
        """`durable=False` does not wait for the disk: only for data that can be made again, such as the demo's."""
        self.url = url
        self._engine = _create(url, pooled, durable)

    @property
    def engine(self) -> Engine:
        return self._engine

    @property
    def dialect(self) -> str:
        return self._engine.dialect.name

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction: committed when the block ends, rolled back when it raises."""
        with _told_apart(), self._engine.connect() as connection:
            connection.execution_options(samflode_write=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction: one consistent picture."""
        with self._engine.connect() as connection:
            if self.dialect == "postgresql":
                # Else each statement would see what has been committed since the one before.
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def restructure(self) -> Iterator[Connection]:
        """A write transaction in which tables may be made anew; only `engine.database.upgrade` needs it.

        On SQLite a table is changed by copying it and dropping the old one, which foreign keys forbid. They can only be
        switched off outside a transaction, so they are, on this connection, and are all checked before it commits.
        """
        with self._engine.connect() as connection:
            connection.execution_options(samflode_write=True)
            self._enforce_foreign_keys(connection, "OFF")
            try:
                with connection.begin():
                    yield connection
                    if self.dialect == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                        raise Misconfigured("Uppgraderingen skulle bryta samband i databasen. Inget har ändrats.")
            finally:
                self._enforce_foreign_keys(connection, "ON")

    def _enforce_foreign_keys(self, connection: Connection, on: str) -> None:
        if self.dialect == "sqlite" and connection.connection.dbapi_connection is not None:
            connection.connection.dbapi_connection.cursor().execute(f"PRAGMA foreign_keys={on}")

    def close(self) -> None:
        self._engine.dispose()


@contextmanager
def _told_apart() -> Iterator[None]:
    """Errors of a database that two transactions met in, as ours; any other is a fault of the program."""
    try:
        yield
    except DBAPIError as error:
        found = getattr(error.orig, "sqlite_errorname", None) or type(error.orig).__name__
        if found in _ADDED_TWICE:
            raise Conflict("Någon annan hann före med samma sak. Inget har ändrats.") from error
        if found in _CROSSED:
            raise Stale("Någon annan ändrade samma sak just nu. Inget har ändrats. Försök igen.") from error
        raise


# SQLite's names of errors, and psycopg's.
_ADDED_TWICE = frozenset({"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "UniqueViolation"})
_CROSSED = frozenset({"SQLITE_BUSY", "DeadlockDetected", "SerializationFailure", "LockNotAvailable"})


def _create(url: str, pooled: bool, durable: bool) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite":
            return _create_sqlite(parsed.render_as_string(hide_password=False), parsed.database, durable)
        if parsed.get_backend_name() == "postgresql":
            return create_engine(parsed, poolclass=QueuePool if pooled else NullPool)
    except (ArgumentError, NoSuchModuleError) as error:
        raise Misconfigured(f"SAMFLODE_DATABASE_URL går inte att tolka: {url!r}.") from error
    raise Misconfigured(
        f"SAMFLODE_DATABASE_URL: {parsed.get_backend_name()} stöds inte. Använd sqlite:///fil eller postgresql://…"
    )


def _create_sqlite(url: str, file: str | None, durable: bool) -> Engine:
    if file and file != ":memory:" and not Path(file).parent.is_dir():
        raise Misconfigured(f"Mappen {Path(file).parent} finns inte. Skapa den eller ändra SAMFLODE_DATABASE_URL.")
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in ("journal_mode=WAL", f"synchronous={'FULL' if durable else 'OFF'}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred BEGIN that later writes fails with "database is locked" when another writer came between;
        # taking the lock at once makes it wait for its turn instead.
        immediate = connection.get_execution_options().get("samflode_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def check_reachable(database: Database) -> None:
    """Raise `Misconfigured`, in one line, when the database does not answer."""
    try:
        with database.read() as connection:
            connection.exec_driver_sql("SELECT 1")
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0] if error.orig else "okänt fel"
        raise Misconfigured(f"Databasen svarar inte ({reason}). Kontrollera SAMFLODE_DATABASE_URL.") from error
