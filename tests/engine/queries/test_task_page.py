"""What the page of tasks is made of, in as few statements as there are, on both databases."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, insert

from engine import commands
from engine.clock import local_date
from engine.commands.preferences import set_preferences
from engine.database import Database
from engine.database.tables import metadata
from engine.database.workplace_tables import contribution, meeting
from engine.people import Person
from engine.queries import TaskFilter, list_tasks, standings
from engine.queries.surroundings import load_surroundings
from tests.engine import build
from tests.engine.build import LOCAL, NOW, somebody

TODAY = local_date(NOW)
LEADER = ("process_leader", "2080")


@pytest.fixture
def both(database_url: str) -> Iterator[Connection]:
    opened = Database(database_url)
    metadata.create_all(opened.engine)
    with opened.write() as connection:
        build.create_pack(connection)
        yield connection
    opened.close()


def test_what_surrounds_a_page(both: Connection) -> None:
    karin, bo = somebody(both, "karin", LEADER), somebody(both, "bo", ("steering_group", "2080"))
    task = build.create_task(both, build.create_instance(both), assignee=karin.id)
    set_preferences(both, NOW, bo, {"keyboard_shortcuts": False})
    commands.save_filter(both, NOW, karin, "tasks", "Sent", "lage=late", LEADER)
    asked = {"id": "c", "task_id": task, "person_id": bo.id, "fields": ["a"], "asked_by": karin.id, "asked_at": NOW}
    both.execute(insert(contribution).values(asked))

    around = load_surroundings(both, karin, NOW, holders=True)
    assert around.titles.organisation("2080") == "Falun"
    assert [one.query for one in around.filters] == ["lage=late"]
    assert (around.preferences, around.asked) == ({}, False)
    assert around.holders == [(karin.id, "Karin")]
    assert (around.mine.open, around.mine.late) == (1, 0)
    theirs = load_surroundings(both, bo, NOW)
    assert (theirs.preferences, theirs.asked, theirs.filters) == ({"keyboard_shortcuts": False}, True, [])
    assert list_tasks(both, karin, NOW, TaskFilter()).items[0].lent_out == 1
    elsewhere = somebody(both, "eva", ("process_leader", "2062"))
    assert load_surroundings(both, elsewhere, NOW, holders=True).holders == []


def test_what_is_next_in_the_calendar(both: Connection) -> None:
    karin, rut = somebody(both, "karin", LEADER), somebody(both, "rut", ("rss", "rss"))
    instance = build.create_instance(both)
    build.create_agreement(both, instance, status="in_force", in_force_on=date(2026, 1, 15), valid_to=date(2027, 6, 30))
    for place, day, body in (("2080", 20, "Styrgruppen"), ("2062", 19, "Nämnden"), ("2080", 1, "Förra mötet")):
        row = {"id": body, "organisation": place, "body": body, "held_on": TODAY.replace(month=12, day=day)}
        row |= {"papers_by": date(2026, 12, 10) if place == "2080" else None, "removed_at": None}
        if day == 1:
            row["held_on"] = TODAY - timedelta(days=1)
        both.execute(insert(meeting).values(row | {"created_by": karin.id, "created_at": NOW}))
    days = load_surroundings(both, karin, NOW, calendar=True).calendar
    assert days is not None
    assert [(one.kind, one.day, one.organisation_name) for one in days] == [
        ("papers", date(2026, 12, 10), "Falun"),
        ("meeting", date(2026, 12, 20), "Falun"),
        ("expiry", date(2027, 6, 30), "Falun"),
    ]
    theirs = load_surroundings(both, rut, NOW, calendar=True).calendar or []
    assert [one.subject for one in theirs if one.kind == "meeting"] == [("Nämnden",), ("Styrgruppen",)]
    assert load_surroundings(both, karin, NOW).calendar is None


def page_ids(connection: Connection, person: Person, **place: str | None) -> tuple[list[str], str | None, str | None]:
    page = list_tasks(connection, person, NOW, TaskFilter(), limit=2, **place)  # type: ignore[arg-type]
    assert page.total == 5
    return [task.id for task in page.items], page.previous_cursor, page.next_cursor


def test_pages_both_ways(both: Connection) -> None:
    karin = somebody(both, "karin", LEADER)
    instance = build.create_instance(both)
    for number in range(5):
        build.create_task(both, instance, due_at=NOW + timedelta(days=number // 2))
    everything = [task.id for task in list_tasks(both, karin, NOW, TaskFilter()).items]

    first, before_first, to_second = page_ids(both, karin)
    second, to_first, to_third = page_ids(both, karin, cursor=to_second)
    third, back_to_second, after_third = page_ids(both, karin, cursor=to_third)
    assert [*first, *second, *third] == everything
    assert (before_first, after_third) == (None, None)
    assert page_ids(both, karin, before=back_to_second)[0] == second
    again, nothing_before, on = page_ids(both, karin, before=to_first)
    assert (again, nothing_before, on) == (first, None, to_second)


def test_where_agreements_stand(both: Connection) -> None:
    instance = build.create_instance(both)
    build.create_agreement(both, instance)
    assert [one.main for one in standings(both, NOW)] == [None]
    build.create_stage(both, stage="drafting", started_at=NOW - timedelta(days=40))
    build.create_task(both, instance, stage="drafting", due_at=NOW - timedelta(days=3))
    (standing,) = standings(both, NOW, ["2080"])
    assert standing.agreement.key == LOCAL
    assert standing.agreement.current_stage == "drafting"
    assert standing.main is not None
    assert (standing.main.status, standing.main.days_late, standing.open_tasks) == ("late", 3, 1)
    assert standings(both, NOW, ["2062"]) == []
