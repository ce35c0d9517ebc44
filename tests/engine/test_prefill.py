"""What a form begins with is found by index: the newest text of one agreement, among all that was ever handed in."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Connection, event

from engine import prefill
from engine.clock import utc_now
from engine.database import Database
from engine.database.upgrade import upgrade

ABOUT = prefill.About("answer", "purpose", "kvinnofrid/2080", "kvinnofrid-2016/2080", "2080", utc_now())
OF_SUBMISSIONS = ("previous", "section_text", "goals")


@pytest.fixture
def connection(sqlite_url: str) -> Iterator[Connection]:
    with closing(Database(sqlite_url)) as database:
        upgrade(database)
        with database.read() as connection:
            yield connection


@pytest.mark.parametrize("source", OF_SUBMISSIONS)
def test_it_is_not_looked_for_among_all_agreements(connection: Connection, source: str) -> None:
    said: list[tuple[str, list[object]]] = []
    event.listen(connection, "before_cursor_execute", lambda *given: said.append((given[2], given[3])))
    assert prefill.SOURCES[source](connection, ABOUT, ["text"]) in ({}, {"text": None}, {"goals": None})
    ((sql, given),) = said
    raw = connection.connection.dbapi_connection
    assert raw is not None
    plan = [row[3] for row in raw.cursor().execute(f"EXPLAIN QUERY PLAN {sql}", given).fetchall()]
    assert "agreement_key=?" in plan[0], plan
