"""Task lists: whose, in which order, page by page; and one task with what surrounds it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from engine.database import Database
from engine.database.register_tables import activity
from engine.database.tables import draft
from engine.errors import Invalid, NotFound, NotPermitted
from engine.people import Person
from engine.queries import TaskFilter, count_tasks, get_task, list_tasks
from engine.queries.decision_basis import get_decision_basis
from tests.engine import build
from tests.engine.build import LOCAL, NOW, somebody

LEADER = ("process_leader", "2080")


@pytest.fixture
def leader(connection: Connection) -> Person:
    build.create_pack(connection)
    return somebody(connection, "karin", LEADER)


def ids(connection: Connection, person: Person, **chosen: Any) -> list[str]:
    return [task.id for task in list_tasks(connection, person, NOW, TaskFilter(**chosen)).items]


def test_mine_are_those_of_my_roles_that_nobody_else_has_taken(connection: Connection, leader: Person) -> None:
    bo = somebody(connection, "bo", LEADER)
    instance = build.create_instance(connection)
    later = build.create_task(connection, instance, due_at=NOW + timedelta(days=9))
    sooner = build.create_task(connection, instance, due_at=NOW + timedelta(days=1))
    handed_to_me = build.create_task(connection, instance, role="reporter", assignee=leader.id)
    taken = build.create_task(connection, instance, assignee=bo.id, due_at=NOW + timedelta(days=30))
    build.create_task(connection, instance, role_organisation="2062", organisation="2062")
    build.create_task(connection, instance, state="completed")

    assert ids(connection, leader) == [sooner, later, handed_to_me]
    assert ids(connection, leader, scope="roles") == [sooner, later, handed_to_me, taken]


def test_all_is_what_concerns_my_organisations_and_everything_for_those_who_follow_up(
    connection: Connection, leader: Person
) -> None:
    instance = build.create_instance(connection)
    here = build.create_task(connection, instance, role="steering_group")
    there = build.create_task(connection, instance, role_organisation="2062", organisation="2062")

    assert ids(connection, leader, scope="all") == [here]
    assert ids(connection, somebody(connection, "anna", ("rss", "rss")), scope="all") == [here, there]


def test_every_task_comes_once_over_the_pages(connection: Connection, leader: Person) -> None:
    instance = build.create_instance(connection)
    same_moment = NOW + timedelta(days=3)
    created = {build.create_task(connection, instance, due_at=same_moment) for _ in range(7)}
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = list_tasks(connection, leader, NOW, TaskFilter(), cursor=cursor, limit=3)
        assert page.total == 7
        seen += [task.id for task in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == 7
    assert set(seen) == created
    with pytest.raises(Invalid):
        list_tasks(connection, leader, NOW, TaskFilter(), cursor="nonsense")


def test_filters(connection: Connection, leader: Person) -> None:
    instance = build.create_instance(connection)
    plain = build.create_task(connection, instance, due_at=NOW + timedelta(days=1))
    late = build.create_task(
        connection, instance, due_at=NOW - timedelta(days=1), stage="decision", element_id="decide_draft"
    )
    item = build.create_task(
        connection, instance, item="s2a", catalogue="agreement_sections", due_at=NOW + timedelta(2)
    )
    with_draft = build.create_task(connection, instance, due_at=NOW + timedelta(days=3))
    row = {"task_id": with_draft, "person_id": leader.id, "values": {}, "saved_at": NOW}
    connection.execute(insert(draft).values(row))
    mine = build.create_task(connection, instance, assignee=leader.id, due_at=NOW + timedelta(days=4), gate=True)

    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"late": True}, [late]),
        ({"late": False}, [plain, item, with_draft, mine]),
        ({"stage": "decision"}, [late]),
        ({"organisation": "2062"}, []),
        ({"gate": True}, [mine]),
        ({"progress": "new"}, [late, plain, item]),
        ({"progress": "draft"}, [with_draft]),
        ({"progress": "claimed"}, [mine]),
        ({"search": "UTKASTET"}, [late]),
        ({"search": "ledning"}, [item]),
        ({"search": "falun"}, [late, plain, item, with_draft, mine]),
        ({"search": "100%"}, []),
        ({"agreement_key": LOCAL, "process_key": "drafting"}, [late, plain, item, with_draft, mine]),
    ]
    for chosen, expected in cases:
        assert ids(connection, leader, **chosen) == expected, chosen
    assert count_tasks(connection, leader, NOW).open == 5
    assert count_tasks(connection, leader, NOW).late == 1


def test_a_row_says_everything_in_words(connection: Connection, leader: Person) -> None:
    build.create_task(connection, build.create_instance(connection), item="s1", catalogue="agreement_sections")
    task = list_tasks(connection, leader, NOW, TaskFilter()).items[0]
    assert task.title == "Planera arbetet: Hur den kom till"
    assert (task.organisation_name, task.stage_title, task.role_title) == ("Falun", "Framtagande", "Processledare")


def count_statements(database: Database, read: Callable[[Connection], object]) -> int:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.read() as connection:
            read(connection)
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len(statements)


def test_the_number_of_statements_does_not_grow_with_the_list(database: Database) -> None:
    with database.write() as connection:
        build.create_pack(connection)
        karin = somebody(connection, "karin", LEADER, ("steering_group", "2062"), ("reporter", "20"))
        instance = build.create_instance(connection)
        build.create_task(connection, instance)

    def read(connection: Connection) -> None:
        list_tasks(connection, karin, NOW, TaskFilter())

    count_statements(database, read)  # the pack is read once per process
    one = count_statements(database, read)
    with database.write() as connection:
        for _ in range(40):
            build.create_task(connection, instance, item="s1", catalogue="agreement_sections")
    assert count_statements(database, read) == one <= 6


def test_a_task_with_guidance_earlier_rounds_and_what_follows(connection: Connection, leader: Person) -> None:
    instance = build.create_instance(connection)
    section = {"form_key": "section", "element_id": "write_section", "item": "s1"}
    build.create_submission(connection, instance, leader.id, **section, register="section", values={"text": "Då"})
    build.create_submission(connection, instance, leader.id, values={"plan": "Möten"})
    task_id = build.create_task(connection, instance, **section, catalogue="agreement_sections", name="Skriv avsnittet")

    detail = get_task(connection, leader, NOW, task_id)

    assert detail.may_complete
    assert detail.guidance is not None
    assert detail.guidance["questions"] == ["Vilka deltog?"]
    assert [row.values for row in detail.previous] == [{"text": "Då"}]
    assert [row.values for row in detail.context] == [{"plan": "Möten"}]
    assert detail.values == {"text": "Då"}
    assert detail.next_steps == ["Besluta om utkastet"]


def test_what_sent_the_work_back_is_beside_it(connection: Connection, leader: Person) -> None:
    """The steering group returned the agreement to drafting, which is another instance; its comments stayed behind."""
    sent_back = NOW - timedelta(days=2)
    decision = build.create_instance(connection, status="completed")
    build.create_submission(connection, decision, leader.id, values={"summary": "Klart"})
    build.create_submission(
        connection, decision, leader.id, form_key="gate", values={"comments": "Vem leder?"}, submitted_at=sent_back
    )
    drafting = build.create_instance(connection, parent_id=decision, started_at=sent_back)
    task_id = build.create_task(connection, drafting)

    assert [row.values for row in get_task(connection, leader, NOW, task_id).context] == [{"comments": "Vem leder?"}]


def test_another_case_of_the_agreement_is_no_earlier_round(connection: Connection, leader: Person) -> None:
    """A deviation stood on the decision page as what another deviation had been changed from."""
    other, this = build.create_instance(connection), build.create_instance(connection)
    build.create_agreement(connection, this)
    build.create_submission(connection, other, leader.id, values={"happened": "Något annat"})
    build.create_submission(connection, this, leader.id, values={"happened": "Mötet ställdes in"})
    about_the_same = get_task(connection, leader, NOW, build.create_task(connection, this, form_key="plan"))
    decision = get_task(connection, leader, NOW, build.create_task(connection, this, form_key="gate"))

    assert [row.values for row in about_the_same.previous] == [{"happened": "Mötet ställdes in"}]
    assert get_decision_basis(connection, leader, NOW, decision.task, decision.context).before == {}


def test_four_eyes_and_returning_twice(connection: Connection, leader: Person) -> None:
    """Whoever handed the draft in cannot approve it; whoever returned it once may decide again."""
    chair = somebody(connection, "maria", ("steering_group", "2080"), LEADER)
    instance = build.create_instance(connection)
    gate = {"role": "steering_group", "gate": True, "element_id": "decide_draft"}
    first = build.create_task(connection, instance, **gate, state="completed")
    build.create_submission(connection, instance, chair.id, task_id=first, element_id="decide_draft")
    second = build.create_task(connection, instance, **gate)
    assert get_task(connection, chair, NOW, second).may_complete

    earlier = build.create_task(connection, instance, state="completed")
    build.create_submission(connection, instance, chair.id, task_id=earlier)
    refused = get_task(connection, chair, NOW, second)
    assert not refused.may_complete
    assert "annan" in str(refused.refusal)


def test_a_draft_goes_before_what_is_filled_in_beforehand(connection: Connection, leader: Person) -> None:
    instance = build.create_instance(connection)
    plan = {
        "agreement_key": LOCAL,
        "submission_id": "s",
        "position": 0,
        "recorded_at": NOW,
        "activity": "Utbilda",
        "how": "x",
    }
    connection.execute(insert(activity).values(id="a", **plan))
    task_id = build.create_task(connection, instance)
    assert get_task(connection, leader, NOW, task_id).values == {"activities": [{"activity": "Utbilda"}]}

    row = {"task_id": task_id, "person_id": leader.id, "values": {"activities": []}, "saved_at": NOW}
    connection.execute(insert(draft).values(row))
    assert get_task(connection, leader, NOW, task_id).values == {"activities": []}


def test_tasks_of_others_are_refused_with_a_sentence(connection: Connection, leader: Person) -> None:
    task_id = build.create_task(connection, build.create_instance(connection))
    with pytest.raises(NotPermitted, match="roll"):
        get_task(connection, somebody(connection, "eva", ("process_leader", "2062")), NOW, task_id)
    with pytest.raises(NotFound):
        get_task(connection, leader, NOW, "nothing")
    done = build.create_task(connection, build.create_instance(connection), state="completed")
    assert get_task(connection, leader, NOW, done).refusal == "Uppgiften är redan klar."
