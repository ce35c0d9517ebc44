"""Agreements, deviations and history as pages show them."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, update

from engine.database.tables import timer, user_task
from engine.errors import Invalid, NotFound, NotPermitted
from engine.people import Person
from engine.queries import get_agreement, get_deviation, list_agreements, list_deviations, list_events, startable
from engine.queries.agreements import search_agreements
from engine.queries.deviations import search_deviations
from engine.queries.history import stream_events
from tests.engine import build
from tests.engine.build import LOCAL, NOW, somebody


@pytest.fixture
def leader(connection: Connection) -> Person:
    build.create_pack(connection)
    return somebody(connection, "karin", ("process_leader", "2080"))


def test_regional_first_then_in_swedish_order_with_the_open_stage(connection: Connection, leader: Person) -> None:
    instance = build.create_instance(connection)
    build.create_agreement(connection, instance, key="test-2024/2062", organisation="2062")
    build.create_agreement(connection, instance)
    build.create_agreement(connection, instance, key="test-2024", kind="regional", organisation=None)
    build.create_stage(connection, ended_at=NOW, outcome="done")
    build.create_stage(connection, stage="decision", started_at=NOW)

    rows = list_agreements(connection)

    assert [row.key for row in rows] == ["test-2024", LOCAL, "test-2024/2062"]
    assert [row.current_stage_title for row in rows] == [None, "Beslut", None]


def test_page_by_page_they_are_the_same_and_a_cursor_of_nothing_is_refused(
    connection: Connection, leader: Person
) -> None:
    instance = build.create_instance(connection)
    for number, organisation in enumerate(("2062", "2080", "2062", "2080", None)):
        kind = "local" if organisation else "regional"
        began = NOW - timedelta(days=number // 2)
        given = {"key": f"test-{number}", "kind": kind, "organisation": organisation, "started_at": began}
        build.create_agreement(connection, instance, **given)
    build.create_stage(connection, agreement_key="test-1", stage="decision", started_at=NOW)

    shown, cursor = search_agreements(connection, cursor=None, limit=1)
    while cursor:
        page, cursor = search_agreements(connection, cursor=cursor, limit=2)
        shown += page

    assert shown == list_agreements(connection)
    with pytest.raises(Invalid):
        search_agreements(connection, cursor="nothing", limit=2)


def test_an_agreement_says_where_it_stands_in_words_and_on_the_diagram(connection: Connection, leader: Person) -> None:
    instance = build.create_instance(connection)
    build.create_agreement(connection, instance)
    build.create_stage(connection)
    build.create_task(connection, instance, element_id="write_section", name="Skriv avsnittet")
    build.create_event(connection, instance, 1, "started")
    build.create_event(connection, instance, 2, "task_completed", element_id="plan_work", person_id=leader.id)
    build.create_submission(
        connection, instance, leader.id, register="section", item="s1", form_key="section", values={"text": "Så här"}
    )

    detail = get_agreement(connection, leader, NOW, LOCAL)

    assert [(cell.stage, cell.status) for cell in detail.stages] == [("drafting", "going"), ("decision", "none")]
    (diagram,) = detail.diagrams
    assert diagram.current == ["write_section"]
    assert diagram.passed == ["plan_work"]
    assert [(step.name, step.status) for step in diagram.steps] == [
        ("Planera arbetet", "passed"),
        ("Skriv avsnittet", "current"),
        ("Besluta om utkastet", "coming"),
    ]
    assert [(section.title, section.text) for section in detail.sections] == [
        ("Hur den kom till", "Så här"),
        ("Ledning", None),
    ]
    assert [row.text for row in detail.history] == ["Planera arbetet lämnades in.", "Ta fram började."]
    assert detail.holders == [("process_leader", ["Karin"])]
    with pytest.raises(NotFound):
        get_agreement(connection, leader, NOW, "nothing")


def test_deviations_are_seen_by_those_concerned_only(connection: Connection, leader: Person) -> None:
    eva = somebody(connection, "eva", ("reporter", "2062"))
    instance = build.create_instance(connection, process_key="deviation", definition_id="deviation", agreement_key=None)
    build.create_deviation(connection, instance, eva.id, key="AVV-2026-1", principals=[])
    task = {"role_organisation": "2080", "element_id": "receive_deviation", "agreement_key": None}
    build.create_task(connection, instance, **task)

    (row,) = list_deviations(connection, leader, NOW)
    assert (row.state, len(row.open_tasks), row.reported_by_name) == ("reported", 1, "Eva")
    assert len(list_deviations(connection, eva, NOW, open_only=True)) == 1
    stranger = somebody(connection, "bo", ("process_leader", "2062"))
    assert list_deviations(connection, stranger, NOW) == []
    with pytest.raises(NotPermitted):
        get_deviation(connection, stranger, NOW, "AVV-2026-1")
    assert get_deviation(connection, eva, NOW, "AVV-2026-1").deviation.key == "AVV-2026-1"

    connection.execute(update(user_task).where(user_task.c.instance_id == instance).values(state="completed"))
    waits = {"id": "timer-1", "kind": "event", "element_id": "measures_due", "task_id": "token", "due_at": NOW}
    connection.execute(insert(timer).values(instance_id=instance, **waits))
    waiting = get_deviation(connection, eva, NOW, "AVV-2026-1")
    assert (waiting.deviation.state, waiting.goes_on_at) == ("measures", NOW)


def test_deviations_come_page_by_page_to_those_concerned(connection: Connection, leader: Person) -> None:
    region = somebody(connection, "eva", ("reporter", "20"))
    instance = build.create_instance(connection, process_key="deviation", definition_id="deviation", agreement_key=None)
    for number in range(7):
        principals = ["region"] if number % 2 else []
        given = {"key": f"AVV-2026-{number}", "principals": principals, "organisation": "2062"}
        build.create_deviation(connection, instance, leader.id, **given, reported_at=NOW - timedelta(days=number // 3))

    def pages(person: Person) -> list[str]:
        shown, cursor = search_deviations(connection, person, organisation=None, open_only=False, cursor=None, limit=2)
        while cursor:
            page, cursor = search_deviations(
                connection, person, organisation=None, open_only=False, cursor=cursor, limit=2
            )
            shown += page
        return [row.key for row in shown]

    assert pages(region) == [f"AVV-2026-{number}" for number in (1, 5, 3)]
    assert pages(leader) == [row.key for row in list_deviations(connection, leader, NOW)]
    assert pages(somebody(connection, "bo", ("process_leader", "2080"))) == []


def test_history_pages_backwards_and_stops_at_a_day(connection: Connection, leader: Person) -> None:
    instance = build.create_instance(connection)
    for number in range(1, 8):
        build.create_event(connection, instance, number, "task_completed", element_id="plan_work", at=NOW)
    build.create_event(connection, instance, 8, "completed", at=NOW + timedelta(days=1))
    build.create_event(connection, instance, 9, "passed", element_id="plan_work")

    first = list_events(connection, as_of=NOW, limit=4)
    second = list_events(connection, as_of=NOW, limit=4, cursor=first.next_cursor)

    assert [row.sequence for row in first.items + second.items] == [7, 6, 5, 4, 3, 2, 1]
    assert second.next_cursor is None
    assert list(stream_events(connection, as_of=NOW)) == first.items + second.items


def test_what_somebody_may_start(connection: Connection, leader: Person) -> None:
    assert startable(connection, leader) == []
    (mine,) = startable(connection, somebody(connection, "eva", ("reporter", "2062")))
    assert (mine.process_key, mine.organisations, mine.form_key) == ("deviation", (("2062", "Mora"),), "plan")
    (regional,) = startable(connection, somebody(connection, "bo", ("reporter", "20")))
    assert [name for _, name in regional.organisations] == ["Falun", "Mora"]
