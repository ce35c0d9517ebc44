"""Timers fire once, whoever fires them; late tasks remind and escalate; nobody waits for each other crosswise."""

from datetime import timedelta

import pytest

from engine.clock import local_date
from engine.commands import due_timers, fire_timer
from engine.commands.preferences import set_preferences
from engine.database.tables import outbox, timer, user_task
from engine.errors import AlreadyDone
from tests.engine.commands.scene import Scene, at_once

ROUNDS = range(5)


def test_a_timer_fires_when_it_is_due_and_not_before(scene: Scene) -> None:
    scene.start("both")
    event = scene.timers("event")[0]
    assert local_date(event.due_at) == local_date(scene.now + timedelta(weeks=6))
    assert scene.fire(event.id) is None
    scene.wait_until(event.due_at)
    assert scene.open_tasks() == ["one"]
    assert scene.fire(event.id) is None
    assert scene.timers("event") == []


def test_the_task_that_a_timer_ended_is_cancelled_and_reminds_no_more(scene: Scene) -> None:
    scene.start("both")
    two = scene.open("two")
    scene.wait_until(scene.timers("event")[0].due_at)
    assert scene.task(two.id).state == "cancelled"
    assert scene.rows(timer, timer.c.task_id == two.id) == []
    with pytest.raises(AlreadyDone):
        scene.complete(two.id, second="too late")


def test_a_completed_task_takes_its_timers_with_it(scene: Scene) -> None:
    scene.start("both")
    scene.complete(scene.open("two").id, second="in time")
    assert scene.timers("event") == []
    scene.complete(scene.open("one").id, first="x")
    assert scene.count(timer) == [0]


def choose_mail_at_once(scene: Scene) -> None:
    with scene.database.write() as connection:
        for somebody in scene.people.values():
            set_preferences(connection, scene.now, somebody, {"mail.deadline": "now"})


def test_a_reminder_goes_with_the_weekly_letter_unless_somebody_wants_it_at_once(scene: Scene) -> None:
    scene.start("local_agreement")
    task = scene.open("write")
    scene.wait_until(task.due_at - timedelta(days=7))
    assert scene.rows(outbox) == []
    assert scene.task(task.id).reminded_at == scene.now


def test_those_with_the_task_are_reminded_a_week_before(scene: Scene) -> None:
    choose_mail_at_once(scene)
    scene.start("local_agreement")
    task = scene.open("write")
    scene.wait_until(task.due_at - timedelta(days=7))
    told = scene.rows(outbox)
    assert {row.person_id for row in told} == {scene.person(name).id for name in ("leader", "colleague", "both_roles")}
    assert all(row.subject.startswith("Påminnelse") and row.link == f"/uppgifter/{task.id}" for row in told)
    assert scene.task(task.id).reminded_at == scene.now


def test_whoever_has_taken_the_task_over_is_the_one_to_be_reminded(scene: Scene) -> None:
    choose_mail_at_once(scene)
    scene.start("local_agreement")
    task = scene.open("write")
    scene.claim(task.id, by="colleague")
    scene.wait_until(task.due_at - timedelta(days=7))
    assert [row.person_id for row in scene.rows(outbox)] == [scene.person("colleague").id]


def test_a_late_task_is_told_to_the_steering_group_and_then_to_rss(scene: Scene) -> None:
    scene.start("local_agreement")
    task = scene.open("write")
    steering = {scene.person(name).id for name in ("chair", "member", "both_roles")}
    told_at = []
    for weeks, role in ((1, "steering_group"), (2, "rss")):
        scene.wait_until(task.due_at + timedelta(weeks=weeks, hours=1))
        assert scene.task(task.id).escalated_to == role
        told_at.append({row.person_id for row in scene.rows(outbox) if row.created_at > task.due_at})
    assert steering <= told_at[0]
    assert scene.person("rss").id not in told_at[0]
    assert scene.person("rss").id in told_at[1]
    assert scene.wait(weeks=10) == 0
    assert scene.open("write").state == "open"  # it stops nothing


def test_a_task_done_in_time_reminds_and_escalates_nobody(scene: Scene) -> None:
    scene.start("both")
    scene.complete(scene.open("one").id, first="x")
    scene.complete(scene.open("two").id, second="x")
    assert scene.wait(weeks=20) == 0
    assert scene.count(outbox) == [0]


def test_two_workers_fire_each_timer_once(scene: Scene) -> None:
    for _ in range(12):
        scene.start("both")
    scene.now += timedelta(weeks=6)
    waiting = {row.id for row in scene.timers("event")}
    fired: list[str] = []

    def work() -> None:
        while due := [timer_id for timer_id in scene.due() if timer_id in waiting]:
            fired.extend(timer_id for timer_id in due if scene.fire(timer_id) is not None)

    assert at_once(work, work) == [None, None]
    assert sorted(fired) == sorted(waiting)
    assert scene.open_tasks() == ["one"] * 12


@pytest.mark.parametrize("attempt", ROUNDS)
def test_completing_a_task_as_its_deadline_fires_is_one_or_the_other(scene: Scene, attempt: int) -> None:
    # The worker used to hold the timer and wait for the instance, the person the other way round: a deadlock.
    scene.start("both")
    two, late = scene.open("two"), scene.timers("event")[0]
    scene.now = late.due_at
    answers = at_once(lambda: scene.complete(two.id, second="x"), lambda: scene.fire(late.id))
    assert not [a for a in answers if isinstance(a, Exception) and not isinstance(a, AlreadyDone)]
    assert scene.task(two.id).state in {"completed", "cancelled"}
    assert scene.open_tasks() == ["one"]
    assert len(scene.timers("event")) == 0


@pytest.mark.parametrize("attempt", ROUNDS)
def test_a_called_process_that_goes_on_as_its_caller_cancels_it_is_one_or_the_other(scene: Scene, attempt: int) -> None:
    scene.start("caller")
    work, too_late = scene.open("work"), next(row for row in scene.timers("event") if row.element_id == "too_late")
    scene.now = too_late.due_at
    answers = at_once(lambda: scene.complete(work.id, text="x"), lambda: scene.fire(too_late.id))
    assert not [a for a in answers if isinstance(a, Exception) and not isinstance(a, AlreadyDone)]
    if scene.rows(timer, timer.c.id == too_late.id):
        scene.fire(too_late.id)  # the worker did not wait, and comes again
    assert scene.open_tasks() == ["remember"]
    assert scene.statuses()["caller", "active"] == 1
    assert not scene.rows(user_task, user_task.c.state == "open", user_task.c.process_key == "review")


def test_due_timers_come_oldest_first_and_no_more_than_asked(scene: Scene) -> None:
    scene.start("both")
    scene.now += timedelta(days=1)
    scene.start("both")
    scene.now += timedelta(days=365)
    with scene.database.read() as connection:
        everything = due_timers(connection, scene.now, 100)
        assert due_timers(connection, scene.now, 3) == everything[:3]
    due = {row.id: row.due_at for row in scene.rows(timer)}
    assert [due[timer_id] for timer_id in everything] == sorted(due.values())


def test_an_unknown_timer_is_nobodys(scene: Scene) -> None:
    with scene.database.write() as connection:
        assert fire_timer(connection, scene.now, "nothing") is None
