"""Process instances over the API: started, found, read, repaired; and who may see which."""

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from engine.database.register_tables import deviation
from engine.database.tables import process_definition
from tests.web.api.conftest import FALUN, Program, World

DEVIATION = {
    "happened": "Ingen kallade till mötet.",
    "happened_on": "2026-11-20",
    "category": "responsibility",
    "receiving_organisation": "2080",
}
REASON = {"reason": "Startad av misstag."}


def test_what_was_started_is_found_with_its_history_and_diagram(rss: Program) -> None:
    begun = rss.start_agreement()
    path = f"/process-instances/{begun['id']}"
    one = rss.read(path)
    assert {name: begun[name] for name in one} == one
    assert one["started_at"].endswith("Z")
    assert [row["id"] for row in rss.read("/process-instances", process_key="local_agreement")["items"]] == [one["id"]]
    assert rss.read("/process-instances", status="completed")["items"] == []
    assert rss.read("/process-instances", business_key=one["business_key"], organisation=FALUN)["items"] == [one]
    history = rss.read(f"{path}/history", limit="1")
    assert history["items"][0]["text"].endswith(".")
    diagram = rss.read(f"{path}/diagram")
    assert diagram["current"] == ["register_appointment"]
    assert diagram["bpmn"].startswith("<?xml")


def test_the_same_agreement_is_not_begun_twice(rss: Program) -> None:
    rss.start_agreement()
    body = {"process_key": "local_agreement", "organisation": FALUN}
    assert rss.problem("POST", "/process-instances", 409, "conflict", json=body)


def test_where_a_new_instance_is_read(rss: Program) -> None:
    answer = rss.post("/process-instances", {"process_key": "local_agreement", "organisation": FALUN})
    assert rss.send("GET", answer.headers["Location"].removeprefix("/api/v1")).json["id"] == answer.json["id"]  # type: ignore[index]


def test_only_those_who_follow_up_choose_a_business_key(world: World, rss: Program) -> None:
    body = {"process_key": "deviation", "organisation": FALUN, "business_key": "MY-1", "variables": DEVIATION}
    assert world.program("leader").problem("POST", "/process-instances", 403, "not-permitted", json=body)
    assert rss.post("/process-instances", body).json["business_key"] == "MY-1"  # type: ignore[index]


def test_processes_that_only_others_call_cannot_be_started(rss: Program) -> None:
    body = {"process_key": "drafting", "organisation": FALUN}
    assert rss.problem("POST", "/process-instances", 403, "not-permitted", json=body)


def test_pages_hold_every_instance_once(rss: Program) -> None:
    keys = [rss.start_agreement(code)["id"] for code in ("2080", "2062", "2021")]
    first = rss.read("/process-instances", limit="2", process_key="local_agreement")
    last = rss.read("/process-instances", limit="2", process_key="local_agreement", cursor=first["next_cursor"])
    assert [row["id"] for row in first["items"] + last["items"]] == keys[::-1]
    assert last["next_cursor"] is None


def test_agreements_are_for_everyone_deviations_for_those_concerned(world: World, rss: Program) -> None:
    agreement = rss.start_agreement()["id"]
    reported = world.program("colleague").post(
        "/process-instances", {"process_key": "deviation", "organisation": FALUN, "variables": DEVIATION}
    )
    assert reported.status_code == 201, reported.text
    hidden = reported.json["id"]  # type: ignore[index]
    mora = world.program("mora")
    assert mora.read(f"/process-instances/{agreement}")["id"] == agreement
    assert [row["id"] for row in mora.read("/process-instances")["items"]] == [agreement]
    for part in ("", "/history", "/diagram"):
        assert mora.problem("GET", f"/process-instances/{hidden}{part}", 403, "not-permitted")
    for username in ("leader", "colleague", "rss", "admin"):
        program = world.program(username)
        assert {row["id"] for row in program.read("/process-instances")["items"]} == {agreement, hidden}
        assert program.read(f"/process-instances/{hidden}")["process_key"] == "deviation"


@pytest.mark.parametrize(
    ("principals", "receiver"), [(["2062"], FALUN), (["municipality"], "2062"), (["region", "2062"], "20")]
)
def test_a_list_shows_what_the_rule_shows(world: World, principals: list[str], receiver: str) -> None:
    leader = world.program("leader")
    leader.post("/process-instances", {"process_key": "deviation", "organisation": FALUN, "variables": DEVIATION})
    with world.database.write() as connection:
        facts = {"principals": principals, "receiving_organisation": receiver, "reported_by": "x"}
        connection.execute(update(deviation).values(facts))
    for username in ("mora", "region", "leader"):
        program = world.program(username)
        listed = [row["id"] for row in program.read("/process-instances")["items"]]
        allowed = program.get(f"/process-instances/{leader.read('/process-instances')['items'][0]['id']}")
        assert (len(listed) == 1) == (allowed.status_code == 200), username
        assert len(program.read("/deviations")["items"]) == len(listed), username


