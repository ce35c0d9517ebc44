"""Signals: everybody who waits gets one, once, wherever they are; nobody who comes later; none is lost to a pause."""

from typing import Any

import pytest
from sqlalchemy import update

from engine import commands
from engine.database.tables import event, incident, message, process_instance, subscription, user_task
from engine.errors import NotFound, NotPermitted
from engine.integrity import check
from tests.engine.commands.scene import Scene, at_once

NAME = "all_stop"


def listener(scene: Scene, organisation: str = "2080", by: str = "leader") -> str:
    """One who waits for the signal."""
    started = scene.start("listens", by=by, organisation=organisation)
    scene.complete(task_at(scene, "prepare_to_listen", started.instance_id).id, by=by, text="x")
    return started.instance_id


def task_at(scene: Scene, element_id: str, instance_id: str) -> Any:
    here = (user_task.c.instance_id == instance_id, user_task.c.element_id == element_id, user_task.c.state == "open")
    return scene.rows(user_task, *here)[0]


def signal(scene: Scene, by: str = "admin") -> int:
    return scene.database.run(lambda c: commands.send_signal(c, scene.now, scene.person(by), NAME))


def kinds(scene: Scene, instance_id: str) -> list[str]:
    return [row.kind for row in scene.rows(event, event.c.instance_id == instance_id) if "signal" in row.kind]


def call_out(scene: Scene) -> str:
    started = scene.start("calls_out")
    scene.complete(task_at(scene, "prepare_call", started.instance_id).id, text="x")
    return started.instance_id


def faults(scene: Scene) -> list[str]:
    with scene.database.read() as connection:
        return check(connection)


def test_a_thrown_signal_reaches_everybody_who_waits_and_the_thrower_itself(scene: Scene) -> None:
    here, there = listener(scene), listener(scene, "2062", by="mora")
    thrower = call_out(scene)
    # The thrower's own work is cancelled, whose end throws one more: at the same moment, for those who waited then.
    assert scene.open_tasks() == ["act_on_it", "act_on_it", "after_call"]
    assert kinds(scene, thrower) == ["signal_sent", "signal_sent"]
    assert kinds(scene, here) == kinds(scene, there) == ["signal_received"]
    assert {row.element_id for row in scene.rows(subscription)} == {"heard_again"}
    assert faults(scene) == []


def test_a_signal_at_an_end_is_sent_and_a_boundary_hears_it(scene: Scene) -> None:
    heard = listener(scene)
    assert signal(scene) == 1
    own = task_at(scene, "own_work", scene.start("calls_out").instance_id)
    scene.complete(own.id, text="x")
    assert kinds(scene, heard) == ["signal_received"] * 2
    assert scene.open_tasks() == ["act_on_it", "act_once_more", "prepare_call"]


def test_who_does_not_wait_yet_never_gets_it(scene: Scene) -> None:
    started = scene.start("listens")
    call_out(scene)
    scene.complete(task_at(scene, "prepare_to_listen", started.instance_id).id, text="x")
    assert kinds(scene, started.instance_id) == []
    assert [row.kind for row in scene.rows(subscription, subscription.c.instance_id == started.instance_id)] == [
        "signal"
    ]
    assert scene.count(message) == [0]


def test_a_person_may_send_one_and_a_wrong_name_is_told(scene: Scene) -> None:
    listener(scene)
    listener(scene, "2062", by="mora")
    with pytest.raises(NotPermitted):
        signal(scene, by="leader")
    assert signal(scene) == 2
    assert scene.open_tasks() == ["act_on_it", "act_on_it"]
    with pytest.raises(NotFound, match="Ingen väntar på signalen unheard"):
        scene.database.run(lambda c: commands.send_signal(c, scene.now, scene.person("admin"), "unheard"))


def test_a_message_of_the_same_name_is_no_signal(scene: Scene) -> None:
    listener(scene)
    row = scene.rows(subscription)[0]
    assert scene.tell(NAME, "") is None
    assert scene.tell(NAME, row.task_id) is None
    assert scene.open_tasks() == []


def test_a_suspended_one_has_it_when_it_is_resumed_and_only_what_came_while_it_waited(scene: Scene) -> None:
    paused = listener(scene)
    admin = scene.person("admin")
    scene.database.run(lambda c: commands.suspend_instance(c, scene.now, admin, paused, "Paus"))
    assert signal(scene) == 1
    assert scene.open_tasks() == []
    scene.database.run(lambda c: commands.resume_instance(c, scene.now, admin, paused, "Vidare"))
    assert scene.open_tasks() == ["act_on_it"]
    assert kinds(scene, paused) == ["signal_received"]
    assert faults(scene) == []


def test_one_who_fails_is_an_incident_and_stops_nobody_else(scene: Scene) -> None:
    broken, sound = listener(scene), listener(scene, "2062", by="mora")
    of_broken = process_instance.c.id == broken
    kept = scene.rows(process_instance, of_broken)[0].organisation
    with scene.database.write() as connection:  # the next task's lane then stands for nobody
        connection.execute(update(process_instance).where(of_broken).values(organisation=None))
    assert signal(scene) == 2
    assert [row.element_id for row in scene.rows(user_task, user_task.c.state == "open")] == ["act_on_it"]
    assert kinds(scene, sound) == ["signal_received"]
    failed = scene.rows(incident)[0]
    assert (failed.kind, failed.instance_id, failed.element_id) == ("message", broken, "heard")
    with scene.database.write() as connection:
        connection.execute(update(process_instance).where(of_broken).values(organisation=kept))
    admin = scene.person("admin")
    scene.database.run(lambda c: commands.retry_incident(c, scene.now, admin, failed.id, "Rättat"))
    assert kinds(scene, broken) == ["signal_received"]
    assert scene.open_tasks() == ["act_on_it", "act_on_it"]


@pytest.mark.parametrize("attempt", range(3))
def test_two_who_call_out_at_once_tell_each_listener_what_each_threw(scene: Scene, attempt: int) -> None:
    heard = [listener(scene) for _ in range(3)]
    throwers = [scene.start("calls_out").instance_id for _ in range(2)]
    tasks = [task_at(scene, "prepare_call", thrower).id for thrower in throwers]

    def complete(task_id: str) -> object:
        person = scene.person("leader")
        return scene.database.run(lambda c: commands.complete_task(c, scene.now, person, task_id, {"text": "x"}))

    answers = at_once(*[lambda task_id=task_id: complete(task_id) for task_id in tasks])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    # Whoever comes first ends the other's own work too: what is thrown later is heard where the first has been heard.
    assert all(kinds(scene, each) == ["signal_received"] * 2 for each in heard)
    assert faults(scene) == []
