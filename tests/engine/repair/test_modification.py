"""Modifying through the command: rows, called processes and history follow; what cannot go on is refused."""

import pytest

from engine.database.tables import timer
from engine.errors import Conflict, Invalid, InvalidForm, NotPermitted
from tests.engine.commands.scene import Scene, at_once
from tests.engine.repair.acts import WHY, Repair, after, before, cancel, demand_whole


def test_a_step_back_and_the_instance_ends_as_any_other(scene: Scene) -> None:
    started = scene.start("local_agreement")
    repair = Repair(scene)
    scene.complete(scene.open("write").id, activities=[{"activity": "x"}])
    drafting = scene.instance("drafting")
    done = repair.modify(drafting.id, cancel("approve"), before("write"))
    assert scene.open_tasks() == ["write"]
    assert [task.name for task in done.next_tasks] == ["write"]
    assert repair.events(drafting.id, "modified")[0].data["reason"] == WHY
    demand_whole(scene)
    scene.complete(scene.open("write").id, activities=[{"activity": "x"}])
    scene.complete(scene.open("approve").id, by="chair", outcome="approved")
    assert scene.instance("drafting").status == "completed"
    assert repair.status(started.instance_id) == "active"
    assert scene.open().process_key == "decision"


def test_one_branch_cannot_be_taken_away_alone(scene: Scene) -> None:
    started = scene.start("both")
    rows = scene.everything()
    with pytest.raises(Conflict, match=r"join skulle kunna vänta för evigt på two_over\. Inget har ändrats\."):
        Repair(scene).modify(started.instance_id, cancel("two"))
    assert scene.everything() == rows


def test_a_branch_can_be_passed_over_and_the_join_waits_for_the_other(scene: Scene) -> None:
    started = scene.start("both")
    repair = Repair(scene)
    repair.modify(started.instance_id, cancel("two"), after("two", second="x"))
    assert scene.open_tasks() == ["one"]
    assert scene.timers("event") == []
    demand_whole(scene)
    scene.complete(scene.open("one").id, first="x")
    assert repair.status(started.instance_id) == "completed"


def test_a_branch_cannot_come_to_a_join_twice(scene: Scene) -> None:
    started = scene.start("both")
    with pytest.raises(Conflict, match="två gånger"):
        Repair(scene).modify(started.instance_id, after("two", second="x"))


def test_a_deadline_can_be_taken_away_alone(scene: Scene) -> None:
    started = scene.start("both")
    Repair(scene).modify(started.instance_id, cancel("late"))
    assert scene.timers("event") == []
    assert scene.open_tasks() == ["one", "two"]
    demand_whole(scene)
    scene.complete(scene.open("one").id, first="x")
    scene.complete(scene.open("two").id, second="x")
    assert Repair(scene).status(started.instance_id) == "completed"


def test_cancelling_a_call_cancels_what_was_called(scene: Scene) -> None:
    caller = scene.start("caller").instance_id
    repair = Repair(scene)
    repair.modify(caller, cancel("call_it"), before("remember"))
    assert scene.open_tasks() == ["remember"]
    assert repair.status(scene.instance("called").id) == "cancelled"
    demand_whole(scene)
    repair.modify(caller, cancel("remember"), before("call_it"))
    assert scene.open_tasks() == ["work"]
    assert [row.element_id for row in scene.timers("event")] == ["too_late"]
    demand_whole(scene)


def test_inside_a_running_sub_process_and_not_in_one_that_does_not_run(scene: Scene) -> None:
    started = scene.start("local_agreement")
    repair = Repair(scene)
    repair.modify(started.instance_id, cancel("draft_it"), before("decide_it"))
    assert scene.open().process_key == "decision"
    assert repair.status(scene.instance("drafting").id) == "cancelled"
    demand_whole(scene)
    repair.modify(started.instance_id, cancel("life"), before("revise"))
    assert scene.open_tasks() == ["revise"]
    demand_whole(scene)
    with pytest.raises(Invalid, match="inte pågår"):
        repair.modify(started.instance_id, before("decide_it"))
    repair.modify(started.instance_id, cancel("revise"), before("life"))
    assert scene.open_tasks() == ["write"]
    demand_whole(scene)


def test_a_message_can_be_waited_for_again(scene: Scene) -> None:
    started = scene.start("told")
    repair = Repair(scene)
    repair.modify(started.instance_id, cancel("prepare"), before("message_came"))
    assert scene.tell("revision_begins", started.business_key) == started.instance_id
    repair.modify(started.instance_id, cancel("follow"), before("message_came"))
    demand_whole(scene)
    assert scene.tell("revision_begins", started.business_key) == started.instance_id
    scene.complete(scene.open("follow").id, text="x")
    assert repair.status(started.instance_id) == "completed"


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([cancel("nothing")], "finns inte"),
        ([cancel("follow")], "Ingenting väntar"),
        ([before("begun")], "där inget kan startas"),
        ([before("done")], "där inget kan startas"),
        ([before("prepare")], "pågår redan"),
        ([before("follow", typename="x")], "inget namn"),
        ([before("follow", share=0.5)], "ska vara en text"),
        ([before("follow", text="\ud800")], "ska vara en text"),
        ([], "minst ett steg"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(scene: Scene, steps: list, sentence: str) -> None:  # type: ignore[type-arg]
    started = scene.start("told")
    rows = scene.everything()
    with pytest.raises(Invalid) as refused:
        Repair(scene).modify(started.instance_id, *steps)
    told = [error.message for error in refused.value.errors] if isinstance(refused.value, InvalidForm) else []
    assert sentence in " ".join([str(refused.value), *told])
    assert scene.everything() == rows


def test_the_last_token_cannot_be_taken_away(scene: Scene) -> None:
    started = scene.start("told")
    with pytest.raises(Conflict, match="inget skulle vänta i ärendet; avbryt det i stället"):
        Repair(scene).modify(started.instance_id, cancel("prepare"))


def test_suspended_instances_are_not_modified_and_others_may_not(scene: Scene) -> None:
    started = scene.start("told")
    with pytest.raises(NotPermitted):
        Repair(scene, "leader").modify(started.instance_id, cancel("prepare"), before("follow"))
    Repair(scene).suspend(started.instance_id)
    with pytest.raises(Conflict, match="pausat"):
        Repair(scene).modify(started.instance_id, cancel("prepare"), before("follow"))


@pytest.mark.parametrize("attempt", range(3))
def test_completing_as_it_is_modified_is_one_or_the_other(scene: Scene, attempt: int) -> None:
    started = scene.start("told")
    repair, task = Repair(scene), scene.open("prepare").id
    answers = at_once(
        lambda: scene.complete(task, text="x"),
        lambda: repair.modify(started.instance_id, cancel("prepare"), before("follow")),
    )
    assert sum(isinstance(answer, Exception) for answer in answers) == 1
    assert isinstance(next(a for a in answers if isinstance(a, Exception)), Conflict | Invalid)
    assert scene.rows(timer, timer.c.task_id == task) == []
    demand_whole(scene)
