"""Killed at every statement: whatever happens, work is done wholly or not at all, once, and what was said is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.database import Database
from engine.database.tables import event, outbox, person, submission, timer, user_task
from engine.delivery import deliver_mail
from engine.errors import AlreadyDone
from engine.integrity import check
from tests.engine.commands.scene import Scene
from tests.reliability import works
from tests.reliability.mailbox import open_mailbox
from tests.reliability.victim import Point, work_until_killed

MOST_POINTS = 120


def url_of(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def faults(scene: Scene) -> list[str]:
    with scene.database.read() as connection:
        return check(connection)


def kill_everywhere(scene: Scene, work: Callable[..., object], *arguments: Any, first: int = 1) -> list[Point]:
    """Kill the work at each of its points, from the `first`, until it has been committed. Returns the last points.

    Until then, each time leaves everything as it was.
    """
    before = scene.everything()
    for point in range(first, MOST_POINTS):
        ended, reached = work_until_killed(url_of(scene.database), work, *arguments, point=point)
        if scene.everything() != before:
            assert not ended, "it was committed before any point"
            return reached
    raise AssertionError("it never came to its end")


def test_a_completion_is_whole_or_nothing(scene: Scene) -> None:
    # The decision ends a called process, whose caller goes on: publishes, plans a review and sets a timer.
    scene.start("local_agreement")
    scene.complete(scene.open("write").id, activities=[{"activity": "Utbildning"}])
    scene.complete(scene.open("approve").id, by="chair", outcome="approved")
    task = scene.open("approve")
    counted = scene.count(submission, event)
    arguments = (scene.now, scene.person("chair").id, task.id, {"outcome": "approved"})
    reached = kill_everywhere(scene, works.complete, *arguments)
    assert reached[-1] == "answer"
    assert reached.count("commit") == 1
    assert len(reached) > 10
    # Killed between commit and answer: it is done, all of it, and who asks again is told so.
    assert faults(scene) == []
    assert scene.task(task.id).state == "completed"
    assert scene.count(submission)[0] == counted[0] + 1
    assert len(scene.timers("event")) == 1
    after = scene.everything()
    with pytest.raises(AlreadyDone):
        scene.complete(task.id, by="chair", outcome="approved")
    assert scene.everything() == after


def test_a_signal_reaches_all_or_nobody(scene: Scene) -> None:
    listening = [scene.start("listens").instance_id for _ in range(2)]
    for row in scene.rows(user_task):
        scene.complete(row.id, text="x")
    scene.start("calls_out")
    task = scene.rows(user_task, user_task.c.element_id == "prepare_call")[0]
    arguments = (scene.now, scene.person("leader").id, task.id, {"text": "x"})
    # What comes before is as in any completion: see the test above.
    reached = kill_everywhere(scene, works.complete, *arguments, first=15)
    assert reached.count("commit") == 1
    assert len([point for point in reached if "SAVEPOINT" in point]) >= len(listening)  # each has its own share
    received = [row.instance_id for row in scene.rows(event) if row.kind == "signal_received"]
    assert sorted(received) == sorted(listening)
    assert faults(scene) == []


def test_a_worker_that_dies_while_firing_leaves_the_timer_to_the_next(scene: Scene) -> None:
    scene.start("both")
    scene.now = scene.timers("event")[0].due_at
    due = scene.due()
    give_addresses(scene)
    before = scene.everything()
    ended, fired_at = False, 0
    for point in range(1, MOST_POINTS):
        ended, _ = work_until_killed(url_of(scene.database), works.fire_due, scene.now, point=point)
        assert faults(scene) == []
        fired_at += scene.everything() != before
        if ended:
            break
    assert ended
    assert fired_at > 1
    assert not scene.rows(timer, timer.c.id.in_(due))
    assert scene.open_tasks() == ["one"]
    fired = [row for row in scene.rows(event) if row.kind == "timer_fired"]
    assert len(fired) == 1
    leader = scene.person("leader").id
    told = [row.subject for row in scene.rows(outbox) if row.person_id == leader]
    assert len(told) == len(set(told)) > 0


def test_mail_is_sent_once_per_message_id_whenever_the_worker_is_killed(scene: Scene) -> None:
    write_mail(scene)
    ids = {row.id for row in scene.rows(outbox)}
    with open_mailbox() as box:
        ended, killed_after_sending = False, 0
        for point in range(1, MOST_POINTS):
            ended, reached = work_until_killed(url_of(scene.database), works.deliver, scene.now, box.url, point=point)
            # Sent, and no time to note it: only then does a message come twice, under its own id.
            killed_after_sending += "sent" in reached[-4:] and reached[-1] != "answer"
            scene.now += timedelta(minutes=30)
            if ended:
                break
        assert ended
        arrivals = box.arrivals()
        assert set(arrivals) == ids
        assert sum(arrivals.values()) - len(ids) <= killed_after_sending
        by_id: dict[str, set[str]] = {}
        for message in box.messages:
            by_id.setdefault(str(message["Message-ID"]), set()).add(str(message.get_payload()))
        assert all(len(texts) == 1 for texts in by_id.values())
    assert all(row.sent_at is not None for row in scene.rows(outbox))


def test_a_refused_address_does_not_hold_back_the_others(scene: Scene) -> None:
    write_mail(scene)
    refused = next(row for row in scene.rows(outbox) if row.address == "leader@example.se")
    scene.now += timedelta(minutes=1)
    with open_mailbox() as box:
        box.refuse.add(refused.address)
        settings = works.mail_settings(box.url)
        assert deliver_mail(scene.database, settings, scene.now) == len(scene.rows(outbox)) - 1
        assert deliver_mail(scene.database, settings, scene.now) == 0  # not at once again
        box.refuse.clear()
        assert deliver_mail(scene.database, settings, scene.now + timedelta(minutes=5)) == 1
        assert set(box.arrivals().values()) == {1}


def give_addresses(scene: Scene) -> None:
    with scene.database.write() as connection:
        for name, somebody in scene.people.items():
            mine = person.c.id == somebody.id
            connection.execute(update(person).where(mine).values(email=f"{name}@example.se"))


def write_mail(scene: Scene) -> None:
    """Escalate a task: both of the steering group, and those with the task, are told."""
    give_addresses(scene)
    scene.start("told")
    escalation = scene.timers("escalate")[0]
    scene.now = escalation.due_at
    assert scene.fire(escalation.id)
    with scene.database.read() as connection:
        assert connection.execute(select(user_task.c.escalated_to)).scalar_one() == "steering_group"
    assert len(scene.rows(outbox)) >= 3
