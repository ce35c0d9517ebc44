"""What each construct of the profile does, step by step; the instance is saved and loaded between every two steps."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.bpmn.profile import check_pack
from engine.errors import AlreadyDone, ExecutionFailed
from tests.engine.bpmn import constructs as drawn
from tests.engine.bpmn.profile.drawing import call, chain, end, flow, model, node, start, timer, user, wait
from tests.engine.bpmn.profile.packing import form, write_pack
from tests.engine.bpmn.profile.tables import column, rule, table
from tests.engine.bpmn.walking import Values, Walk

PARTIES = {"parties": ["2080", "20", "2062"]}


@pytest.mark.parametrize("construct", drawn.WALKED)
def test_the_models_walked_are_inside_the_profile(construct: str, tmp_path: Path) -> None:
    bpmn = drawn.WALKED[construct]
    folder = write_pack(tmp_path, bpmn, forms={"answer": form()} if 'formKey="answer"' in bpmn else {})
    told = [f"{found.element_id}: {found.reason}" for found in check_pack(folder)]
    assert [each for each in told if not any(allowed in each for allowed in ALLOWED)] == []


# The tiny pack sends no messages, and its tasks share one form.
ALLOWED = ("ingen process skickar", "mer än en parallell gren sätter outcome; ge dem olika namn")


def test_a_user_task_waits_for_somebody() -> None:
    walk = Walk(drawn.USER_TASK)
    assert walk.waits == ["write"]
    assert walk.wait_state().completed is False
    walk.complete("write", outcome="ready")
    assert walk.wait_state().completed is True
    assert walk.result["outcome"] == "ready"


def test_a_task_is_completed_once() -> None:
    walk = Walk(drawn.PARALLEL)
    waiting = next(w for w in walk.wait_state().tasks.values() if w.element_id == "one")
    walk.complete("one")
    with pytest.raises(AlreadyDone):
        walk._load().complete(waiting.id, {})


@pytest.mark.parametrize(("outcome", "next_task"), [("again", "mend"), ("approved", "approve"), ("x", "other")])
def test_an_exclusive_gateway_takes_the_first_way_that_fits_or_the_default(outcome: str, next_task: str) -> None:
    assert Walk(drawn.EXCLUSIVE).complete("decide", outcome=outcome).waits == [next_task]


def test_a_rework_loop_goes_as_many_rounds_as_it_is_told() -> None:
    walk = Walk(drawn.LOOP)
    for _ in range(4):
        walk.complete("write").complete("decide", outcome="again")
    assert walk.complete("write").complete("decide", outcome="approved").completed
    assert walk.passed.count("write") == 5


def test_a_parallel_join_waits_for_every_branch_and_gathers_what_they_said() -> None:
    walk = Walk(drawn.PARALLEL)
    assert walk.waits == ["one", "three", "two"]
    walk.complete("one", first=1).complete("three", third=3).complete("two", second=2)
    assert walk.waits == ["two_more"]
    walk.complete("two_more", more=True)
    assert walk.data("after") == {"first": 1, "second": 2, "third": 3, "more": True}


def test_a_parallel_branch_does_not_see_what_another_says_before_they_meet() -> None:
    walk = Walk(drawn.PARALLEL, {"shared": "before"}).complete("one", shared="mine")
    assert walk.data("two") == {"shared": "before"}


def test_a_sub_process_begins_with_the_data_around_it_and_gives_back_its_own() -> None:
    walk = Walk(drawn.SUB_PROCESS).complete("before", level=1)
    assert walk.waits == ["inside"]
    assert walk.data("inside") == {"level": 1}
    assert [scope.element_id for scope in walk.wait_state().scopes.values()] == ["around"]
    assert walk.complete("inside", level=2).data("after") == {"level": 2}
    assert not walk.wait_state().scopes


def test_a_parallel_part_in_a_loop_waits_for_all_its_branches_in_every_round() -> None:
    # Plain SpiffWorkflow with the fork drawn in the loop itself joins early from the second round on.
    walk = Walk(drawn.PARALLEL_IN_LOOP)
    for _ in range(5):
        assert walk.complete("municipality").waits == ["region"]
        assert walk.complete("region").complete("region_more").waits == ["decide"]
        assert walk.complete("decide", outcome="again").waits == ["municipality", "region"]


def test_an_interrupting_timer_ends_the_task_and_a_completed_task_ends_its_timers() -> None:
    walk = Walk(drawn.BOUNDARY_TIMERS)
    assert walk.waits == ["answer", "late", "reminded"]
    assert walk.due_at("late") == datetime(2026, 2, 5, 9, tzinfo=UTC)
    assert walk.fire("late").waits == ["go_on_without"]
    assert walk.complete("go_on_without").complete("decide", outcome="again").waits == ["answer", "late", "reminded"]
    assert walk.complete("answer").waits == ["decide"]


def test_a_timer_that_does_not_interrupt_leaves_the_task_and_fires_once() -> None:
    walk = Walk(drawn.BOUNDARY_TIMERS).fire("reminded")
    assert walk.waits == ["answer", "call_them", "late"]
    assert walk.complete("answer").complete("decide", outcome="approved").waits == ["call_them"]
    assert walk.complete("call_them").completed


def test_a_deadline_in_a_loop_counts_from_each_round() -> None:
    walk = Walk(drawn.BOUNDARY_TIMERS)
    walk.now += timedelta(days=100)
    walk.complete("answer").complete("decide", outcome="again")
    assert walk.due_at("late") == walk.now + timedelta(weeks=3)


def test_a_message_interrupts_a_sub_process_with_everything_in_it() -> None:
    walk = Walk(drawn.MESSAGE_BOUNDARY).complete("work").complete("decide", outcome="again")
    assert walk.waits == ["revision", "work"]
    assert walk.deliver("revision", why="regional").waits == ["revise"]
    assert walk.data("revise")["why"] == "regional"
    assert walk.complete("revise").completed


def test_a_sub_process_that_ends_no_longer_waits_for_its_message() -> None:
    assert Walk(drawn.MESSAGE_BOUNDARY).complete("work").complete("decide", outcome="approved").waits == ["close"]


def test_a_terminate_end_ends_its_sub_process_and_no_more() -> None:
    walk = Walk(drawn.TERMINATE_IN_SUB_PROCESS)
    for _ in range(3):
        walk.fire("review_date").complete("review", outcome="again")
    assert walk.waits == ["phase", "review_date"]
    assert walk.fire("review_date").complete("review", outcome="revise").waits == ["revise"]
    assert walk.complete("revise", outcome="again").waits == ["phase", "review_date"]


def test_an_error_end_leaves_by_the_boundary_and_takes_the_rest_with_it() -> None:
    walk = Walk(drawn.ERROR)
    assert walk.waits == ["negotiate", "other_work"]
    assert walk.complete("negotiate", outcome="again").waits == ["settle"]
    assert walk.complete("settle").waits == ["after"]


def test_an_error_leaves_a_sub_process_that_runs_beside_alone() -> None:
    # Plain SpiffWorkflow ends every sub-process whose edge catches such an error, whoever failed.
    walk = Walk(drawn.ERRORS_SIDE_BY_SIDE)
    assert walk.waits == ["try_one", "try_two"]
    assert walk.complete("try_one", outcome="again").waits == ["mend_one", "try_two"]
    assert walk.complete("try_two", outcome="again").waits == ["mend_one", "mend_two"]


def test_one_instance_for_each_item_in_every_round() -> None:
    # Plain SpiffWorkflow fails in the second round: "input item already exists".
    walk = Walk(drawn.MULTI_INSTANCE, PARTIES)
    for chosen in (["2080", "20"], ["2062"], ["20", "2062", "2080"]):
        walk.complete("choose", parties=chosen)
        tasks = walk.wait_state().tasks.values()
        assert [task.data["party"] for task in tasks] == chosen
        for _ in chosen:
            walk.complete("answer")
        assert walk.waits == ["decide"]
        assert "party" not in walk.data("decide")
        walk.complete("decide", outcome="again")


def test_a_deadline_goes_on_without_those_who_have_not_answered() -> None:
    walk = Walk(drawn.MULTI_INSTANCE, PARTIES)
    for answers in (0, 1, 2):
        walk.complete("choose", parties=["2080", "20", "2062"])
        for _ in range(answers):
            walk.complete("answer")
        assert walk.waits == ["answer"] * (3 - answers) + ["late"]
        assert walk.fire("late").waits == ["decide"]
        walk.complete("decide", outcome="again")


def test_nobody_to_ask_is_asked_nothing() -> None:
    assert Walk(drawn.MULTI_INSTANCE, PARTIES).complete("choose", parties=[]).waits == ["decide"]


def test_one_after_the_other_in_their_order() -> None:
    walk = Walk(drawn.SEQUENTIAL_MULTI_INSTANCE, PARTIES)
    for _ in range(2):
        for party in PARTIES["parties"]:
            assert walk.waits == ["answer"]
            assert walk.data("answer")["party"] == party
            walk.complete("answer")
        walk.complete("decide", outcome="again")


def test_a_call_activity_waits_for_what_it_called_and_takes_what_that_gives_back() -> None:
    walk = Walk(drawn.CALL_ACTIVITY)
    assert [waiting.element_id for waiting in walk.wait_state().calls.values()] == ["review"]
    assert walk.give_back("review", outcome="again").waits == ["review", "too_late"]
    assert walk.give_back("review", outcome="approved").completed
    assert walk.result["outcome"] == "approved"


def test_a_called_process_that_ends_too_late_changes_nothing() -> None:
    walk = Walk(drawn.CALL_ACTIVITY)
    called = next(iter(walk.wait_state().calls))
    assert walk.fire("too_late").waits == ["remember"]
    execution = walk._load()
    assert not execution.call_ended(called, {"outcome": "approved"})
    assert [task.element_id for task in execution.wait_state().tasks.values()] == ["remember"]


def test_an_event_gateway_goes_where_the_first_message_points() -> None:
    # The profile allowed it and the engine waited for nothing: such an instance could never go on.
    walk = Walk(drawn.EVENT_GATEWAY)
    assert walk.waits == ["begins", "revised"]
    names = {waiting.element_id: waiting.message for waiting in walk.wait_state().messages.values()}
    assert names == {"begins": "revision_begins", "revised": "regional_agreement_revised"}
    assert walk.deliver("revised", by="region").waits == ["follow"]
    assert walk.data("follow")["by"] == "region"
    assert walk.complete("follow", outcome="again").deliver("begins").waits == ["begin"]


def test_an_intermediate_timer_is_due_by_the_calendar_and_a_message_follows() -> None:
    walk = Walk(drawn.INTERMEDIATE)
    assert walk.due_at("next_review") == datetime(2027, 1, 15, 9, tzinfo=UTC)
    assert walk.fire("next_review").waits == ["told"]
    assert walk.deliver("told").waits == ["decide"]


@pytest.mark.parametrize(
    ("written", "data", "due"),
    [
        ("P1Y", {}, datetime(2027, 1, 15, 9, tzinfo=UTC)),
        ("PT36H", {}, datetime(2026, 1, 16, 21, tzinfo=UTC)),
        ("when", {"when": "P1M"}, datetime(2026, 2, 15, 9, tzinfo=UTC)),
        ("2026-07-01", {}, datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-07-01T12:00:00", {}, datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("when", {"when": "2026-07-01T12:00:00Z"}, datetime(2026, 7, 1, 12, tzinfo=UTC)),
        ("review_interval", {}, datetime(2027, 1, 15, 9, tzinfo=UTC)),
        ("review_interval", {"review_interval": "P2Y"}, datetime(2028, 1, 15, 9, tzinfo=UTC)),
    ],
)
def test_a_timer_takes_a_literal_a_variable_or_a_parameter(written: str, data: Values, due: datetime) -> None:
    kind = "timeDuration" if written.startswith("P") else "timeDate"
    bpmn = model(start(), wait("waited", timer(written, kind)), end(), chain("begun", "waited", "done"))
    assert Walk(bpmn, data, parameters={"review_interval": "P1Y"}).due_at("waited") == due


def test_a_timer_that_is_no_time_says_which_process_cannot_go_on() -> None:
    bpmn = model(start(), wait("waited", timer("when")), end(), chain("begun", "waited", "done"))
    with pytest.raises(ExecutionFailed, match="Processen p kunde inte gå vidare"):
        Walk(bpmn, {"when": "soon"})


def test_a_service_task_calls_its_handler_once_and_keeps_what_that_says() -> None:
    asked: list[tuple[str, Values]] = []

    def handler(element_id: str, data: Values) -> Values:
        asked.append((element_id, data))
        return {"told": len(asked)}

    walk = Walk(drawn.SERVICE_TASK, {"seen": True}, handler=handler)
    assert asked == [("tell", {"seen": True})]
    assert walk.data("decide") == {"seen": True, "told": 1}
    assert walk.complete("decide", outcome="again").data("decide")["told"] == 2


LEVELS = table([column("consequence", "number")], [rule(">= 3", answer='"high"'), rule("< 3", answer='"low"')])


@pytest.mark.parametrize(("consequence", "next_task"), [(3, ["lift"]), (2, [])])
def test_a_business_rule_task_puts_the_tables_answer_into_the_data(consequence: int, next_task: list[str]) -> None:
    walk = Walk(drawn.BUSINESS_RULE, decisions={"which": LEVELS}).complete("assess", consequence=consequence)
    assert walk.waits == next_task


def test_a_table_that_no_rule_of_fits_stops_the_step() -> None:
    with pytest.raises(ExecutionFailed, match="ingen regel"):
        Walk(drawn.BUSINESS_RULE, decisions={"which": LEVELS}).complete("assess", consequence="unknown")


def test_phases_beside_yearly_reviews_until_a_message_comes() -> None:
    walk = Walk(drawn.UMBRELLA)
    for _ in range(3):
        assert walk.waits == ["lapsed", "phase", "review_date", "revision_begins"]
        walk.fire("review_date").give_back("review", outcome="again").give_back("phase", outcome="again")
    assert walk.now == datetime(2029, 1, 15, 9, tzinfo=UTC)
    assert walk.deliver("revision_begins").waits == ["lapsed", "revision"]
    assert walk.give_back("revision", outcome="again").waits == ["lapsed", "phase", "review_date", "revision_begins"]
    assert walk.deliver("lapsed").waits == ["tell_everyone"]


def test_a_condition_on_what_nobody_has_said_stops_the_step() -> None:
    with pytest.raises(ExecutionFailed, match="outcome"):
        Walk(drawn.EXCLUSIVE).complete("decide")


def test_a_model_that_runs_in_circles_is_stopped() -> None:
    bpmn = model(
        start(),
        node("exclusiveGateway", "one"),
        node("exclusiveGateway", "two", default="two_to_one"),
        end(),
        chain("begun", "one", "two"),
        chain("two", "one"),
        flow("two", "done", 'outcome == "never"'),
    )
    with pytest.raises(ExecutionFailed, match="går runt utan att vänta"):
        Walk(bpmn, {"outcome": ""})


def test_a_called_process_may_stand_first() -> None:
    bpmn = model(start(), call("called"), user("after"), end(), chain("begun", "called", "after", "done"))
    assert Walk(bpmn).give_back("called", outcome="x").data("after")["outcome"] == "x"
