"""The same on PostgreSQL: a life begins, tasks and messages, and requests that come six times at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select

from engine.database.tables import process_instance, subscription
from tests.web.api.conftest import Program, World, populate
from tests.web.api.test_messages import NAME
from tests.web.api.test_user_tasks import APPOINTMENT

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    populate(database_url)
    made = World(database_url, tmp_path)
    yield made
    made.database.close()


def at_once(world: World, secret: str, path: str, body: object, headers: dict[str, str]) -> set[tuple[int, bytes]]:
    """What six programs are answered that send the same thing at the same moment."""
    barrier = Barrier(6)

    def send(_: int) -> tuple[int, bytes]:
        program = Program(world.application.test_client(), secret)
        barrier.wait()
        answer = program.post(path, body, headers)
        return answer.status_code, answer.data

    with ThreadPoolExecutor(6) as pool:
        return set(pool.map(send, range(6)))


def test_a_life_begins_once_and_goes_on(world: World, rss: Program) -> None:
    secret = rss.headers["Authorization"].split()[1]
    body = {"process_key": "local_agreement", "organisation": "2080"}
    answers = at_once(world, secret, "/process-instances", body, {"Idempotency-Key": "once"})
    assert [status for status, _ in answers] == [201]
    task = rss.read("/user-tasks", role="rss", sort="-due_at")["items"][0]["id"]
    done = rss.post(f"/user-tasks/{task}/completion", {"variables": APPOINTMENT})
    assert done.status_code == 200, done.text
    instance = rss.read("/process-instances")["items"][-1]
    assert rss.read(f"/process-instances/{instance['id']}/history", limit="1")["next_cursor"]
    for query in ("cursor=00010101T000000.0Z~x", "due_before=0001-01-01T00:00:00Z", "role=%F0%9F%98%80"):
        assert rss.send("GET", f"/user-tasks?{query}").status_code == 200
    assert world.application.test_client().get("/metrics").status_code == 200
    assert world.application.test_client().get("/readyz").status_code == 200

    with world.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(process_instance)).scalar_one() == 1
        waiting = connection.execute(select(subscription).where(subscription.c.name == NAME)).one()
    message = {"name": NAME, "correlation_key": waiting.correlation_key, "message_id": "m-1"}
    answers = at_once(world, secret, "/messages", message, {})
    assert [status for status, _ in answers] == [200]
