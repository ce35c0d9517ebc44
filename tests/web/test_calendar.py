"""Calendar addresses, the annual wheel, meetings, and faults reported from the accessibility statement."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from engine.clock import local_date, utc_now
from engine.commands import faults
from engine.commands.meetings import add_meeting
from engine.database import Database
from engine.database.tables import user_task
from engine.database.workplace_tables import calendar_feed, fault_report
from engine.errors import Conflict, InvalidForm, NotPermitted
from engine.people import list_people
from engine.queries.meetings import next_meeting
from tests.web.test_pages import somebody_with
from tests.workplace import browse, make_application, open_county

TODAY = local_date(utc_now())


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    yield from open_county(tmp_path_factory.mktemp("calendar"))


@pytest.fixture(scope="module")
def application(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_application(database, tmp_path_factory.mktemp("home"), csrf=False)


def test_a_calendar_address_works_until_it_is_withdrawn(application: Flask, database: Database) -> None:
    leader = somebody_with(database, "process_leader")
    own = min(where for role, where in leader.grants if role == "process_leader")
    with database.write() as connection:
        add_meeting(connection, utc_now(), leader, own, "Socialnämnden", TODAY + timedelta(days=300))
    client = browse(application, leader)
    page = client.post("/installningar/kalender").text
    address = re.search(r'value="http://localhost(/kalender/[\w-]{40,}\.ics)"', page)
    assert address is not None
    stranger = application.test_client()
    answer = stranger.get(address[1])
    events = list(Calendar.from_ical(answer.data).walk("VEVENT"))
    assert answer.content_type.startswith("text/calendar")
    assert "no-store" in answer.headers["Cache-Control"]
    assert any(str(event["uid"]).startswith("meeting-") for event in events)
    assert len({str(event["uid"]) for event in events}) == len(events) > 0
    again = {str(event["uid"]) for event in Calendar.from_ical(stranger.get(address[1]).data).walk("VEVENT")}
    assert again == {str(event["uid"]) for event in events}
    secret = address[1].removeprefix("/kalender/").removesuffix(".ics")
    with database.read() as connection:
        assert secret not in str(connection.execute(select(calendar_feed)).all())
    assert secret not in client.get("/installningar").text  # shown once
    client.post("/installningar/kalender/aterkalla")
    assert stranger.get(address[1]).status_code == 404
    assert stranger.get("/kalender/gissning.ics").status_code == 404


def test_a_new_address_ends_the_old_one(application: Flask, database: Database) -> None:
    client = browse(application, somebody_with(database, "rss"))
    one, two = (re.search(r"/kalender/[\w-]+\.ics", client.post("/installningar/kalender").text) for _ in range(2))
    assert one is not None
    assert two is not None
    assert application.test_client().get(one[0]).status_code == 404
    assert application.test_client().get(two[0]).status_code == 200


@pytest.mark.parametrize("locale", ["sv", "en"])
def test_the_wheel_has_the_same_days_drawn_and_listed(application: Flask, database: Database, locale: str) -> None:
    client = browse(application, somebody_with(database, "rss"), locale)
    page = client.get("/arshjul?ar=2027&kommun=alla")
    assert page.status_code == 200
    assert page.text.count('class="wheel-day"') > 4
    assert page.text.count("wheel-mark") >= page.text.count("wheel-day")
    assert client.get("/arshjul?ar=x&kommun=9999").status_code == 200


def test_meetings_are_entered_by_those_who_know_them(application: Flask, database: Database) -> None:
    leader = somebody_with(database, "process_leader")
    own = min(where for role, where in leader.grants if role == "process_leader")
    client = browse(application, leader)
    wrong = client.post("/moten", data={"organisation": own, "body": "Styrgruppen", "held_on": "i går"})
    assert wrong.status_code == 422
    assert 'value="Styrgruppen"' in wrong.text
    day, papers = TODAY + timedelta(days=40), TODAY + timedelta(days=26)
    for body, moved in (("Styrgruppen", 0), ("Kommunstyrelsen", 5)):
        held_on, papers_by = day + timedelta(days=moved), papers + timedelta(days=moved)
        answer = client.post(
            "/moten", data={"organisation": own, "body": body, "held_on": held_on, "papers_by": papers_by}
        )
        assert answer.status_code == 302
    with database.read() as connection:
        steering = next_meeting(connection, own, TODAY, "steering_group")
        board = next_meeting(connection, own, TODAY, "municipality_decision")
        assert next_meeting(connection, own, day + timedelta(days=6), "steering_group") is None
    assert steering is not None
    assert board is not None
    assert (steering.body, steering.held_on, steering.papers_by) == ("Styrgruppen", day, papers)
    assert board.body == "Kommunstyrelsen"
    page = client.get("/moten").text
    assert "Kommunstyrelsen" in page
    assert '<option value="mina" selected' in page, "one's own first"
    assert '<option value="alla" selected' in client.get("/moten?organisation=alla").text
    assert client.post("/moten", data={"organisation": "20", "body": "X", "held_on": day}).status_code == 403
    assert client.post(f"/moten/{board.id}/ta-bort").status_code == 302
    assert client.post(f"/moten/{board.id}/ta-bort").status_code == 404


def test_a_decision_says_when_those_who_take_it_meet(application: Flask, database: Database) -> None:
    with database.read() as connection:
        gates = select(user_task.c.id, user_task.c.role_organisation).where(
            user_task.c.state == "open", user_task.c.gate, user_task.c.role == "steering_group"
        )
        task = connection.execute(gates).first()
    assert task is not None
    day = TODAY + timedelta(days=8)
    with database.write() as connection:
        rss = somebody_with(database, "rss")
        where = task.role_organisation
        add_meeting(connection, utc_now(), rss, where, "Kommunfullmäktige", day - timedelta(days=5))
        add_meeting(connection, utc_now(), rss, where, "Styrgruppen för kvinnofrid", day, day - timedelta(days=7))
        member = next(one for one in list_people(connection, role="steering_group") if where in one.organisations)
    client = browse(application, member)
    page = client.get(f"/uppgifter/{task.id}").text
    assert "Styrgruppen för kvinnofrid" in page
    assert "Kommunfullmäktige" not in page
    assert "underlag senast" in page
    assert "Styrgruppen för kvinnofrid" in client.get("/beslut").text


@pytest.mark.parametrize(
    ("body", "held_on", "papers_by", "wrong"),
    [
        ("", TODAY, None, "body"),
        ("19811218-9876", TODAY, None, "body"),
        ("Styrgruppen", None, None, "held_on"),
        ("Styrgruppen", TODAY - timedelta(days=1), None, "held_on"),
        ("Styrgruppen", TODAY, TODAY + timedelta(days=1), "papers_by"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused(
    database: Database, body: str, held_on: date | None, papers_by: date | None, wrong: str
) -> None:
    with database.write() as connection, pytest.raises(InvalidForm) as refused:
        add_meeting(connection, utc_now(), somebody_with(database, "rss"), "2062", body, held_on, papers_by)
    assert [error.path for error in refused.value.errors] == [wrong]


def test_anybody_reports_a_fault_and_nothing_is_lost_when_it_is_refused(application: Flask, database: Database) -> None:
    stranger = application.test_client()
    refused = stranger.post("/tillganglighet", data={"text": "Ring 19811218-9876", "page": "/uppgifter"})
    assert refused.status_code == 422
    assert "Ring 19811218-9876</textarea>" in refused.text
    assert stranger.post("/tillganglighet", data={"text": "Knappen syns inte", "webbplats": "spam"}).status_code == 302
    assert stranger.post("/tillganglighet", data={"text": "Knappen syns inte"}).status_code == 302
    with database.read() as connection:
        rows = connection.execute(select(fault_report)).all()
    assert [(row.text, row.person_id, row.handled) for row in rows] == [("Knappen syns inte", None, False)]


def test_a_flood_of_reports_is_stopped_and_only_administrators_handle_them(database: Database) -> None:
    now = utc_now() + timedelta(days=1)
    with database.write() as connection:
        report_id = faults.report_fault(connection, now, None, "Det går inte")
        with pytest.raises(NotPermitted):
            faults.handle_fault(connection, now, somebody_with(database, "rss"), report_id)
        faults.handle_fault(connection, now, somebody_with(database, "administrator"), report_id)
        for _ in range(29):
            faults.report_fault(connection, now, None, "Det går inte")
        with pytest.raises(Conflict):
            faults.report_fault(connection, now, None, "Det går inte")
