"""Substitutes: what they may do, when, and that they never are the second pair of eyes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, select

from engine.authorisation import FOUR_EYES, FOUR_EYES_TOGETHER, may_be_assigned, may_work_task
from engine.clock import STOCKHOLM, local_date
from engine.commands.substitutions import end_substitution, name_substitute
from engine.commands.tasks import assign_task, claim_task, complete_task, release_task
from engine.database.tables import event as event_table
from engine.database.tables import outbox, submission, user_task
from engine.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted
from engine.people import Person, StandIn, get_person, grant, revoke
from engine.queries import TaskFilter, count_tasks, list_tasks
from engine.queries.submissions import submitters
from engine.queries.substitutions import list_substitutions, possible_substitutes
from engine.substitutes import acting_person
from tests.engine.build import NOW, create_instance, create_pack, create_submission, create_task, somebody
from tests.engine.test_authorisation import Task

TODAY = local_date(NOW)
LEADER = ("process_leader", "2080")
STEERING = ("steering_group", "2080")


def away(connection: Connection, absent: Person, substitute: Person, first: int = 0, last: int = 7, **more: Any) -> str:
    days = TODAY + timedelta(days=first), TODAY + timedelta(days=last)
    return name_substitute(connection, NOW, absent, absent.id, substitute.id, *days, **more)


@pytest.fixture
def eva(connection: Connection) -> Person:
    create_pack(connection)
    return somebody(connection, "eva", LEADER, ("process_leader", "2062"), ("administrator", "20"))


@pytest.fixture
def bo(connection: Connection, eva: Person) -> Person:
    return somebody(connection, "bo", ("working_group", "2080"))


def test_a_substitute_has_what_the_absent_has_right_now(connection: Connection, eva: Person, bo: Person) -> None:
    away(connection, eva, bo)
    acting = acting_person(connection, NOW, bo.id)
    assert acting.has(*LEADER)
    assert not acting.owns(*LEADER)
    assert acting.owns("working_group", "2080")
    assert [(one.name, one.last_day) for one in acting.standing_in] == [("Eva", TODAY + timedelta(days=7))]
    assert not acting.is_administrator, "the administrator's role is not lent"
    assert get_person(connection, bo.id).grants == {("working_group", "2080")}, "nothing is copied"
    revoke(connection, NOW, eva.id, *LEADER)
    assert not acting_person(connection, NOW, bo.id).has(*LEADER)
    assert acting_person(connection, NOW, bo.id).has("process_leader", "2062")
    grant(connection, NOW, eva.id, "reporter", "2034")
    assert acting_person(connection, NOW, bo.id).has("reporter", "2034")


def test_one_role_only(connection: Connection, eva: Person, bo: Person) -> None:
    away(connection, eva, bo, role="process_leader", organisation="2062")
    assert acting_person(connection, NOW, bo.id).borrowed == {("process_leader", "2062")}
    with pytest.raises(InvalidForm, match="rättas"):
        away(connection, eva, bo, role="steering_group", organisation="2062")


def test_a_person_is_read_in_one_statement(connection: Connection, eva: Person, bo: Person) -> None:
    away(connection, eva, bo)
    sent: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *given: sent.append(given[2]))
    acting_person(connection, NOW, bo.id)
    assert len(sent) == 1


def test_no_chains(connection: Connection, eva: Person, bo: Person) -> None:
    cissi = somebody(connection, "cissi", ("working_group", "2080"))
    away(connection, eva, bo)
    away(connection, bo, cissi)
    assert acting_person(connection, NOW, cissi.id).borrowed == frozenset()
    assert [one.name for one in acting_person(connection, NOW, cissi.id).standing_in] == ["Bo"]


def test_who_may_be_named(connection: Connection, eva: Person, bo: Person) -> None:
    stranger = somebody(connection, "dag", ("process_leader", "2034"))
    with pytest.raises(NotPermitted, match="egen"):
        away(connection, bo, bo)
    with pytest.raises(NotPermitted, match="samma organisation"):
        away(connection, bo, stranger)
    with pytest.raises(NotPermitted, match="för dig själv"):
        name_substitute(connection, NOW, bo, eva.id, bo.id, TODAY, TODAY)
    assert name_substitute(connection, NOW, eva, bo.id, stranger.id, TODAY, TODAY), "an administrator may, for anybody"
    assert [one.name for one in possible_substitutes(connection, bo, bo)] == ["Eva"]


@pytest.mark.parametrize(
    ("first", "last", "field"), [(3, 2, "last_day"), (-5, -1, "last_day"), (0, 400, "last_day"), (5, 9, "first_day")]
)
def test_days_that_do_not_fit(
    connection: Connection, eva: Person, bo: Person, first: int, last: int, field: str
) -> None:
    away(connection, eva, bo)
    with pytest.raises(InvalidForm) as refused:
        away(connection, eva, bo, first, last)
    assert [error.path for error in refused.value.errors] == [field]


def test_whoever_is_away_is_nobodys_substitute(connection: Connection, eva: Person, bo: Person) -> None:
    away(connection, eva, bo, 0, 3)
    with pytest.raises(InvalidForm) as refused:
        away(connection, bo, eva, 3, 5)
    assert refused.value.errors[0].path == "substitute"
    assert away(connection, bo, eva, 4, 5)


def test_ending_takes_effect_at_once_and_both_are_told(connection: Connection, eva: Person, bo: Person) -> None:
    one = away(connection, eva, bo)
    with pytest.raises(NotPermitted):
        end_substitution(connection, NOW, bo, one)
    later = NOW + timedelta(minutes=1)
    end_substitution(connection, later, eva, one)
    assert acting_person(connection, later, bo.id).grants == bo.grants
    assert list_substitutions(connection, later) == []
    with pytest.raises(AlreadyDone):
        end_substitution(connection, later, eva, one)
    with pytest.raises(NotFound):
        end_substitution(connection, later, eva, "x")
    told = connection.execute(select(outbox.c.person_id, outbox.c.subject)).all()
    assert [tuple(row) for row in told] == [(bo.id, "Du ersätter Eva"), (bo.id, "Du ersätter inte längre Eva")]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    first=st.dates(date(2026, 3, 20), date(2027, 4, 10)),
    length=st.integers(0, 40),
    hours=st.integers(-30 * 24, 60 * 24),
    ended=st.none() | st.integers(0, 40 * 24),
)
def test_it_holds_from_the_first_midnight_to_the_last_in_stockholm(
    connection: Connection, eva: Person, bo: Person, first: date, length: int, hours: int, ended: int | None
) -> None:
    """Over both nights when the clock changes, too."""
    began = datetime(first.year, first.month, first.day, tzinfo=STOCKHOLM).astimezone(UTC)
    last = first + timedelta(days=length)
    now = began + timedelta(hours=hours)
    with connection.begin_nested() as undone:
        one = name_substitute(connection, began, eva, eva.id, bo.id, first, last)
        over = None
        if ended is not None and local_date(began + timedelta(hours=ended)) <= last:
            over = began + timedelta(hours=ended)
            end_substitution(connection, over, eva, one)
        expected = first <= now.astimezone(STOCKHOLM).date() <= last and (over is None or now < over)
        acting = acting_person(connection, now, bo.id)
        absent = acting_person(connection, now, eva.id)
        undone.rollback()
    assert (acting.grants > bo.grants) is expected
    assert (bo.id in absent.stood_in_by) is expected
    assert (acting.counted_as_one == {bo.id, eva.id}) is expected


_ids = st.sampled_from(["a", "b", "c", "d"])


@given(
    person=_ids,
    standing_in=st.sets(_ids),
    stood_in_by=st.sets(_ids),
    handed_in=st.sets(_ids),
    gate=st.booleans(),
)
def test_four_eyes_see_the_two_as_one(
    person: str, standing_in: set[str], stood_in_by: set[str], handed_in: set[str], gate: bool
) -> None:
    lent = frozenset({("process_leader", "2062")})
    who = Person(
        person,
        person,
        person,
        None,
        "sv",
        lent,
        standing_in=tuple(StandIn(one, one, lent, True, TODAY) for one in sorted(standing_in)),
        stood_in_by=frozenset(stood_in_by),
    )
    refusal = may_work_task(who, Task(gate=gate), handed_in).refusal
    if gate and person in handed_in:
        assert refusal == FOUR_EYES
    elif gate and handed_in & (standing_in | stood_in_by):
        assert refusal == FOUR_EYES_TOGETHER
    else:
        assert refusal is None
    assert may_be_assigned(who, Task(gate=gate), handed_in).refusal == refusal


def test_what_is_taken_over_for_the_absent_stays_theirs(connection: Connection, eva: Person, bo: Person) -> None:
    instance_id = create_instance(connection)
    task_id = create_task(connection, instance_id)
    away(connection, eva, bo)
    acting = acting_person(connection, NOW, bo.id)
    claim_task(connection, NOW, acting, task_id)
    assert connection.execute(select(user_task.c.assignee)).scalar_one() == eva.id
    for scope in ("mine", "roles", "all"):
        assert [task.id for task in list_tasks(connection, acting, NOW, TaskFilter(scope=scope)).items] == [task_id]
    assert count_tasks(connection, acting, NOW).open == 1
    assert list_tasks(connection, bo, NOW, TaskFilter()).items == []
    release_task(connection, NOW, acting, task_id)
    with pytest.raises(NotPermitted, match="rollen"):
        assign_task(connection, NOW, eva, task_id, bo.id)


def test_what_was_submitted_as_a_substitute_counts_for_both_for_ever(
    connection: Connection, eva: Person, bo: Person
) -> None:
    instance_id = create_instance(connection)
    done = create_task(connection, instance_id, state="completed", ended_at=NOW, completed_by=bo.id)
    create_submission(connection, instance_id, bo.id, task_id=done, acting_for=eva.id)
    assert submitters(connection, instance_id) == {eva.id, bo.id}
    gate = create_task(connection, instance_id, gate=True)
    with pytest.raises(NotPermitted, match="själv"):
        claim_task(connection, NOW + timedelta(days=300), eva, gate)
    with pytest.raises(NotPermitted, match="någon annan"):
        complete_task(connection, NOW, eva, gate, {})
    assert connection.execute(select(event_table)).all() == []
    assert connection.execute(select(submission.c.acting_for)).scalar_one() == eva.id
