"""A request that is sent twice with the same Idempotency-Key is done once, and answered twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from engine.database.access_tables import answered_request
from engine.database.tables import process_instance
from tests.web.api.conftest import Program, World

BODY = {"process_key": "local_agreement", "organisation": "2080"}
OTHER = {"process_key": "local_agreement", "organisation": "2062"}
KEY = {"Idempotency-Key": "first-1"}


def count(world: World) -> int:
    with world.database.read() as connection:
        return connection.execute(select(func.count()).select_from(process_instance)).scalar_one()


def test_the_second_time_the_first_answer_is_given(world: World, rss: Program) -> None:
    first, second = (rss.post("/process-instances", BODY, KEY) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert first.headers["Location"] == second.headers["Location"]
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert count(world) == 1


def test_a_key_belongs_to_one_request(world: World, rss: Program) -> None:
    rss.post("/process-instances", BODY, KEY)
    assert rss.problem("POST", "/process-instances", 422, "idempotency-key-reused", json=OTHER, headers=KEY)
    other = {"name": "a", "correlation_key": "b"}
    assert rss.problem("POST", "/messages", 422, "idempotency-key-reused", json=other, headers=KEY)
    assert count(world) == 1


def test_a_key_belongs_to_one_person(world: World, rss: Program) -> None:
    rss.post("/process-instances", BODY, KEY)
    assert world.program("leader").problem("POST", "/process-instances", 403, "not-permitted", json=BODY, headers=KEY)


def test_what_was_refused_can_be_sent_again(world: World, rss: Program) -> None:
    assert rss.problem("POST", "/process-instances", 404, "not-found", json={"process_key": "nothing"}, headers=KEY)
    with world.database.read() as connection:
        assert connection.execute(select(answered_request)).all() == []
    assert rss.post("/process-instances", BODY, KEY).status_code == 201


def test_a_key_that_cannot_be_used(rss: Program) -> None:
    for key in ("", "a b", "x" * 201, "å"):
        told = rss.problem("POST", "/process-instances", 422, "invalid", json=BODY, headers={"Idempotency-Key": key})
        assert told["errors"][0]["field"] == "Idempotency-Key"


def test_at_the_same_time_it_is_done_once(world: World, rss: Program) -> None:
    at_once = Barrier(6)

    def send(_: int) -> tuple[int, bytes]:
        program = Program(world.application.test_client(), rss.headers["Authorization"].split()[1])
        at_once.wait()
        answer = program.post("/process-instances", BODY, KEY)
        return answer.status_code, answer.data

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert count(world) == 1