@pytest.fixture
def begun(rss: Program) -> Any:
    return rss.start_agreement()


def test_an_operator_lets_an_instance_rest_and_go_on(world: World, rss: Program, begun: Any) -> None:
    operator, path = world.program("admin"), f"/process-instances/{begun['id']}"
    assert operator.post(f"{path}/suspension", REASON).json["status"] == "suspended"  # type: ignore[index]
    assert operator.problem("POST", f"{path}/suspension", 409, "conflict", json=REASON)
    task = begun["next_tasks"][0]["id"]
    answer = rss.post(f"/user-tasks/{task}/assignment")
    assert answer.status_code in (200, 409), answer.text
    assert operator.post(f"{path}/resumption", REASON).json["status"] == "active"  # type: ignore[index]
    assert operator.post(f"{path}/cancellation", REASON).json["status"] == "cancelled"  # type: ignore[index]
    assert operator.read(f"{path}/history")["items"][0]["reason"] == REASON["reason"]


def test_an_operator_starts_an_element_by_hand(world: World, begun: Any) -> None:
    operator, path = world.program("admin"), f"/process-instances/{begun['id']}/modification"
    steps = [
        {"kind": "cancel", "element_id": "register_appointment"},
        {"kind": "start_before", "element_id": "form_working_group"},
    ]
    done = operator.post(path, {**REASON, "instructions": steps})
    assert done.status_code == 200, done.text
    assert [task["role"] for task in done.json["next_tasks"]] == ["process_leader"]  # type: ignore[index]
    wrong = [{"kind": "start_before", "element_id": "nothing"}]
    assert operator.problem("POST", path, 422, "invalid", json={**REASON, "instructions": wrong})


def test_a_value_that_cannot_be_put_into_an_instance_is_refused_by_name(world: World, begun: Any) -> None:
    operator, path = world.program("admin"), f"/process-instances/{begun['id']}/modification"
    values = {"typename": "x", "a b": 1, "level": 1.5, "fine": True}
    steps = [
        {"kind": "cancel", "element_id": "register_appointment"},
        {"kind": "start_before", "element_id": "form_working_group", "variables": values},
    ]
    told = operator.problem("POST", path, 422, "invalid", json={**REASON, "instructions": steps})
    named = {error["field"]: error["message"] for error in told["errors"]}
    assert set(named) == {f"instructions.1.variables.{name}" for name in ("typename", "a b", "level")}
    assert "typename" in named["instructions.1.variables.typename"]


def test_an_operator_moves_an_instance_to_a_new_version(world: World, begun: Any) -> None:
    operator, path = world.program("admin"), f"/process-instances/{begun['id']}/migration"
    old = begun["process_definition_id"]
    assert operator.problem("POST", path, 404, "not-found", json={**REASON, "to_version": 2})
    with world.database.write() as connection:
        row = dict(connection.execute(select(process_definition).where(process_definition.c.id == old)).one()._mapping)
        connection.execute(insert(process_definition).values({**row, "id": "newer", "version": 2}))
    body = {**REASON, "to_version": 2}
    plan = operator.post(path, {**body, "dry_run": True})
    assert plan.status_code == 200, plan.text
    assert plan.json["refusals"] == []  # type: ignore[index]
    assert "register_appointment" in [fate["element_id"] for fate in plan.json["fates"]]  # type: ignore[index]
    assert operator.read(f"/process-instances/{begun['id']}")["process_definition_id"] == old
    done = operator.post(path, body)
    assert done.status_code == 200, done.text
    assert operator.read(f"/process-instances/{begun['id']}")["process_definition_id"] == "newer"


@pytest.mark.parametrize("what", ["suspension", "resumption", "cancellation", "modification", "migration"])
def test_only_operators_repair(world: World, rss: Program, begun: Any, what: str) -> None:
    body: dict[str, Any] = {**REASON}
    if what == "modification":
        body["instructions"] = [{"kind": "cancel", "element_id": "x"}]
    if what == "migration":
        body["to_version"] = 1
    path = f"/process-instances/{begun['id']}/{what}"
    assert rss.problem("POST", path, 403, "not-permitted", json=body)
    assert world.program("admin", "work").problem("POST", path, 403, "insufficient-scope", json=body)
    assert world.program("admin").problem("POST", path, 422, "invalid", json={"reason": ""})
    assert world.program("admin").problem("POST", f"/process-instances/x/{what}", 404, "not-found", json=body)
