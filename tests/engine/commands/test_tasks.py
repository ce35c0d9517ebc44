"""What people do with tasks: take over, let go, hand over, keep a draft, complete; and what they are refused."""

from datetime import timedelta
from typing import Any

import pytest

from engine.database.register_tables import activity, decision
from engine.database.tables import draft, event, submission, timer, user_task
from engine.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted
from tests.engine.commands.scene import Scene, at_once

PLAN: dict[str, Any] = {"activities": [{"activity": "Utbildning", "ends_on": "2026-06-01"}]}


@pytest.fixture
def drafting(scene: Scene) -> Scene:
    """A local agreement has begun; the process leader is to write its plan."""
    scene.start("local_agreement")
    return scene


def test_a_started_process_shows_its_first_task_to_those_with_the_role(scene: Scene) -> None:
    started = scene.start("local_agreement")
    assert [(task.name, task.role, task.role_organisation, task.mine) for task in started.next_tasks] == [
        ("write", "process_leader", "2080", True)
    ]
    task = scene.open("write")
    assert (task.stage, task.agreement_key, task.organisation) == ("drafting", "small-2024/2080", "2080")
    assert task.due_at > scene.now + timedelta(days=30)


def test_what_is_handed_in_is_kept_as_it_was(drafting: Scene) -> None:
    task = drafting.open("write")
    done = drafting.complete(task.id, **PLAN)
    row = drafting.rows(submission)[0]
    assert (row.values, row.person_id, row.submitted_at) == (PLAN, drafting.person("leader").id, drafting.now)
    assert (row.task_id, row.stage, row.register, row.party) == (task.id, "drafting", "activities", "2080")
    assert [task.name for task in done.next_tasks] == ["approve"]
    assert not done.next_tasks[0].mine
    assert drafting.task(task.id).state == "completed"
    assert drafting.task(task.id).completed_by == drafting.person("leader").id


def test_a_task_is_claimed_by_one_and_let_go(drafting: Scene) -> None:
    task = drafting.open("write")
    drafting.claim(task.id)
    assert drafting.task(task.id).assignee == drafting.person("leader").id
    with pytest.raises(NotPermitted, match="tagit över"):
        drafting.claim(task.id, by="colleague")
    with pytest.raises(NotPermitted, match="tagit över"):
        drafting.complete(task.id, by="colleague", **PLAN)
    drafting.release(task.id)
    drafting.claim(task.id, by="colleague")
    drafting.complete(task.id, by="colleague", **PLAN)


def test_two_who_claim_at_once_do_not_both_get_it(drafting: Scene) -> None:
    task = drafting.open("write")
    answers = at_once(lambda: drafting.claim(task.id), lambda: drafting.claim(task.id, by="colleague"))
    assert [type(answer) in {AlreadyDone, NotPermitted} for answer in answers if answer] == [True]
    assert drafting.task(task.id).assignee is not None


def test_a_task_is_handed_over_to_somebody_who_has_the_role(drafting: Scene) -> None:
    task = drafting.open("write")
    drafting.assign(task.id, "colleague")
    assert drafting.task(task.id).assignee == drafting.person("colleague").id
    with pytest.raises(NotPermitted, match="bara lämnas till någon som har rollen"):
        drafting.assign(task.id, "mora", by="colleague")
    drafting.assign(task.id, "leader", by="rss")
    drafting.complete(task.id, **PLAN)


@pytest.mark.parametrize("by", ["mora", "chair", "falun", "rss", "admin"])
def test_others_are_refused_and_told_why(drafting: Scene, by: str) -> None:
    task = drafting.open("write")
    before = drafting.everything()
    for act in (
        lambda: drafting.complete(task.id, by=by, **PLAN),
        lambda: drafting.claim(task.id, by=by),
        lambda: drafting.draft(task.id, by=by, **PLAN),
    ):
        with pytest.raises(NotPermitted, match="roll"):
            act()
    assert drafting.everything() == before


def test_an_unknown_task_is_not_found(scene: Scene) -> None:
    with pytest.raises(NotFound):
        scene.complete("nothing")


def test_a_draft_is_each_persons_own_and_goes_when_it_is_handed_in(drafting: Scene) -> None:
    task = drafting.open("write")
    drafting.draft(task.id, activities=[{"activity": "Ut"}])
    drafting.draft(task.id, activities=[{"activity": "Utbild"}])  # however incomplete
    drafting.draft(task.id, by="colleague", activities=[])
    drafts = {row.person_id: row.values for row in drafting.rows(draft)}
    assert drafts[drafting.person("leader").id] == {"activities": [{"activity": "Utbild"}]}
    assert len(drafts) == 2
    drafting.complete(task.id, **PLAN)
    assert [row.person_id for row in drafting.rows(draft)] == [drafting.person("colleague").id]
    with pytest.raises(AlreadyDone):
        drafting.draft(task.id, **PLAN)


def test_completing_twice_writes_nothing_the_second_time(drafting: Scene) -> None:
    task = drafting.open("write")
    drafting.complete(task.id, **PLAN)
    before = drafting.everything()
    with pytest.raises(AlreadyDone, match="redan klar"):
        drafting.complete(task.id, **PLAN)
    assert drafting.everything() == before


def test_two_who_complete_at_once_are_one_who_does_and_one_who_is_told(drafting: Scene) -> None:
    task = drafting.open("write")
    answers = at_once(
        lambda: drafting.complete(task.id, **PLAN), lambda: drafting.complete(task.id, by="colleague", **PLAN)
    )
    assert sum(isinstance(answer, AlreadyDone) for answer in answers) == 1
    assert drafting.count(submission) == [1]
    assert drafting.open_tasks() == ["approve"]


