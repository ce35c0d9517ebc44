"""Migrating through the command: the plan tells all, due dates and drafts are carried over, what is lost is refused."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from engine.commands import deploy_pack
from engine.database.tables import draft, process_instance, subscription, user_task
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from tests.engine.commands.scene import Scene
from tests.engine.repair.acts import WHY, Repair, demand_whole
from tests.packs import build_pack

Change = Callable[[str], str]


def deploy_changed(scene: Scene, folder: Path, process_key: str, *changes: tuple[str, str]) -> None:
    """Version 2 of a process: its model with some text replaced."""
    pack = build_pack(folder / "changed")
    file = pack / process_key / f"{process_key}.bpmn"
    text = file.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)
    with scene.database.write() as connection:
        deploy_pack(connection, scene.now, pack)


RENAMED_TASK = (('"two"', '"zwei"'), (">two<", ">zwei<"))
RENAMED_EVENT = (('"late"', '"too_late"'), (">late<", ">too_late<"))


def test_due_dates_drafts_and_assignees_go_along(scene: Scene, tmp_path: Path) -> None:
    started = scene.start("both")
    repair, two, late = Repair(scene), scene.open("two"), scene.timers("event")[0]
    scene.claim(two.id, by="colleague")
    scene.draft(two.id, by="colleague", second="halv")
    scene.complete(scene.open("one").id, first="x")
    scene.now += timedelta(days=3)
    deploy_changed(scene, tmp_path, "both", *RENAMED_TASK)
    mapping: dict[str, str | None] = {"two": "zwei"}
    plan = repair.plan("both", mapping).instances[0]
    told = {(fate.kind, fate.element_id, fate.becomes, fate.to_element) for fate in plan.fates}
    assert told == {
        ("task", "two", "moved", "zwei"),
        ("draft", "two", "moved", "zwei"),
        ("timer", "late", "kept", "late"),
    }
    assert [fate.due_at for fate in plan.fates if fate.kind == "timer"] == [late.due_at]
    repair.migrate(started.instance_id, mapping)
    moved = scene.open()
    assert (moved.id, moved.element_id, moved.due_at, moved.created_at) == (two.id, "zwei", two.due_at, two.created_at)
    assert moved.assignee == scene.person("colleague").id
    assert [row.values for row in scene.rows(draft)] == [{"second": "halv"}]
    assert [(row.id, row.due_at) for row in scene.timers("event")] == [(late.id, late.due_at)]
    assert repair.events(started.instance_id, "migrated")[0].data == {
        "reason": WHY,
        "from_version": 1,
        "to_version": 2,
        "moved": {"two": "zwei"},
    }
    demand_whole(scene)
    scene.complete(moved.id, by="colleague", second="x")
    assert repair.status(started.instance_id) == "completed"
    demand_whole(scene)


def test_what_would_be_lost_is_refused_until_it_is_mapped(scene: Scene, tmp_path: Path) -> None:
    started = scene.start("both")
    repair = Repair(scene)
    deploy_changed(scene, tmp_path, "both", *RENAMED_TASK, *RENAMED_EVENT)
    rows = scene.everything()
    plan = repair.plan("both").instances[0]
    assert {(f.element_id, f.becomes) for f in plan.fates} == {("one", "kept"), ("two", "lost"), ("late", "lost")}
    assert not plan.possible
    with pytest.raises(Conflict, match=r"two finns inte i den nya versionen.*Inget har ändrats\."):
        repair.migrate(started.instance_id)
    with pytest.raises(Conflict, match="inte bli one: "):
        repair.migrate(started.instance_id, {"late": "one", "two": "zwei"})
    with pytest.raises(Conflict, match="inte tas bort"):
        repair.migrate(started.instance_id, {"late": None, "two": None})
    assert scene.everything() == rows
    repair.migrate(started.instance_id, {"late": None, "two": "zwei"})
    # The new version has a deadline of its own, which begins to wait now.
    assert [row.element_id for row in scene.timers("event")] == ["too_late"]
    demand_whole(scene)
    scene.wait(weeks=7)
    assert scene.open_tasks() == ["one"]
    scene.complete(scene.open("one").id, first="x")
    assert repair.status(started.instance_id) == "completed"


def test_a_new_deadline_begins_to_wait_and_interrupts(scene: Scene, tmp_path: Path) -> None:
    started = scene.start("told")
    repair, task = Repair(scene), scene.open("prepare")
    deadline = (
        '<bpmn:boundaryEvent id="slow" name="slow" attachedToRef="prepare"><bpmn:timerEventDefinition>'
        "<bpmn:timeDuration>P2M</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
        '<bpmn:sequenceFlow id="slow_on" sourceRef="slow" targetRef="follow"/>'
        '<bpmn:intermediateCatchEvent id="message_came"'
    )
    deploy_changed(
        scene,
        tmp_path,
        "told",
        ('<bpmn:intermediateCatchEvent id="message_came"', deadline),
        (
            "<bpmn:flowNodeRef>message_came</bpmn:flowNodeRef>",
            "<bpmn:flowNodeRef>message_came</bpmn:flowNodeRef><bpmn:flowNodeRef>slow</bpmn:flowNodeRef>",
        ),
    )
    repair.suspend(started.instance_id)
    plan = repair.migrate(started.instance_id)
    assert [(f.kind, f.element_id, f.becomes) for f in plan.fates] == [
        ("task", "prepare", "kept"),
        ("timer", "slow", "added"),
    ]
    assert [row.suspended for row in scene.timers("event")] == [True]
    repair.resume(started.instance_id)
    demand_whole(scene)
    scene.wait(weeks=10)
    assert scene.task(task.id).state == "cancelled"
    assert scene.open_tasks() == ["follow"]
    demand_whole(scene)


def test_subscriptions_calls_and_sub_processes_are_moved(scene: Scene, tmp_path: Path) -> None:
    started = scene.start("local_agreement")
    repair = Repair(scene)
    names = ("life", "draft_it", "revision_begun")
    changes = [(f'"{name}"', f'"my_{name}"') for name in names] + [(f">{name}<", f">my_{name}<") for name in names]
    deploy_changed(scene, tmp_path, "local_agreement", *changes)
    mapping: dict[str, str | None] = {name: f"my_{name}" for name in names}
    refused = repair.plan("local_agreement").instances[0]
    assert {(f.kind, f.becomes) for f in refused.fates} == {
        ("scope", "lost"),
        ("call", "lost"),
        ("subscription", "lost"),
    }
    repair.migrate(started.instance_id, mapping)
    assert [row.element_id for row in scene.rows(subscription)] == ["my_revision_begun"]
    assert scene.instance("drafting").parent_element_id == "my_draft_it"
    demand_whole(scene)
    scene.complete(scene.open("write").id, activities=[{"activity": "x"}])
    scene.complete(scene.open("approve").id, by="chair", outcome="approved")
    assert scene.open().process_key == "decision"
    assert scene.tell("revision_begins", started.business_key) == started.instance_id
    assert scene.open_tasks() == ["revise"]
    demand_whole(scene)


def test_many_at_once_each_with_its_result(scene: Scene, tmp_path: Path) -> None:
    first, second, third = (scene.start("both") for _ in range(3))
    for row in scene.rows(user_task, user_task.c.instance_id == second.instance_id, user_task.c.element_id == "two"):
        scene.complete(row.id, second="x")
    repair = Repair(scene)
    repair.cancel(third.instance_id)
    deploy_changed(scene, tmp_path, "both", *RENAMED_TASK)
    results = {result.instance_id: result.refusals for result in repair.migrate_all("both")}
    assert results.keys() == {first.instance_id, second.instance_id}
    assert "two finns inte" in results[first.instance_id][0]
    # The token that has come to the join came from an element that is still there.
    assert results[second.instance_id] == ()
    versions = scene.rows(process_instance, process_instance.c.id == second.instance_id)
    assert (
        versions[0].definition_id
        != scene.rows(process_instance, process_instance.c.id == first.instance_id)[0].definition_id
    )
    demand_whole(scene)
    scene.complete(
        scene.rows(user_task, user_task.c.instance_id == second.instance_id, user_task.c.state == "open")[0].id,
        first="x",
    )
    assert repair.status(second.instance_id) == "completed"
    assert repair.migrate_all("both", {"two": "zwei"})[0].refusals == ()
    assert scene.open_tasks() == ["one", "zwei"]
    demand_whole(scene)


def test_a_join_that_a_waiting_token_could_not_reach_is_refused(scene: Scene, tmp_path: Path) -> None:
    started = scene.start("both")
    scene.complete(scene.open("one").id, first="x")
    task = '<bpmn:userTask id="one_more" name="one_more" camunda:formKey="first" camunda:dueDate="P1M"/>'
    deploy_changed(
        scene,
        tmp_path,
        "both",
        ('sourceRef="one" targetRef="join"', 'sourceRef="one" targetRef="one_more"'),
        (
            '<bpmn:endEvent id="done"',
            task + '<bpmn:sequenceFlow id="f" sourceRef="one_more" targetRef="join"/><bpmn:endEvent id="done"',
        ),
        (
            "<bpmn:flowNodeRef>one</bpmn:flowNodeRef>",
            "<bpmn:flowNodeRef>one</bpmn:flowNodeRef><bpmn:flowNodeRef>one_more</bpmn:flowNodeRef>",
        ),
    )
    with pytest.raises(Conflict, match="Det som har kommit till join från one kan inte komma den vägen"):
        Repair(scene).migrate(started.instance_id)


def test_only_administrators_with_known_versions_and_elements(scene: Scene, tmp_path: Path) -> None:
    started = scene.start("both")
    with pytest.raises(NotFound, match="version 2"):
        Repair(scene).plan("both")
    deploy_changed(scene, tmp_path, "both", *RENAMED_TASK)
    with pytest.raises(NotPermitted):
        Repair(scene, "rss").plan("both")
    with pytest.raises(NotPermitted):
        Repair(scene, "leader").migrate(started.instance_id)
    with pytest.raises(Invalid, match="nowhere finns inte"):
        Repair(scene).plan("both", {"two": "nowhere"})
    Repair(scene).cancel(started.instance_id)
    assert Repair(scene).plan("both").instances == ()
    with pytest.raises(Conflict, match="avslutat"):
        Repair(scene).migrate(started.instance_id)
