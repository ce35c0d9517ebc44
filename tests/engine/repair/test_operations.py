"""Suspending, resuming and cancelling: nothing happens meanwhile, and nothing is lost."""

from datetime import timedelta

import pytest

from engine.database.register_tables import agreement
from engine.database.tables import message, timer
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from tests.engine.commands.scene import Scene, at_once
from tests.engine.repair.acts import WHY, Repair, demand_whole
from tests.packs import LOCAL


def test_a_suspended_task_cannot_be_completed_but_a_draft_can_be_saved(scene: Scene) -> None:
    started = scene.start("both")
    repair, one = Repair(scene), scene.open("one").id
    repair.suspend(started.instance_id)
    with pytest.raises(Conflict, match=r"Ärendet är pausat\. Inget har ändrats\."):
        scene.complete(one, first="x")
    scene.draft(one, first="halv")
    repair.resume(started.instance_id)
    scene.complete(one, first="x")
    assert [row.data["reason"] for row in repair.events(started.instance_id, "suspended")] == [WHY]
    assert repair.events(started.instance_id, "resumed")[0].person_id == scene.person("admin").id
    demand_whole(scene)


def test_what_it_has_called_rests_with_it_and_goes_on_with_it(scene: Scene) -> None:
    caller = scene.start("caller").instance_id
    repair = Repair(scene)
    repair.suspend(caller)
    called = scene.instance("called").id
    assert repair.status(called) == "suspended"
    with pytest.raises(Conflict, match="hör till är pausat"):
        repair.resume(called)
    with pytest.raises(Conflict, match="pausat"):
        scene.complete(scene.open("work").id, text="x")
    repair.resume(caller)
    scene.complete(scene.open("work").id, text="x")
    scene.complete(scene.open("reflect").id, text="x")
    assert repair.status(caller) == "completed"
    demand_whole(scene)


def test_timers_wait_and_fire_after_resumption(scene: Scene) -> None:
    started = scene.start("both")
    repair, late = Repair(scene), scene.timers("event")[0]
    repair.suspend(started.instance_id)
    assert scene.wait_until(late.due_at + timedelta(weeks=1)) == 0
    assert scene.fire(late.id) is None
    assert scene.open_tasks() == ["one", "two"]
    repair.resume(started.instance_id)
    assert scene.rows(timer, timer.c.id == late.id)[0].due_at == late.due_at
    scene.wait(seconds=1)
    assert scene.open_tasks() == ["one"]
    demand_whole(scene)


def test_messages_to_a_suspended_instance_are_kept(scene: Scene) -> None:
    started = scene.start("told")
    repair = Repair(scene)
    scene.complete(scene.open("prepare").id, text="x")
    repair.suspend(started.instance_id)
    assert scene.tell("revision_begins", started.business_key) is None
    assert [row.delivered_at for row in scene.rows(message)] == [None]
    repair.resume(started.instance_id)
    assert scene.open_tasks() == ["follow"]
    demand_whole(scene)


def test_cancelling_ends_everything_below_and_the_agreement(scene: Scene) -> None:
    started = scene.start("local_agreement")
    repair = Repair(scene)
    with pytest.raises(Conflict, match="en del av ett annat"):
        repair.cancel(scene.instance("drafting").id)
    repair.cancel(started.instance_id)
    assert scene.open_tasks() == []
    assert scene.count(timer) == [0]
    assert {status for _, status in scene.statuses()} == {"cancelled"}
    assert [row.status for row in scene.rows(agreement, agreement.c.key == LOCAL)] == ["ended"]
    demand_whole(scene)


def test_what_is_over_stays_over(scene: Scene) -> None:
    started = scene.start("both")
    repair = Repair(scene)
    with pytest.raises(Conflict, match="inte pausat"):
        repair.resume(started.instance_id)
    repair.suspend(started.instance_id)
    with pytest.raises(Conflict, match="redan pausat"):
        repair.suspend(started.instance_id)
    repair.cancel(started.instance_id)
    for act in (repair.suspend, repair.cancel):
        with pytest.raises(Conflict, match="avslutat"):
            act(started.instance_id)
    with pytest.raises(Conflict):
        repair.resume(started.instance_id)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001, "Gäller 811218-9876", "noll\x00", "\ud800"])
def test_a_reason_is_demanded_that_can_be_kept_and_names_nobody(scene: Scene, reason: str) -> None:
    started = scene.start("both")
    before = scene.everything()
    for act in (Repair(scene).suspend, Repair(scene).resume, Repair(scene).cancel):
        with pytest.raises(Invalid):
            act(started.instance_id, reason)
    assert scene.everything() == before


def test_only_administrators_operate_and_only_on_what_there_is(scene: Scene) -> None:
    started = scene.start("both")
    for name in ("leader", "rss", "chair"):
        with pytest.raises(NotPermitted):
            Repair(scene, name).suspend(started.instance_id)
    with pytest.raises(NotFound):
        Repair(scene).suspend("nothing")


@pytest.mark.parametrize("attempt", range(3))
def test_completing_as_it_is_suspended_is_one_or_the_other(scene: Scene, attempt: int) -> None:
    started = scene.start("both")
    repair, one = Repair(scene), scene.open("one").id
    answers = at_once(lambda: scene.complete(one, first="x"), lambda: repair.suspend(started.instance_id))
    assert answers[1] is None
    assert not isinstance(answers[0], Exception) or isinstance(answers[0], Conflict)
    assert repair.status(started.instance_id) == "suspended"
    assert scene.task(one).state == ("open" if isinstance(answers[0], Conflict) else "completed")
    demand_whole(scene)
