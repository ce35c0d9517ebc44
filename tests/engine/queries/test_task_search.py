"""Tasks by any criteria: each page is read along an index, on both databases, however many tasks there are."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event

from engine.database import Database
from engine.database.tables import metadata
from engine.people import Person
from engine.queries.task_search import TaskSearch, search_tasks
from tests.engine import build
from tests.engine.build import NOW, somebody


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    database = Database(database_url, pooled=False)
    metadata.create_all(database.engine)
    with database.write() as connection:
        build.create_pack(connection)
        instance = build.create_instance(connection)
        for number in range(6):
            state = "open" if number % 2 else "completed"
            build.create_task(connection, instance, state=state, due_at=NOW.replace(hour=number))
        yield connection
    database.close()


@pytest.fixture
def rss(connection: Connection) -> Person:
    return somebody(connection, "rss", ("rss", "rss"))


ASKED = {
    "whatever became of them": TaskSearch(state=None),
    "the latest first": TaskSearch(state=None, order="-due_at"),
    "a role wherever it is held": TaskSearch(role="process_leader"),
    "a role here": TaskSearch(role="process_leader", role_organisation="2080"),
    "all open": TaskSearch(),
    "late": TaskSearch(due_before=NOW),
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_page_is_read_along_an_index(connection: Connection, rss: Person, asked: str) -> None:
    plan = explained(connection, rss, ASKED[asked])
    if connection.dialect.name == "postgresql":
        assert "Sort" not in plan
        assert "Seq Scan on user_task" not in plan
    else:
        assert "TEMP B-TREE" not in plan
        assert "ix_user_task" in plan


def explained(connection: Connection, person: Person, wanted: TaskSearch) -> str:
    """How the database reads one page."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    rows, cursor = search_tasks(connection, person, wanted, cursor=None, limit=1)
    search_tasks(connection, person, wanted, cursor=cursor, limit=1)
    event.remove(connection, "before_cursor_execute", note)
    assert rows
    statement, parameters = [each for each in sent if "user_task" in each[0]][-1]
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:  # of a handful of rows it would rather read them all
        for way in ("seqscan", "bitmapscan"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    explain = "EXPLAIN" if postgresql else "EXPLAIN QUERY PLAN"
    return "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters))


def test_pages_of_all_tasks_hold_each_once(connection: Connection, rss: Person) -> None:
    shown, cursor = search_tasks(connection, rss, TaskSearch(state=None), cursor=None, limit=4)
    more, last = search_tasks(connection, rss, TaskSearch(state=None), cursor=cursor, limit=4)
    assert last is None
    assert [row.due_at.hour for row in shown + more] == list(range(6))
