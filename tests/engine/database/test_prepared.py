"""Prepared statements read and write every type that our tables have, as SQLAlchemy itself does."""

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Float, Integer, MetaData, Numeric, Table, bindparam, insert, select

from engine.database import Database
from engine.database.prepared import Prepared

figure = Table(
    "figure",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("share", Float),
    Column("exact", Numeric(10, 2)),
)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with closing(Database(database_url)) as database, database.write() as connection:
        figure.create(connection)
        yield connection


def test_a_figure_with_decimals_is_read_as_it_was_written(connection: Connection) -> None:
    rows: list[dict[str, Any]] = [
        {"id": 1, "share": 0.1, "exact": Decimal("12.50")},
        {"id": 2, "share": 3.0, "exact": Decimal("0.25")},
        {"id": 3, "share": None, "exact": None},
    ]
    Prepared(insert(figure)).run_each(connection, rows)
    one = Prepared(select(figure).where(figure.c.id == bindparam("number")))
    for row in rows:
        prepared = dict(one.first(connection, {"number": row["id"]})._mapping)
        assert prepared == row
        assert [type(value) for value in prepared.values()] == [type(value) for value in row.values()]
