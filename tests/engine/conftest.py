"""A database with every table in it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from engine.database import Database
from engine.database.register_tables import agreement  # the registers belong to the same metadata
from engine.database.tables import metadata


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url)
    assert agreement.metadata is metadata
    metadata.create_all(opened.engine)
    yield opened
    opened.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """One write transaction that lasts the whole test."""
    with database.write() as opened:
        yield opened
