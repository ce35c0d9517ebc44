"""User tasks over the API: found, taken over, drafted, completed; and what is refused."""

from typing import Any

import pytest

from tests.web.api.conftest import FALUN, Program, World

APPOINTMENT = {
    "process_leader": "Karin Testsson",
    "steering_group": "Kvinnofridsgruppen",
    "steering_group_kind": "own",
    "municipality_contact": "Kommunchefen",
    "region_contact": "Regiondirektören",
}


@pytest.fixture
def begun(rss: Program) -> Any:
    return rss.start_agreement()


@pytest.fixture
def task_id(begun: Any) -> str:
    return str(begun["next_tasks"][0]["id"])


def appointment(program: Program, task_id: str) -> dict[str, str]:
    form = program.read(f"/user-tasks/{task_id}")["form"]
    assert set(form["required"]) <= set(APPOINTMENT)
    return APPOINTMENT


def test_a_task_is_completed_and_the_next_ones_are_told(
    world: World, rss: Program, leader: Program, begun: Any, task_id: str
) -> None:
    answer = rss.post(f"/user-tasks/{task_id}/completion", {"variables": appointment(rss, task_id)})
    assert answer.status_code == 200, answer.text
    assert answer.json
    told = answer.json["next_tasks"]
    assert answer.json["process_instance_id"] == begun["id"]
    assert [(task["role"], task["role_organisation"], task["mine"]) for task in told] == [
        ("process_leader", FALUN, False)
    ]
    found = leader.read("/user-tasks", role="process_leader", organisation=FALUN)["items"]
    assert [task["id"] for task in found] == [told[0]["id"]]
    assert rss.read("/user-tasks", state="completed")["items"][0]["ended_at"].endswith("Z")
    assert rss.read(f"/user-tasks/{task_id}")["state"] == "completed"


def test_a_task_that_is_done_is_not_done_again(rss: Program, task_id: str) -> None:
    body = {"variables": appointment(rss, task_id)}
    rss.post(f"/user-tasks/{task_id}/completion", body)
    assert rss.problem("POST", f"/user-tasks/{task_id}/completion", 409, "already-done", json=body)
    assert rss.problem("PUT", f"/user-tasks/{task_id}/draft", 409, "already-done", json=body)
    assert rss.problem("POST", f"/user-tasks/{task_id}/assignment", 409, "already-done")


def test_what_a_form_does_not_accept_is_told_by_field_and_nothing_is_written(rss: Program, task_id: str) -> None:
    wrong = {"process_leader": "Karin", "steering_group_kind": "no such kind", "typename": "x"}
    told = rss.problem("POST", f"/user-tasks/{task_id}/completion", 422, "invalid", json={"variables": wrong})
    assert [error["field"] for error in told["errors"]] == ["typename"]
    del wrong["typename"]
    told = rss.problem("POST", f"/user-tasks/{task_id}/completion", 422, "invalid", json={"variables": wrong})
    assert {"steering_group", "municipality_contact"} <= {error["field"] for error in told["errors"]}
    assert rss.read(f"/user-tasks/{task_id}")["state"] == "open"


def test_a_draft_is_kept_however_incomplete(rss: Program, task_id: str) -> None:
    kept = rss.send("PUT", f"/user-tasks/{task_id}/draft", json={"variables": {"process_leader": "Kar"}})
    assert kept.status_code == 200
    task = rss.read(f"/user-tasks/{task_id}")
    assert (task["variables"], task["draft_version"], task["attachments"]) == ({"process_leader": "Kar"}, 1, [])
    # Whoever says what the draft began with overwrites nothing that came meanwhile.
    newer = {"variables": {"process_leader": "Karin"}, "version": 0}
    assert rss.problem("PUT", f"/user-tasks/{task_id}/draft", 409, "conflict", json=newer)
    assert rss.send("PUT", f"/user-tasks/{task_id}/draft", json={**newer, "version": 1}).status_code == 200


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"no_such_field": 1}, "no_such_field"),
        ({"process_leader": {"a": 1}}, "process_leader"),
        ({"process_leader": "19121212-1212"}, "process_leader"),
        ({"process_leader": "x" * 1_000_000}, "process_leader"),
    ],
)
def test_a_draft_that_cannot_be_kept_is_refused_by_field(
    rss: Program, task_id: str, variables: dict[str, Any], field: str
) -> None:
    told = rss.problem("PUT", f"/user-tasks/{task_id}/draft", 422, "invalid", json={"variables": variables})
    assert [error["field"] for error in told["errors"]] == [field]


def test_a_task_is_taken_over_handed_over_and_let_go(world: World, rss: Program, task_id: str) -> None:
    rss.post(f"/user-tasks/{task_id}/completion", {"variables": appointment(rss, task_id)})
    leader, colleague = world.program("leader"), world.program("colleague")
    mine = leader.read("/user-tasks", role="process_leader")["items"][0]["id"]
    taken = leader.post(f"/user-tasks/{mine}/assignment")
    assert taken.status_code == 200
    assert taken.json
    assert taken.json["assignee_name"] == "Leader"
    assert [task["id"] for task in leader.read("/user-tasks", assignee="me")["items"]] == [mine]
    assert colleague.problem("POST", f"/user-tasks/{mine}/completion", 403, "not-permitted", json={"variables": {}})
    handed = leader.post(f"/user-tasks/{mine}/assignment", {"assignee": "colleague"})
    assert handed.json
    assert handed.json["assignee_name"] == "Colleague"
    assert colleague.send("DELETE", f"/user-tasks/{mine}/assignee").json["assignee"] is None  # type: ignore[index]
    assert leader.problem("POST", f"/user-tasks/{mine}/assignment", 403, "not-permitted", json={"assignee": "mora"})
    assert leader.problem("POST", f"/user-tasks/{mine}/assignment", 404, "not-found", json={"assignee": "nobody"})


def test_others_tasks_are_not_seen(world: World, rss: Program, task_id: str) -> None:
    mora = world.program("mora")
    assert mora.read("/user-tasks", state="all")["items"] == []
    assert mora.problem("GET", f"/user-tasks/{task_id}", 403, "not-permitted")
    assert mora.problem("PUT", f"/user-tasks/{task_id}/draft", 403, "not-permitted", json={"variables": {}})


@pytest.mark.parametrize("order", ["due_at", "-due_at", "created_at", "-created_at"])
def test_pages_hold_every_task_once_in_order(rss: Program, order: str) -> None:
    for code in ("2080", "2062", "2021", "2023", "2026"):
        rss.start_agreement(code)
    shown: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = rss.read("/user-tasks", sort=order, limit="2", **cursor)
        shown += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len({task["id"] for task in shown}) == len(shown) == 5
    keys = [(task[order.lstrip("-")], task["id"]) for task in shown]
    assert keys == sorted(keys, reverse=order.startswith("-"))


def test_a_list_is_narrowed(rss: Program, begun: Any, task_id: str) -> None:
    def found(**query: str) -> list[str]:
        return [task["id"] for task in rss.read("/user-tasks", **query)["items"]]

    due = rss.read(f"/user-tasks/{task_id}")["due_at"]
    assert found(due_before="2100-01-01T00:00:00Z", role="rss", role_organisation="rss") == [task_id]
    assert found(due_before=due) == []
    assert found(process_instance_id=begun["id"], business_key=begun["business_key"]) == [task_id]
    assert found(organisation="2062") == found(role_organisation="2080") == found(process_key="deviation") == []
    assert found(state="completed") == []
    assert found(assignee="leader") == []
