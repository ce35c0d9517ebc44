"""The county picture from rows in a database, today and on days that have passed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, event

from engine.database import Database
from engine.database.tables import metadata
from engine.errors import NotFound
from engine.queries.rows import StatusPicture, StatusRow
from engine.queries.status import status_picture
from tests import county
from tests.county import PACK_KEY, TODAY, at


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    database = Database(database_url, pooled=False)
    metadata.create_all(database.engine)
    with database.write() as connection:
        yield connection
    database.close()


def picture_on(connection: Connection, day: str) -> dict[str, StatusRow]:
    return {row.organisation: row for row in status_picture(connection, PACK_KEY, at(day)).rows}


def test_the_county_of_the_drawing(connection: Connection) -> None:
    county.believable_county(connection)
    picture = status_picture(connection, PACK_KEY, TODAY)
    names = [row.organisation_name for row in picture.rows]
    assert (len(names), names[0], names[-3:]) == (15, "Avesta", ["Säter", "Vansbro", "Älvdalen"])
    rows = {row.organisation_name: row for row in picture.rows}
    assert {name: row.days_late for name, row in rows.items() if row.status == "late"} == {
        "Vansbro": 61,
        "Rättvik": 34,
        "Avesta": 18,
        "Mora": 4,
    }
    assert {name for name, row in rows.items() if row.status == "wait"} == {"Gagnef", "Smedjebacken", "Orsa", "Ludvika"}
    assert rows["Älvdalen"].status == "back"
    assert rows["Ludvika"].current_stage == "annual_review"
    assert rows["Falun"].cells["iris_2"].until == at("2026-04-12")
    assert picture.regional is not None
    assert picture.regional_stage_text == "Gäller till och med 2032-12-31."


def test_the_row_says_why_it_is_late_and_who_it_waits_for(connection: Connection) -> None:
    county.believable_county(connection)
    rows = picture_on(connection, "2026-11-24")
    assert rows["2031"].reason == "Svara på remissen: skulle varit klar 21 okt 2026. Väntar på Mottagare, Rättvik."
    assert rows["2084"].waiting_for == "Anna Testsson"
    assert rows["2021"].process_leader is None


def test_decisions_and_reviews(connection: Connection) -> None:
    county.believable_county(connection)
    rows = picture_on(connection, "2026-11-24")
    falun, ludvika, mora = rows["2080"], rows["2085"], rows["2062"]
    assert falun.municipality_decision is not None
    assert falun.municipality_decision.case_number == "KS 2025/2080"
    assert falun.region_decision is not None
    assert (falun.last_review, falun.next_review) == (date(2026, 6, 30), date(2027, 6, 15))
    assert (falun.followed_up, falun.followed_up_until, falun.phase) == (True, date(2028, 6, 30), "iris_3")
    assert (ludvika.last_review, ludvika.next_review) == (None, date(2026, 10, 15))
    assert (mora.followed_up, mora.followed_up_until, mora.next_review) == (None, None, None)
    assert (falun.open_deviations, mora.open_deviations) == (1, 1)


def test_a_past_day_knows_nothing_of_what_came_later(connection: Connection) -> None:
    county.believable_county(connection)
    before = picture_on(connection, "2025-05-01")["2080"]
    assert (before.current_stage, before.agreement_status, before.in_force_on) == ("decision", "preparing", None)
    assert (before.municipality_decision, before.last_review, before.open_deviations) == (None, None, 0)
    assert before.cells["iris_1"].status == "none"
    assert picture_on(connection, "2026-04-01")["2080"].open_deviations == 1
    nothing = picture_on(connection, "2024-01-01")["2080"]
    assert (nothing.agreement_key, nothing.status, nothing.current_stage) == (None, "none", None)


def test_a_task_completed_since_was_open_and_late_then(connection: Connection) -> None:
    county.create_pack(connection)
    county.create_agreement(connection, "2080", "2025-01-01")
    county.create_period(connection, "2080", "drafting", "2025-01-02")
    county.create_task(
        connection,
        "2080",
        "drafting",
        "2025-03-01",
        created="2025-02-01",
        ended_at=at("2025-03-11"),
        assignee="anna",
        claimed_at=at("2025-03-05"),
    )
    days = {
        day: picture_on(connection, day)["2080"] for day in ("2025-01-20", "2025-02-20", "2025-03-08", "2025-03-12")
    }
    assert [row.days_late for row in days.values()] == [0, 0, 7, 0]
    assert [row.waiting_for for row in days.values()] == [None, "Processledare, Falun", "Anna Testsson", None]
    task = status_picture(connection, PACK_KEY, at("2025-03-08")).open_tasks[0]
    assert (task.state, task.ended_at) == ("open", None)


def test_what_is_late_outside_the_stages_makes_the_row_late(connection: Connection) -> None:
    county.create_pack(connection)
    county.create_agreement(connection, "2080", "2025-01-01")
    county.create_task(connection, "2080", None, "2025-02-01", name="Utse processledare")
    row = picture_on(connection, "2025-02-11")["2080"]
    assert (row.status, row.days_late, row.current_stage) == ("late", 10, None)
    assert row.reason == "Utse processledare: skulle varit klar 1 feb 2025. Väntar på Processledare, Falun."


def test_a_late_deviation_does_not_make_the_agreement_late(connection: Connection) -> None:
    county.believable_county(connection)
    assert picture_on(connection, "2026-11-24")["2080"].status == "going"


def test_the_predecessor_binds_while_the_successor_is_prepared(connection: Connection) -> None:
    county.create_pack(connection)
    first = county.create_agreement(connection, "2080", "2025-01-01")
    county.create_status(connection, first, "in_force", "2025-06-01", date(2032, 12, 31))
    county.create_period(connection, "2080", "annual_review", "2026-06-01", "2026-07-01", label="2026")
    county.create_agreement(connection, "2080", "2027-01-01", key=f"{first}:2", predecessor_key=first)
    row = picture_on(connection, "2027-02-01")["2080"]
    assert (row.agreement_key, row.agreement_status) == (f"{first}:2", "preparing")
    assert (row.in_force_on, row.valid_to) == (date(2025, 6, 1), date(2032, 12, 31))
    assert (row.followed_up, row.last_review) == (True, date(2026, 7, 1))


def test_followed_up_runs_out(connection: Connection) -> None:
    county.create_pack(connection)
    key = county.create_agreement(connection, "2080", "2025-01-01")
    county.create_status(connection, key, "in_force", "2025-06-01")
    answers = {
        day: picture_on(connection, day)["2080"].followed_up for day in ("2025-05-01", "2027-06-01", "2027-06-02")
    }
    assert answers == {"2025-05-01": None, "2027-06-01": True, "2027-06-02": False}


def test_an_extension_moves_the_validity_from_then_on(connection: Connection) -> None:
    county.create_pack(connection)
    county.create_agreement(connection, None, "2024-03-01")
    county.create_status(connection, county.REGIONAL, "in_force", "2024-10-01", date(2032, 12, 31))
    county.create_status(connection, county.REGIONAL, "extended", "2032-12-31", date(2033, 12, 31))
    validity = []
    for day in ("2030-01-01", "2033-01-01"):
        regional = status_picture(connection, PACK_KEY, at(day)).regional
        assert regional is not None
        validity.append((regional.status, regional.valid_to))
    assert validity == [("in_force", date(2032, 12, 31)), ("extended", date(2033, 12, 31))]


def test_the_number_of_statements_does_not_grow(connection: Connection) -> None:
    county.create_pack(connection)
    status_picture(connection, PACK_KEY, TODAY)  # the pack is kept after its first reading
    few = count_statements(connection)
    for code in county.DONE:
        county.create_municipality(connection, code, county.DONE[code])
    assert few == count_statements(connection) <= 12


def count_statements(connection: Connection) -> int:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    status_picture(connection, PACK_KEY, TODAY)
    event.remove(connection, "before_cursor_execute", note)
    return len(seen)


def test_an_unknown_pack_is_named(connection: Connection) -> None:
    with pytest.raises(NotFound, match="annat-paket"):
        status_picture(connection, "annat-paket", TODAY)


def test_a_county_without_agreements_still_has_its_rows(connection: Connection) -> None:
    county.create_pack(connection)
    picture: StatusPicture = status_picture(connection, PACK_KEY, TODAY)
    assert len(picture.rows) == 15
    assert (picture.regional, picture.regional_stage_text, picture.open_tasks) == (None, None, [])
