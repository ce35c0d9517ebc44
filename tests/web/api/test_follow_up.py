"""Agreements, the county picture, deviations and exports over the API; and what those who run the system see."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import update

from engine.clock import local_date, utc_now
from engine.database.tables import timer, user_task
from engine.heartbeats import Heart
from tests.web.api.conftest import FALUN, Program, World
from tests.web.api.test_process_instances import DEVIATION

READY = {"status": "ready", "database": "ok"}


def test_agreements_are_listed_and_read(world: World, rss: Program) -> None:
    for code in ("2080", "2062"):
        rss.start_agreement(code)
    mora = world.program("mora")
    first = mora.read("/agreements", limit="1")
    assert first["items"][0]["organisation"] == FALUN
    assert [row["organisation"] for row in mora.read("/agreements", cursor=first["next_cursor"])["items"]] == ["2062"]
    one = mora.read(f"/agreements/{first['items'][0]['key']}")
    assert one["agreement"] == first["items"][0]
    assert len(one["sections"]) == 9
    assert mora.get("/agreements/dalarna-kvinnofrid-2024%2F2080").status_code == 200
    assert mora.problem("GET", "/agreements/none", 404, "not-found")


def test_the_county_picture_is_a_matrix(world: World, rss: Program) -> None:
    rss.start_agreement()
    found = world.program("mora").read("/status")
    assert len(found["items"]) == 15
    assert all(
        [cell["stage"] for cell in row["cells"]] == [s["key"] for s in found["stages"]] for row in found["items"]
    )
    assert sum(row["agreement_key"] is not None for row in found["items"]) == 1
    today = local_date(utc_now())
    past = rss.read("/status", as_of=(today - timedelta(days=1)).isoformat())
    assert all(row["agreement_key"] is None for row in past["items"])
    assert past["as_of"].endswith("Z")
    for day in ((today + timedelta(days=1)).isoformat(), "0001-01-01", "9999-12-31", "2026-02-30", "0", ""):
        told = rss.problem("GET", f"/status?as_of={day}", 422, "invalid")
        assert [error["field"] for error in told["errors"]] == ["as_of"]
    assert rss.problem("GET", "/status?pack=none", 404, "not-found")


def test_a_deviation_is_reported_and_followed(world: World, leader: Program) -> None:
    answer = leader.post("/deviations", {"organisation": FALUN, "variables": DEVIATION})
    assert answer.status_code == 201, answer.text
    assert answer.json
    assert answer.json["happened_on"] == "2026-11-20"
    assert leader.send("GET", answer.headers["Location"].removeprefix("/api/v1")).json == answer.json
    assert leader.read("/deviations", state="open", organisation=FALUN)["items"] == [answer.json]
    assert world.program("mora").read("/deviations")["items"] == []
    assert world.program("mora").problem("GET", f"/deviations/{answer.json['key']}", 403, "not-permitted")
    told = leader.problem("POST", "/deviations", 422, "invalid", json={"organisation": FALUN, "variables": {}})
    assert "happened" in [error["field"] for error in told["errors"]]


@pytest.mark.parametrize("kind", ["status", "activities", "tasks", "history"])
def test_registers_are_taken_away_as_workbooks(world: World, rss: Program, kind: str) -> None:
    rss.start_agreement()
    answer = rss.get(f"/exports/{kind}.xlsx", locale="en")
    assert answer.status_code == 200
    assert openpyxl.load_workbook(BytesIO(answer.data)).sheetnames
    assert f"samflode-{kind}-" in answer.headers["Content-Disposition"]
    allowed = kind in ("status", "activities")
    assert (world.program("leader").get(f"/exports/{kind}.xlsx").status_code == 200) == allowed


def test_exports_that_are_not_there(rss: Program) -> None:
    assert rss.problem("GET", "/exports/secrets.xlsx", 404, "not-found")
    assert rss.problem("GET", "/exports/status.csv", 404, "not-found")
    assert rss.problem("GET", "/exports/status.xlsx?locale=fi", 422, "invalid")


def test_alive_ready_and_measured(world: World, rss: Program) -> None:
    rss.start_agreement()
    now = utc_now()
    with world.database.write() as connection:
        connection.execute(update(user_task).values(due_at=now - timedelta(days=1)))
        connection.execute(update(timer).values(due_at=now - timedelta(seconds=90)))
    client = world.application.test_client()
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").json == READY | {"workers": {"alive": 0, "last_beat_seconds": None}}
    Heart(now).beat(world.database, utc_now() - timedelta(seconds=70))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["workers"]["alive"]) == (200, 0)  # type: ignore[index]
    assert 70 <= answer.json["workers"]["last_beat_seconds"] < 100  # type: ignore[index]
    Heart(now).beat(world.database, utc_now())
    assert client.get("/readyz").json["workers"]["alive"] == 1  # type: ignore[index]
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain")
    figures = dict(line.split() for line in answer.text.splitlines() if not line.startswith("#"))
    assert figures["samflode_open_tasks"] == figures["samflode_late_tasks"] == "1"
    assert int(figures["samflode_due_timers"]) > 0
    assert 90 <= float(figures["samflode_oldest_due_timer_seconds"]) < 200
    assert {"samflode_outbox_unsent", "samflode_open_incidents"} <= set(figures)


def test_it_is_not_ready_without_its_tables(world: World) -> None:
    with world.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    client = world.application.test_client()
    answer = client.get("/readyz")
    told = {"status": "not ready", "database": "other tables than this version needs"}
    assert (answer.status_code, answer.json) == (503, told)
    assert client.get("/healthz").status_code == 200
