"""Search finds words whatever their letters, on both databases, and only what the person may see."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from engine.database import Database
from engine.database.register_tables import deviation
from engine.database.tables import metadata
from engine.people import Person
from engine.queries.search import find_agreements, find_deviations, find_tasks
from engine.queries.titles import load_titles
from tests.engine import build
from tests.engine.build import LOCAL, NOW, PACK, somebody

LEADER = ("process_leader", "2080")


@pytest.fixture
def both(database_url: str) -> Iterator[Connection]:
    """A transaction on SQLite, and one on PostgreSQL."""
    opened = Database(database_url)
    metadata.create_all(opened.engine)
    with opened.write() as connection:
        build.create_pack(connection)
        yield connection
    opened.close()


def tasks(connection: Connection, person: Person, text: str, **wanted: Any) -> list[str]:
    wanted = {"is_open": True, "cursor": None, "limit": 50} | wanted
    rows, _more = find_tasks(connection, person, load_titles(connection), text, **wanted)
    return [row.name for row in rows]


def report(connection: Connection, key: str, happened: str, organisation: str, days_ago: int) -> None:
    row = {"key": key, "pack_key": PACK, "instance_id": "any", "organisation": organisation, "reported_by": "nobody"}
    reported = NOW - timedelta(days=days_ago)
    connection.execute(insert(deviation).values(row | {"happened": happened, "reported_at": reported}))


def test_letters_of_any_size_and_every_word(both: Connection) -> None:
    rss = somebody(both, "rss", ("rss", "rss"))
    instance = build.create_instance(both)
    for number, name in enumerate(("ÅRLIG uppföljning", "Åtgärder i Älvdalen", "Öppna 100% av det_mesta")):
        build.create_task(both, instance, name=name, due_at=NOW + timedelta(days=number))
    cases = {
        "årlig": ["ÅRLIG uppföljning"],
        "UPPFÖLJNING årl": ["ÅRLIG uppföljning"],
        "älvdalen": ["Åtgärder i Älvdalen"],
        "ÖPPNA": ["Öppna 100% av det_mesta"],
        "100%": ["Öppna 100% av det_mesta"],
        "t_m": ["Öppna 100% av det_mesta"],
        "%": ["Öppna 100% av det_mesta"],
        "å": ["ÅRLIG uppföljning", "Åtgärder i Älvdalen"],
        "årlig älvdalen": [],
        "falun framtagande": ["ÅRLIG uppföljning", "Åtgärder i Älvdalen", "Öppna 100% av det_mesta"],
    }
    for text, expected in cases.items():
        assert tasks(both, rss, text) == expected, text


def test_tasks_that_the_person_may_see_open_and_done_page_by_page(both: Connection) -> None:
    karin = somebody(both, "karin", LEADER)
    instance = build.create_instance(both)
    for number in range(5):
        build.create_task(both, instance, name=f"Plan {number}", due_at=NOW + timedelta(days=number // 2))
    done = {"state": "completed", "ended_at": NOW}
    build.create_task(both, instance, name="Plan klar", **done)
    build.create_task(both, instance, name="Plan i Mora", role_organisation="2062", organisation="2062")
    titles = load_titles(both)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        rows, cursor = find_tasks(both, karin, titles, "plan", is_open=True, cursor=cursor, limit=2)
        seen += [row.name for row in rows]
        if cursor is None:
            break
    assert sorted(seen) == [f"Plan {number}" for number in range(5)]
    assert tasks(both, karin, "plan", is_open=False) == ["Plan klar"]
    assert tasks(both, karin, "mora") == []
    assert tasks(both, somebody(both, "rss", ("rss", "rss")), "mora") == ["Plan i Mora"]


def test_agreements_and_deviations(both: Connection) -> None:
    build.create_agreement(both, build.create_instance(both))
    karin = somebody(both, "karin", LEADER)
    titles = load_titles(both)
    assert [row.key for row in find_agreements(both, titles, "FALUN")] == [LOCAL]
    assert find_agreements(both, titles, "älvdalen") == []

    report(both, "AVV-1", "Åkte fel väg", "2080", 1)
    report(both, "AVV-2", "Över älven", "2062", 2)
    report(both, "AVV-3", "Åter fel", "2080", 3)

    def found(person: Person, text: str) -> list[str]:
        return [row.key for row in find_deviations(both, person, titles, text, cursor=None, limit=9)[0]]

    assert found(karin, "åkte") == ["AVV-1"]
    assert found(karin, "ÖVER") == []
    assert found(karin, "avv fel") == ["AVV-1", "AVV-3"]
    assert found(somebody(both, "rss", ("rss", "rss")), "över mora") == ["AVV-2"]
    first, cursor = find_deviations(both, karin, titles, "fel", cursor=None, limit=1)
    rest, end = find_deviations(both, karin, titles, "fel", cursor=cursor, limit=1)
    assert [row.key for row in (*first, *rest)] == ["AVV-1", "AVV-3"]
    assert end is None
