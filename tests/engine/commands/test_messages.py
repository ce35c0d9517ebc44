"""Messages: one receiver, found by its key; early, late, twice; none is lost when two transactions meet."""

from datetime import timedelta

import pytest

from engine.commands.effects import KEPT_FOR
from engine.database.tables import message, subscription
from engine.errors import Conflict
from tests.engine.commands.scene import Scene, at_once

NAME = "revision_begins"


@pytest.fixture
def told(scene: Scene) -> Scene:
    """A process that waits for a message once its first task is done."""
    scene.start("told", business_key="key")
    return scene


def test_a_message_takes_the_one_who_waits_on(told: Scene) -> None:
    told.complete(told.open("prepare").id, text="x")
    assert told.count(subscription) == [1]
    assert told.tell(NAME, "key") == told.instance("told").id
    assert told.open_tasks() == ["follow"]
    assert told.count(subscription) == [0]
    assert told.rows(message)[0].delivered_at == told.now


def test_a_message_that_comes_early_is_kept_until_somebody_waits(told: Scene) -> None:
    assert told.tell(NAME, "key") is None
    assert told.open_tasks() == ["prepare"]
    told.complete(told.open("prepare").id, text="x")
    assert told.open_tasks() == ["follow"]
    assert told.rows(message)[0].instance_id == told.instance("told").id


@pytest.mark.parametrize(("later", "reached"), [(timedelta(0), ["follow"]), (timedelta(seconds=1), [])])
def test_a_message_that_nobody_comes_to_wait_for_is_too_old_after_its_time(
    told: Scene, later: timedelta, reached: list[str]
) -> None:
    told.tell(NAME, "key")
    told.now += KEPT_FOR - timedelta(seconds=1) + later
    told.complete(told.open("prepare").id, text="x")
    assert told.open_tasks() == reached
    assert told.count(subscription) == [int(not reached)]


def test_one_message_wakes_once(told: Scene) -> None:
    told.tell(NAME, "key")
    told.complete(told.open("prepare").id, text="x")
    told.start("told", business_key="other")
    told.complete(told.open("prepare").id, text="x")
    assert told.open_tasks() == ["follow"]
    assert told.count(subscription) == [1]


def test_a_message_that_comes_too_late_changes_nothing(told: Scene) -> None:
    told.complete(told.open("prepare").id, text="x")
    told.tell(NAME, "key")
    told.complete(told.open("follow").id, text="x")
    assert told.tell(NAME, "key") is None
    assert told.instance("told").status == "completed"


@pytest.mark.parametrize("name", ["regional_agreement_revised", "unheard_of"])
def test_a_message_of_another_name_or_key_is_not_for_us(told: Scene, name: str) -> None:
    told.complete(told.open("prepare").id, text="x")
    assert told.tell(name, "key") is None
    assert told.tell(NAME, "another key") is None
    assert told.open_tasks() == []


def test_the_same_message_id_twice_is_one_message(told: Scene) -> None:
    told.complete(told.open("prepare").id, text="x")
    assert told.tell(NAME, "key", message_id="1") is not None
    assert told.tell(NAME, "key", message_id="1") is None
    assert told.count(message) == [1]


def test_more_than_one_receiver_is_a_conflict_and_nobody_gets_it(scene: Scene) -> None:
    for agreement in ("2080", "2062"):
        scene.start("told", by="rss", business_key=f"key {agreement}", organisation=agreement)
    for task in [row.id for row in scene.rows(subscription.metadata.tables["user_task"])]:
        by = "leader" if scene.task(task).role_organisation == "2080" else "mora"
        scene.complete(task, by=by, text="x")
    with scene.database.write() as connection:
        connection.execute(subscription.update().values(correlation_key="key"))
    before = scene.everything()
    with pytest.raises(Conflict, match="Fler än en"):
        scene.tell(NAME, "key")
    assert scene.everything() == before


def test_variables_come_with_the_message(told: Scene) -> None:
    told.complete(told.open("prepare").id, text="x")
    told.tell(NAME, "key", variables={"why": "regional"})
    assert b"regional" in told.instance("told").state


@pytest.mark.parametrize("attempt", range(5))
def test_a_message_sent_as_somebody_begins_to_wait_is_not_lost(told: Scene, attempt: int) -> None:
    # Each used to look before the other had committed: the message was kept for ever beside the one who waited for it.
    task = told.open("prepare")
    answers = at_once(lambda: told.complete(task.id, text="x"), lambda: told.tell(NAME, "key"))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert told.open_tasks() == ["follow"]


def test_the_same_message_sent_twice_at_once_is_one(told: Scene) -> None:
    told.complete(told.open("prepare").id, text="x")
    at_once(*[lambda: told.tell(NAME, "key", message_id="1")] * 2)
    assert told.count(message) == [1]
    assert told.open_tasks() == ["follow"]
