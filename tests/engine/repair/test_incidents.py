"""What fails is undone as a whole, told plainly, noted for operators, tried again ever later, and then by a person."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine import handlers
from engine.commands import open_tasks
from engine.commands.incident_rows import MOST_ATTEMPTS, retry_at
from engine.database.tables import draft, event, message, outbox, submission, timer, user_task
from engine.errors import Conflict, ExecutionFailed, NotPermitted, Undone
from engine.queries.incidents import list_incidents
from engine.worker import fire_due
from tests.engine.commands.scene import START, Scene
from tests.engine.repair.acts import WHY, Repair, demand_whole


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """User tasks that cannot be opened, and service tasks that fail, by element id."""
    elements: set[str] = set()
    task_row, run_handler = open_tasks.task_row, handlers.run_handler

    def fragile_row(*given: Any) -> dict[str, Any]:
        if given[-1].element_id in elements:
            raise ExecutionFailed("Banan är ingen roll i paketet.")
        return task_row(*given)

    def fragile_handler(call: Any) -> dict[str, Any]:
        if call.element.id in elements:
            raise KeyError("valid_to")
        return run_handler(call)

    monkeypatch.setattr(open_tasks, "task_row", fragile_row)
    monkeypatch.setattr("engine.commands.instances.run_handler", fragile_handler)
    return elements


def test_a_completion_whose_service_task_fails_is_undone_told_and_noted(scene: Scene, broken: set[str]) -> None:
    scene.start("local_agreement")
    started = scene.start("answers")
    repair = Repair(scene)
    region = next(row for row in scene.rows(user_task) if row.item == "20")
    scene.complete(region.id, by="region", text="från regionen")
    last = scene.open("answer")
    broken.add("tell")
    before = scene.everything()
    with pytest.raises(Undone, match=r"Inget har ändrats\. Det du skrev är sparat som utkast") as undone:
        scene.complete(last.id, by="falun", text="från Falun")
    assert scene.everything() == before
    repair.note(undone.value)
    noted = repair.incidents()[0]
    assert (noted.kind, noted.subject, noted.element_id, noted.attempts) == ("task", last.id, "tell", 1)
    assert noted.instance_id == started.instance_id
    assert noted.data["organisation"] == "2080"
    assert "valid_to" in noted.reason
    assert noted.person_id == scene.person("falun").id
    kept = scene.rows(draft)
    assert [(row.person_id, row.values) for row in kept] == [(scene.person("falun").id, {"text": "från Falun"})]
    with pytest.raises(Undone) as again:
        scene.complete(last.id, by="falun", text="en gång till")
    repair.note(again.value)
    assert [row.attempts for row in repair.incidents()] == [2]
    broken.clear()
    repair.retry(noted.id)
    assert [row.person_id for row in scene.rows(outbox)] == [scene.person("falun").id]
    assert repair.incidents()[0].resolved_by == scene.person("admin").id
    scene.complete(last.id, by="falun", text="från Falun")
    assert repair.status(started.instance_id) == "completed"
    assert len(scene.rows(submission, submission.c.element_id == "answer")) == 2
    demand_whole(scene)


def test_a_completion_that_works_after_all_resolves_its_incident(scene: Scene, broken: set[str]) -> None:
    scene.start("local_agreement")
    repair, task = Repair(scene), scene.open("write")
    broken.add("approve")
    with pytest.raises(Undone) as undone:
        scene.complete(task.id, activities=[{"activity": "x"}])
    repair.note(undone.value)
    assert repair.incidents()[0].element_id == "write"
    broken.clear()
    scene.complete(task.id, activities=[{"activity": "x"}])
    assert repair.incidents()[0].resolved_at == scene.now
    demand_whole(scene)


def test_a_failure_in_a_caller_that_goes_on_is_noted_there(scene: Scene, broken: set[str]) -> None:
    started = scene.start("local_agreement")
    repair = Repair(scene)
    scene.complete(scene.open("write").id, activities=[{"activity": "x"}])
    scene.complete(scene.open("approve").id, by="chair", outcome="approved")
    broken.add("publish")
    with pytest.raises(Undone) as undone:
        scene.complete(scene.open("approve").id, by="member", outcome="approved")
    repair.note(undone.value)
    noted = repair.incidents()[0]
    assert (noted.instance_id, noted.element_id) == (started.instance_id, "publish")
    demand_whole(scene)


def test_a_timer_that_fails_is_tried_ever_later_and_then_waits_for_a_person(scene: Scene, broken: set[str]) -> None:
    started = scene.start("caller")
    repair, too_late = Repair(scene), scene.timers("event")[0]
    broken.add("remember")
    scene.now = too_late.due_at
    gaps = []
    while scene.rows(timer, timer.c.id == too_late.id, timer.c.attempts < MOST_ATTEMPTS):
        fire_due(scene.database, scene.now)
        again = repair.incidents()[0].retry_at
        if again is not None:
            gaps.append(again - scene.now)
            scene.now = again
    assert gaps == [timedelta(minutes=2**attempt) for attempt in range(1, MOST_ATTEMPTS)]
    noted = repair.incidents()[0]
    assert (noted.kind, noted.attempts, noted.retry_at) == ("timer", MOST_ATTEMPTS, None)
    assert (noted.instance_id, noted.element_id) == (started.instance_id, "too_late")
    scene.now += timedelta(days=30)
    assert too_late.id not in scene.due()
    with pytest.raises(ExecutionFailed) as failed:
        repair.retry(noted.id)
    repair.note(failed.value)
    assert [row.attempts for row in repair.incidents()] == [MOST_ATTEMPTS + 1]
    broken.clear()
    repair.retry(noted.id)
    assert "remember" in scene.open_tasks()
    assert repair.events(started.instance_id, "retried")[0].data["reason"] == WHY
    with pytest.raises(Conflict, match="redan avhjälpt"):
        repair.retry(noted.id)
    demand_whole(scene)


def test_a_timer_that_fails_once_and_then_works_is_resolved(scene: Scene, broken: set[str]) -> None:
    scene.start("caller")
    repair, too_late = Repair(scene), scene.timers("event")[0]
    broken.add("remember")
    scene.now = too_late.due_at
    fire_due(scene.database, scene.now)
    broken.clear()
    scene.now += timedelta(minutes=3)
    fire_due(scene.database, scene.now)
    assert scene.open_tasks() == ["remember"]
    assert repair.incidents()[0].resolution == "Det gick vid ett nytt försök."
    demand_whole(scene)


def test_a_message_whose_receiver_fails_is_kept_and_delivered_later(scene: Scene, broken: set[str]) -> None:
    started = scene.start("told")
    repair = Repair(scene)
    scene.complete(scene.open("prepare").id, text="x")
    broken.add("follow")
    assert scene.tell("revision_begins", started.business_key) is None
    noted = repair.incidents()[0]
    assert (noted.kind, noted.element_id, noted.attempts) == ("message", "message_came", 1)
    assert [row.delivered_at for row in scene.rows(message)] == [None]
    assert repair.events(started.instance_id, "message_received") == []
    demand_whole(scene)
    scene.now += timedelta(minutes=3)
    fire_due(scene.database, scene.now)
    assert [row.attempts for row in repair.incidents()] == [2]
    broken.clear()
    repair.retry(noted.id)
    assert scene.open_tasks() == ["follow"]
    assert scene.rows(message)[0].delivered_at == scene.now
    assert scene.rows(timer, timer.c.kind == "message") == []
    demand_whole(scene)


def test_incidents_are_for_administrators_and_go_with_the_instance(scene: Scene, broken: set[str]) -> None:
    started = scene.start("told")
    scene.complete(scene.open("prepare").id, text="x")
    broken.add("follow")
    scene.tell("revision_begins", started.business_key)
    repair = Repair(scene)
    with scene.database.read() as connection:
        rows = list_incidents(connection, repair.person)
        assert [(row.process_key, row.business_key, row.attempts) for row in rows] == [
            ("told", started.business_key, 1)
        ]
        with pytest.raises(NotPermitted):
            list_incidents(connection, scene.person("leader"))
    with pytest.raises(NotPermitted):
        Repair(scene, "leader").retry(rows[0].id)
    repair.suspend(started.instance_id)
    broken.clear()
    with pytest.raises(Conflict, match="pausat"):
        repair.retry(rows[0].id)
    repair.cancel(started.instance_id)
    assert repair.incidents()[0].resolution == "Ärendet avbröts."
    assert scene.rows(event, event.c.kind == "retried") == []


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, None), (9, None)])
def test_how_long_to_wait_before_the_next_attempt(attempts: int, minutes: int | None) -> None:
    expected: datetime | None = None if minutes is None else START + timedelta(minutes=minutes)
    assert retry_at(START, attempts) == expected
