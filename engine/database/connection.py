"""Opens the database and its transactions; everything inside works on a SQLAlchemy Core `Connection`."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import NullPool, QueuePool

from engine.database.mishaps import told_apart
from engine.database.prepared import say
from engine.database.queue import WriteQueue
from engine.errors import Misconfigured, Stale, Unavailable, Uncertain

BUSY_SECONDS = 30.0
_CACHE_KIB = 16_000  # at most, for each connection
# Of 4 kB, before they are moved to their places: with SQLite's own 1000, whoever writes waits for that more often.
_LOG_PAGES = 4000
_KEPT_CONNECTIONS = 10  # more than a web process has threads: what is beyond is opened anew each time
_TRUSTED_SECONDS = 1.0  # no server is stopped and started again in less
_ATTEMPTS = 8
_FIRST_PAUSE_SECONDS = 0.02  # doubled each time: two and a half seconds in all, longer than a restart takes
_LONGEST_PAUSE_SECONDS = 0.3  # of a reader, who waits as long as a restart may take where much is to be recovered
_PATIENCE_SECONDS = 10.0  # whoever has already waited this long, e.g. for SQLite's lock, is told

T = TypeVar("T")


class Database:
    """One database, SQLite or PostgreSQL.

    `write()` opens the one kind of transaction that may change rows: it takes SQLite's write lock at once
    (BEGIN IMMEDIATE), in the order in which they came, so two writers queue instead of failing half-way, and commits
    when the block ends well.
    `run()` does a unit of work in such a transaction, and does it again when it met another one: what people and the
    worker change is changed through it, so that nobody sees an error of locks. `read()` sees one consistent picture
    and changes nothing; while the server is being restarted it waits.

    What goes wrong in the database comes out as `Stale`, `Unavailable` or `Uncertain` (see `engine.database.mishaps`).
    """

    def __init__(self, url: str, *, pooled: bool = True, durable: bool = True) -> None:
        """`durable=False` does not wait for the disk: only for data that can be made again, such as the demo's."""
        self.url = url
        self._engine = _create(url, pooled, durable)
        file = self._engine.url.database if self.dialect == "sqlite" else None
        self._queue = WriteQueue(file, BUSY_SECONDS) if file and file != ":memory:" else None

    @property
    def engine(self) -> Engine:
        return self._engine

    @property
    def dialect(self) -> str:
        return self._engine.dialect.name

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction: committed when the block ends, rolled back when it raises."""
        with told_apart() as progress, self._turn(), self._engine.connect() as connection, connection.begin():
            self._say_begin(connection, "BEGIN IMMEDIATE")
            yield connection
            progress.committing = True

    def run(self, unit: Callable[[Connection], T]) -> T:
        """What `unit` returns, done in a write transaction of its own; tried again when that is of use.

        `unit` is called anew, on rows as they are then, so it changes nothing but the database. Raises what `unit`
        raises, Stale or Unavailable when all attempts were in vain, Uncertain when the answer to a commit got lost.
        """
        began, pause = time.monotonic(), _FIRST_PAUSE_SECONDS
        for _ in range(_ATTEMPTS - 1):
            try:
                with self.write() as connection:
                    return unit(connection)
            except Uncertain:
                raise
            except (Stale, Unavailable):
                if time.monotonic() - began > _PATIENCE_SECONDS:
                    raise
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - else the same two would meet again
            pause *= 2
        with self.write() as connection:
            return unit(connection)

    @contextmanager
    def read(self, *, patient: bool = True) -> Iterator[Connection]:
        """A read transaction: one consistent picture. `patient=False` does not wait for a server that is away."""
        with told_apart(), self._connected(patient) as connection:
            if self.dialect == "postgresql":
                # Else each statement would see what has been committed since the one before.
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                self._say_begin(connection, "BEGIN")
                yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """Outside any transaction, for prepared statements that read and of which each stands alone."""
        with told_apart(), self._connected(patient=True) as connection:
            if self.dialect == "postgresql":
                connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    def _connected(self, patient: bool) -> Connection:
        """A connection, also when the server is gone for as long as a restart takes."""
        began, pause = time.monotonic(), _FIRST_PAUSE_SECONDS
        while patient and self.dialect == "postgresql" and time.monotonic() - began < _PATIENCE_SECONDS:
            try:
                return self._engine.connect()
            except OperationalError:
                time.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        return self._engine.connect()

    @contextmanager
    def restructure(self) -> Iterator[Connection]:
        """A write transaction in which tables may be made anew; only `engine.database.upgrade` needs it.

        On SQLite a table is changed by copying it and dropping the old one, which foreign keys forbid. They can only be
        switched off outside a transaction, so they are, on this connection, and are all checked before it commits.
        """
        with self._engine.connect() as connection:
            self._enforce_foreign_keys(connection, "OFF")
            try:
                with connection.begin():
                    self._say_begin(connection, "BEGIN IMMEDIATE")
                    yield connection
                    if self.dialect == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                        raise Misconfigured("Uppgraderingen skulle bryta samband i databasen. Inget har ändrats.")
            finally:
                self._enforce_foreign_keys(connection, "ON")

    def _say_begin(self, connection: Connection, begin: str) -> None:
        """SQLite's driver leaves it to us to begin.

        A deferred BEGIN that later writes fails with "database is locked" when another writer came between; taking the
        lock at once makes it wait for its turn instead.
        """
        if self.dialect == "sqlite":
            say(connection, begin)

    def _enforce_foreign_keys(self, connection: Connection, on: str) -> None:
        if self.dialect == "sqlite" and connection.connection.dbapi_connection is not None:
            connection.connection.dbapi_connection.cursor().execute(f"PRAGMA foreign_keys={on}")

    def _turn(self) -> AbstractContextManager[None]:
        return self._queue.turn() if self._queue is not None else nullcontext()

    def close(self) -> None:
        self._engine.dispose()
        if self._queue is not None:
            self._queue.close()


def _create(url: str, pooled: bool, durable: bool) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite":
            return _create_sqlite(parsed.render_as_string(hide_password=False), parsed.database, durable)
        if parsed.get_backend_name() == "postgresql":
            return _create_postgresql(parsed, pooled)
    except (ArgumentError, NoSuchModuleError) as error:
        raise Misconfigured(f"SAMFLODE_DATABASE_URL går inte att tolka: {url!r}.") from error
    raise Misconfigured(
        f"SAMFLODE_DATABASE_URL: {parsed.get_backend_name()} stöds inte. Använd sqlite:///fil eller postgresql://…"
    )


def _create_postgresql(url: URL, pooled: bool) -> Engine:
    if not pooled:
        return create_engine(url, poolclass=NullPool)
    engine = create_engine(url, poolclass=QueuePool, pool_size=_KEPT_CONNECTIONS)

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        # A pooled connection may have died with the server: asked first, it is replaced before anybody notices. One
        # that was used just now is not asked: where the database is far away, an answer takes its time. Only what has
        # come already is looked at, such as that the server has hung up.
        now = time.monotonic()
        try:
            connection.pgconn.consume_input()
            if now - record.info.get("used", now) >= _TRUSTED_SECONDS:
                engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError("the server has gone away since the connection was last used") from error

    return engine


def _create_sqlite(url: str, file: str | None, durable: bool) -> Engine:
    if file and file != ":memory:" and not Path(file).parent.is_dir():
        raise Misconfigured(f"Mappen {Path(file).parent} finns inte. Skapa den eller ändra SAMFLODE_DATABASE_URL.")
    kept = {} if file in {None, "", ":memory:"} else {"pool_size": _KEPT_CONNECTIONS}
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, **kept)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see `_say_begin`
        # What a task list counts lies all over a large table, and would not stay in the 2 MB that SQLite keeps itself.
        kept = f"cache_size=-{_CACHE_KIB}"
        log = f"wal_autocheckpoint={_LOG_PAGES}"
        for pragma in ("journal_mode=WAL", f"synchronous={'FULL' if durable else 'OFF'}", "foreign_keys=ON", kept, log):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def check_reachable(database: Database) -> None:
    """Raise `Misconfigured`, in one line, when the database does not answer."""
    try:
        with database.read(patient=False) as connection:
            connection.exec_driver_sql("SELECT 1")
    except Unavailable as error:
        reason = str(getattr(error.__cause__, "orig", "") or "okänt fel").strip().splitlines()[0]
        raise Misconfigured(f"Databasen svarar inte ({reason}). Kontrollera SAMFLODE_DATABASE_URL.") from error
