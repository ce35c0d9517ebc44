"""Search finds words whatever their letters, on both databases, and only what the person may see."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from engine.database import Database
from engine.database.register_tables import decision, deviation
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


NAMES = ("ÅRLIG uppföljning", "Åtgärder i Älvdalen", "Öppna 100% av det_mesta", "Planera", "Förlängningar à la carte")


def named_steps(connection: Connection) -> dict[str, str]:
    """A version of the process with steps of those names: the element of each."""
    elements = {name: f"step_{number}" for number, name in enumerate(NAMES)}
    steps = "".join(f'<bpmn:userTask id="{element}" name="{name}"/>' for name, element in elements.items())
    bpmn = (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        f'<bpmn:process id="drafting">{steps}</bpmn:process></bpmn:definitions>'
    )
    build.create_definition(connection, id="named-steps", process_key="drafting", version=2, bpmn=bpmn)
    return elements


def create_other_process(connection: Connection, key: str) -> None:
    bpmn = (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        f'<bpmn:process id="{key}"><bpmn:userTask id="rest" name="Vila"/></bpmn:process></bpmn:definitions>'
    )
    build.create_definition(connection, id=f"named-{key}", process_key=key, bpmn=bpmn)


def test_letters_of_any_size_and_every_word(both: Connection) -> None:
    rss = somebody(both, "rss", ("rss", "rss"))
    instance, elements = build.create_instance(both), named_steps(both)
    build.create_agreement(both, instance)
    for number, name in enumerate((*NAMES[:3], NAMES[4])):
        build.create_task(both, instance, name=name, element_id=elements[name], due_at=NOW + timedelta(days=number))
    cases = {
        "årlig": [NAMES[0]],
        "UPPFÖLJNING årl": [NAMES[0]],
        "A\u030arlig": [NAMES[0]],  # as a Mac writes it: the ring by itself
        "följ": [NAMES[0]],
        "älvdalen": [NAMES[1]],
        "ÖPPNA": [NAMES[2]],
        "100%": [NAMES[2]],
        "t_m": [NAMES[2]],
        "%": [NAMES[2]],
        "a la": [NAMES[4]],
        "à carte": [NAMES[4]],
        "å": [NAMES[0], NAMES[1]],
        "årlig älvdalen": [],
        "opsigelse": [],
        "falun framtagande": [NAMES[0], NAMES[1], NAMES[2], NAMES[4]],
        "drafting falun": [NAMES[0], NAMES[1], NAMES[2], NAMES[4]],  # the stage in English
        "2080 årlig": [NAMES[0]],
    }
    for text, expected in cases.items():
        assert tasks(both, rss, text) == expected, text


def test_tasks_that_the_person_may_see_open_and_done_page_by_page(both: Connection) -> None:
    karin = somebody(both, "karin", LEADER)
    instance, step = build.create_instance(both), named_steps(both)["Planera"]
    for number in range(5):
        due = NOW + timedelta(days=number // 2)
        build.create_task(both, instance, name=f"Planera {number}", element_id=step, due_at=due)
    done = {"state": "completed", "ended_at": NOW}
    build.create_task(both, instance, name="Planera klar", element_id=step, **done)
    mora = {"role_organisation": "2062", "organisation": "2062", "element_id": step}
    build.create_agreement(both, instance, key="2062", organisation="2062")
    build.create_task(both, instance, name="Planera i Mora", agreement_key="2062", **mora)
    titles = load_titles(both)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        rows, cursor = find_tasks(both, karin, titles, "planera", is_open=True, cursor=cursor, limit=2)
        seen += [row.name for row in rows]
        if cursor is None:
            break
    assert sorted(seen) == [f"Planera {number}" for number in range(5)]
    assert tasks(both, karin, "planera", is_open=False) == ["Planera klar"]
    assert tasks(both, karin, "mora") == []
    assert tasks(both, somebody(both, "rss", ("rss", "rss")), "mora") == ["Planera i Mora"]


def test_rare_words_do_not_make_the_tasks_be_read_through(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'search.sqlite3'}", durable=False)
    metadata.create_all(database.engine)
    plans: dict[str, list[str]] = {}
    with database.write() as connection:
        build.create_pack(connection)
        named_steps(connection)
        # Other processes, so that the words below mean a small part of all that is done.
        for number in range(9):
            create_other_process(connection, f"other_{number}")
        rss, titles = somebody(connection, "rss", ("rss", "rss")), load_titles(connection)
        for text in ("årlig", "mora årlig", "2080", "AVV-1", "finnsinte", "ledning"):
            plans[text] = []

            @event.listens_for(database.engine, "before_cursor_execute")
            def explain(_c: Any, cursor: Any, sql: str, values: Any, *_: Any, seen: list[str] = plans[text]) -> None:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
                seen += [row[3] for row in cursor.fetchall()]

            find_tasks(connection, rss, titles, text, is_open=True, cursor=None, limit=5)
            find_tasks(connection, rss, titles, text, is_open=False, cursor=None, limit=5)
            event.remove(database.engine, "before_cursor_execute", explain)
    database.close()
    read_through = [(text, step) for text, steps in plans.items() for step in steps if "SCAN user_task" in step]
    assert read_through == []
    assert [text for text, steps in plans.items() if not any("user_task" in step for step in steps)] == [
        "2080",
        "AVV-1",
        "finnsinte",
    ]


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
    decided = {"id": "d1", "kind": "party", "agreement_key": LOCAL, "process_key": "approval", "element_id": "decide"}
    decided |= {"instance_id": "any", "outcome": "approved", "case_number": "KS 2026/0317", "person_id": "nobody"}
    both.execute(insert(decision).values(decided | {"recorded_at": NOW}))
    assert [row.key for row in find_agreements(both, titles, "ks 2026/0317 falun")] == [LOCAL]

    first, cursor = find_deviations(both, karin, titles, "fel", cursor=None, limit=1)
    rest, end = find_deviations(both, karin, titles, "fel", cursor=cursor, limit=1)
    assert [row.key for row in (*first, *rest)] == ["AVV-1", "AVV-3"]
    assert end is None