def test_two_branches_completed_at_once_both_count(scene: Scene) -> None:
    scene.start("both")
    one, two = scene.open("one"), scene.open("two")
    answers = at_once(
        lambda: scene.complete(one.id, first="1"), lambda: scene.complete(two.id, by="colleague", second="2")
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert scene.statuses() == {("both", "completed"): 1}
    assert scene.count(submission, timer) == [2, 0]


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({}, [("activities", "Lägg till minst en rad: Aktiviteter.")]),
        ({"activities": "x"}, [("activities", None)]),
        ({"activities": [{"activity": "x", "ends_on": "soon"}]}, [("activities.0.ends_on", None)]),
        ({**PLAN, "outcome": "approved"}, [("outcome", "Fältet finns inte i formuläret.")]),
    ],
)
def test_a_form_that_does_not_fit_writes_nothing(
    drafting: Scene, values: dict[str, Any], errors: list[tuple[str, str | None]]
) -> None:
    task = drafting.open("write")
    before = drafting.everything()
    with pytest.raises(InvalidForm) as told:
        drafting.complete(task.id, **values)
    for (path, message), error in zip(errors, told.value.errors, strict=True):
        assert error.path == path
        assert message in {None, error.message}
    assert drafting.everything() == before


@pytest.mark.parametrize("number", ["19121212-1212", "121212-1212", "191212121212", "121212+1212"])
def test_a_personal_identity_number_is_refused_and_the_field_is_told(drafting: Scene, number: str) -> None:
    task = drafting.open("write")
    before = drafting.everything()
    with pytest.raises(InvalidForm) as told:
        drafting.complete(task.id, activities=[{"activity": f"Stöd till {number} i maj"}])
    assert [error.path for error in told.value.errors] == ["activities.0.activity"]
    assert "personnumret" in told.value.errors[0].message
    assert drafting.everything() == before


def test_whoever_has_handed_something_in_does_not_decide_about_it(drafting: Scene) -> None:
    drafting.complete(drafting.open("write").id, by="both_roles", **PLAN)
    gate = drafting.open("approve")
    before = drafting.everything()
    for act in (
        lambda: drafting.complete(gate.id, by="both_roles", outcome="approved"),
        lambda: drafting.claim(gate.id, by="both_roles"),
        lambda: drafting.assign(gate.id, "both_roles", by="chair"),
    ):
        with pytest.raises(NotPermitted, match="någon annan"):
            act()
    assert drafting.everything() == before
    drafting.complete(gate.id, by="chair", outcome="approved")


def test_whoever_has_decided_once_may_decide_again(drafting: Scene) -> None:
    for outcome in ("returned", "approved"):
        drafting.complete(drafting.open("write").id, **PLAN)
        drafting.complete(drafting.open("approve").id, by="chair", outcome=outcome, decided_on="2026-02-01")
    rows = sorted(drafting.rows(decision), key=lambda row: row.outcome)
    assert [(row.outcome, row.kind, row.party, row.stage) for row in rows] == [
        ("approved", "gate", "2080", "drafting"),
        ("returned", "gate", "2080", "drafting"),
    ]


def test_what_is_hidden_is_not_kept(drafting: Scene) -> None:
    drafting.complete(drafting.open("write").id, **PLAN)
    drafting.complete(drafting.open("approve").id, by="chair", outcome="approved", reason="An answer changed meanwhile")
    assert drafting.rows(submission, submission.c.form_key == "gate")[0].values == {"outcome": "approved"}


def test_a_plan_replaces_the_one_before_and_both_are_kept(drafting: Scene) -> None:
    drafting.complete(drafting.open("write").id, **PLAN)
    drafting.complete(drafting.open("approve").id, by="chair", outcome="returned")
    drafting.now += timedelta(days=3)
    drafting.complete(drafting.open("write").id, activities=[{"activity": "Stödsamtal"}, {"activity": "Rutin"}])
    rows = {row.activity: row.superseded_at for row in drafting.rows(activity)}
    assert rows == {"Utbildning": drafting.now, "Stödsamtal": None, "Rutin": None}


def test_a_failure_halfway_leaves_no_trace(drafting: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    task = drafting.open("write")
    before = drafting.everything()

    def fail(*_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("engine.commands.instances._follow_calls", fail)
    with pytest.raises(RuntimeError):
        drafting.complete(task.id, **PLAN)
    assert drafting.everything() == before


def test_each_of_many_is_its_own_organisations(scene: Scene) -> None:
    scene.start("local_agreement")
    scene.start("answers")
    tasks = {row.item: row for row in scene.rows(user_task, user_task.c.element_id == "answer")}
    assert {item: row.role_organisation for item, row in tasks.items()} == {"2080": "2080", "20": "20"}
    with pytest.raises(NotPermitted):
        scene.complete(tasks["20"].id, by="falun", text="x")
    scene.complete(tasks["20"].id, by="region", text="Vi stödjer")
    assert scene.instance("answers").status == "active"
    scene.complete(tasks["2080"].id, by="falun", text="Vi också")
    assert scene.instance("answers").status == "completed"
    assert {row.party for row in scene.rows(submission)} == {"2080", "20"}


def test_history_tells_who_did_what(drafting: Scene) -> None:
    drafting.complete(drafting.open("write").id, **PLAN)
    kinds = [(row.kind, row.element_id) for row in drafting.rows(event) if row.kind == "task_completed"]
    assert kinds == [("task_completed", "write")]
    assert {row.person_id for row in drafting.rows(event)} == {drafting.person("leader").id}
