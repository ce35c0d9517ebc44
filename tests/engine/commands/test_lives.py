"""A local agreement's life: called processes, stages and their rounds, reviews each year, and what ends it all."""

from datetime import date, timedelta

import pytest

from engine.clock import local_date
from engine.database.register_tables import agreement, agreement_status, stage_period
from engine.database.tables import draft as draft_table
from engine.database.tables import outbox, process_instance, subscription, timer, user_task
from engine.errors import Conflict, NotFound, NotPermitted
from tests.engine.commands.scene import Scene
from tests.packs import LOCAL

PLAN = [{"activity": "Utbildning"}]


def draft(scene: Scene, outcome: str = "approved") -> None:
    scene.complete(scene.open("write").id, activities=PLAN)
    scene.complete(scene.open("approve").id, by="chair", outcome=outcome)


@pytest.fixture
def life(scene: Scene) -> Scene:
    scene.start("local_agreement")
    return scene


def test_a_started_agreement_is_in_its_register(life: Scene) -> None:
    row = life.rows(agreement)[0]
    assert (row.key, row.kind, row.organisation, row.status) == (LOCAL, "local", "2080", "preparing")
    assert row.instance_id == life.instance("local_agreement").id
    assert row.valid_to is None or row.valid_to == date(2032, 12, 31)


def test_the_same_agreement_is_not_started_twice(life: Scene) -> None:
    before = life.everything()
    with pytest.raises(Conflict, match="finns redan"):
        life.start("local_agreement")
    assert life.everything() == before


@pytest.mark.parametrize("by", ["mora", "chair", "falun"])
def test_only_those_who_may_start_a_process_start_it(scene: Scene, by: str) -> None:
    with pytest.raises(NotPermitted):
        scene.start("local_agreement", by=by)
    with pytest.raises(NotFound):
        scene.start("unknown")


def test_a_called_process_is_an_instance_of_its_own_in_its_stage(life: Scene) -> None:
    caller, called = life.instance("local_agreement"), life.instance("drafting")
    assert (called.parent_id, called.root_id, called.parent_element_id) == (caller.id, caller.id, "draft_it")
    assert (called.stage, called.agreement_key, called.organisation) == ("drafting", LOCAL, "2080")
    period = life.rows(stage_period)[0]
    assert (period.id, period.stage, period.round, period.outcome) == (called.id, "drafting", 1, None)
    assert local_date(period.expected_by) >= local_date(life.now + timedelta(days=181))


def test_a_stage_that_is_sent_back_begins_again_in_its_next_round(life: Scene) -> None:
    draft(life)
    life.now += timedelta(days=1)
    life.complete(life.open("approve").id, by="member", outcome="returned")
    rows = {(row.stage, row.round): row for row in life.rows(stage_period)}
    assert rows["drafting", 1].outcome == "done"
    assert rows["decision", 1].outcome == "returned"
    assert rows["drafting", 2].ended_at is None
    assert rows["drafting", 2].returned_at == life.now


def test_a_gate_inside_a_stage_marks_it_as_sent_back_until_it_lets_it_pass(life: Scene) -> None:
    draft(life, "returned")
    assert life.rows(stage_period)[0].returned_at == life.now
    draft(life, "approved")
    assert life.rows(stage_period, stage_period.c.stage == "drafting")[0].returned_at is None


def approve_all(life: Scene) -> None:
    draft(life)
    life.complete(life.open("approve").id, by="chair", outcome="approved")


def test_an_approved_agreement_is_published_and_its_reviews_come_each_year(life: Scene) -> None:
    approve_all(life)
    row = life.rows(agreement)[0]
    assert (row.status, row.in_force_on) == ("in_force", local_date(life.now))
    assert {status.status for status in life.rows(agreement_status)} == {"preparing", "in_force"}
    for year in (2027, 2028, 2029):
        life.wait_until(life.timers("event")[0].due_at)
        assert local_date(life.now) == date(year, 1, 15)
        review = life.instance("review")
        assert (review.business_key, review.stage) == (f"{LOCAL}/{year}", "annual_review")
        life.now += timedelta(days=50)
        life.complete(life.open("reflect").id, text="Bra")
    labels = [row.label for row in life.rows(stage_period, stage_period.c.stage == "annual_review")]
    assert labels == ["2027", "2028", "2029"]


def test_a_message_ends_what_goes_on_with_everything_that_was_called(life: Scene) -> None:
    life.draft(life.open("write").id, activities=PLAN)
    life.tell("revision_begins", LOCAL)
    assert life.open_tasks() == ["revise"]
    assert life.statuses() == {("local_agreement", "active"): 1, ("drafting", "cancelled"): 1}
    cancelled = life.instance("drafting")
    assert cancelled.ended_at == life.now
    assert cancelled.end_reason
    assert life.rows(stage_period)[0].outcome == "cancelled"
    assert life.count(subscription) == [0]
    assert {row.task_id for row in life.rows(timer)} == {life.open("revise").id}
    assert life.count(draft_table) == [1]  # who wrote it can still read it


def test_a_cancelled_process_cancels_what_it_has_called_in_turn(scene: Scene) -> None:
    scene.start("caller")
    scene.complete(scene.open("work").id, text="x")
    assert scene.statuses() == {("caller", "active"): 1, ("called", "active"): 1, ("review", "active"): 1}
    scene.wait_until(next(row for row in scene.timers("event") if row.element_id == "too_late").due_at)
    assert scene.open_tasks() == ["remember"]
    assert scene.statuses() == {("caller", "active"): 1, ("called", "cancelled"): 1, ("review", "cancelled"): 1}
    assert scene.count(outbox) != [0]  # it was late before that
    scene.complete(scene.open("remember").id, text="x")
    assert scene.statuses()["caller", "completed"] == 1


def test_a_called_process_that_ends_lets_its_callers_end(scene: Scene) -> None:
    scene.start("caller")
    scene.complete(scene.open("work").id, text="x")
    scene.complete(scene.open("reflect").id, text="x")
    assert scene.statuses() == {("caller", "completed"): 1, ("called", "completed"): 1, ("review", "completed"): 1}
    assert scene.count(timer, subscription) == [0, 0]
    assert {row.state for row in scene.rows(user_task)} == {"completed"}
    assert all(row.ended_at == scene.now for row in scene.rows(process_instance))


def test_business_keys_count_up(scene: Scene) -> None:
    assert [scene.start("both").business_key for _ in range(3)] == ["both-1", "both-2", "both-3"]


def test_a_key_without_its_year_goes_on_counting_in_the_next_year(scene: Scene) -> None:
    # Counted anew each year, the second year's first would have had the key of the first year's.
    assert scene.start("both").business_key == "both-1"
    scene.now = scene.now.replace(year=scene.now.year + 1)
    scene.start("both", by="rss", business_key="both-3")
    assert [scene.start("both").business_key for _ in range(2)] == ["both-2", "both-4"]
