"""Messages over the API: one receiver, once; nothing is kept when nobody waits."""

from typing import Any

import pytest
from sqlalchemy import func, insert, select

from engine.database.tables import message, subscription
from tests.web.api.conftest import Program, World

NAME = "regional_agreement_lapsed"


@pytest.fixture
def waiting(world: World, rss: Program) -> Any:
    """A local agreement, which waits for the end of the regional one."""
    begun = rss.start_agreement()
    with world.database.read() as connection:
        found = connection.execute(select(subscription).where(subscription.c.name == NAME)).one()
    return {"name": NAME, "correlation_key": found.correlation_key}, begun["id"]


def count(world: World) -> int:
    with world.database.read() as connection:
        return connection.execute(select(func.count()).select_from(message)).scalar_one()


def test_a_message_reaches_the_one_that_waits(rss: Program, waiting: Any) -> None:
    body, instance_id = waiting
    answer = rss.post("/messages", body)
    assert answer.status_code == 200, answer.text
    assert answer.json == {"process_instance_id": instance_id}
    kinds = [event["kind"] for event in rss.read(f"/process-instances/{instance_id}/history")["items"]]
    assert "message_received" in kinds


def test_the_same_message_twice_is_one_message(world: World, rss: Program, waiting: Any) -> None:
    body = {**waiting[0], "message_id": "m-1"}
    before = count(world)
    answers = [rss.post("/messages", body) for _ in range(2)]
    assert [answer.json for answer in answers] == [{"process_instance_id": waiting[1]}] * 2
    assert count(world) == before + 1


def test_a_message_that_nobody_waits_for_is_not_kept(world: World, rss: Program) -> None:
    body = {"name": NAME, "correlation_key": "nobody", "message_id": "m-1"}
    for _ in range(2):
        assert rss.problem("POST", "/messages", 404, "not-found", json=body)
    assert count(world) == 0


def test_a_message_that_two_wait_for_goes_to_none(world: World, rss: Program, waiting: Any) -> None:
    body, _ = waiting
    other = rss.start_agreement("2062")["id"]
    with world.database.write() as connection:
        row = {"instance_id": other, "task_id": "x", "element_id": "x", **body}
        connection.execute(insert(subscription).values(row))
    assert rss.problem("POST", "/messages", 409, "conflict", json=body)


def test_a_message_to_one_who_rests_is_kept_until_the_resumption(world: World, rss: Program, waiting: Any) -> None:
    # It used to be told that nobody waits, and was lost.
    body, instance_id = waiting
    admin, address = world.program("admin"), f"/process-instances/{instance_id}"
    assert admin.post(f"{address}/suspension", {"reason": "Utreds."}).status_code == 200
    for _ in range(2):
        answer = rss.post("/messages", {**body, "message_id": "m-1"})
        assert (answer.status_code, answer.json) == (200, {"process_instance_id": None})
    assert admin.post(f"{address}/resumption", {"reason": "Klart."}).status_code == 200
    assert rss.post("/messages", {**body, "message_id": "m-1"}).json == {"process_instance_id": instance_id}
    kinds = [event["kind"] for event in rss.read(f"{address}/history")["items"]]
    assert kinds.count("message_received") == 1


def test_messages_are_for_those_who_follow_up_the_county(world: World, waiting: Any) -> None:
    assert world.program("leader").problem("POST", "/messages", 403, "not-permitted", json=waiting[0])
