"""A substitute at work, on both databases: done in the place of whoever is away, and never approved by the two."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.clock import local_date
from engine.commands.substitutions import name_substitute
from engine.database.tables import event, outbox, submission
from engine.errors import NotPermitted
from engine.integrity import check
from engine.mail import tell_role
from engine.queries import list_events
from engine.queries.submissions import read_submissions
from engine.queries.titles import load_titles
from engine.substitutes import acting_person
from engine.work import Work
from tests.engine.commands.scene import Scene
from tests.engine.commands.test_tasks import PLAN


def lend(scene: Scene, absent: str, to: str) -> None:
    """For a week; `to` is from then on known to the scene with what they may do."""
    today = local_date(scene.now)
    with scene.database.write() as connection:
        administrator, away, substitute = scene.person("admin"), scene.person(absent), scene.person(to)
        week = (today, today + timedelta(days=7))
        name_substitute(connection, scene.now, administrator, away.id, substitute.id, *week)
        scene.people = {
            **scene.people,
            to: acting_person(connection, scene.now, substitute.id),
            absent: acting_person(connection, scene.now, away.id),
        }


def test_what_a_substitute_hands_in_says_for_whom(scene: Scene) -> None:
    lend(scene, "leader", "mora")
    scene.start("local_agreement", by="leader")
    task = scene.open("write")
    scene.claim(task.id, by="mora")
    assert scene.task(task.id).assignee == scene.person("leader").id
    with pytest.raises(NotPermitted, match="tagit över"):
        scene.complete(task.id, by="colleague", **PLAN)
    scene.complete(task.id, by="mora", **PLAN)
    absent, substitute = scene.person("leader").id, scene.person("mora").id
    row = scene.rows(submission)[0]
    assert (row.person_id, row.acting_for) == (substitute, absent)
    told = scene.rows(event, event.c.kind == "task_completed")[0]
    assert (told.person_id, told.data["for"]) == (substitute, absent)
    with scene.database.read() as connection:
        assert check(connection) == []
        events = list_events(connection, instance_id=task.instance_id).items
        handed_in = read_submissions(connection, load_titles(connection), submission.c.task_id == task.id)
    assert [(one.person_name, one.acting_for_name) for one in events if one.kind == "task_completed"] == [
        ("Mora", "Leader")
    ]
    assert handed_in[0].acting_for_name == "Leader"


@pytest.mark.parametrize(("writer", "decider"), [("leader", "both_roles"), ("both_roles", "leader")])
def test_neither_approves_what_the_other_has_handed_in(scene: Scene, writer: str, decider: str) -> None:
    """The one who is away has submitted and the substitute decides in their own role, and the other way round."""
    scene.start("local_agreement")
    lend(scene, "chair", "leader")
    lend(scene, "leader", "both_roles")
    scene.complete(scene.open("write").id, by=writer, **PLAN)
    gate = scene.open("approve")
    before = scene.everything()
    for name in (writer, decider):
        with pytest.raises(NotPermitted, match="någon annan"):
            scene.complete(gate.id, by=name, outcome="approved")
    assert scene.everything() == before
    scene.complete(gate.id, by="member", outcome="approved")


def test_a_substitute_is_told_what_the_absent_is_told(scene: Scene) -> None:
    lend(scene, "leader", "mora")
    with scene.database.write() as connection:
        tell_role(Work(connection, scene.now), "process_leader", "2080", "Hej", "Hej.", None, kind="urgent")
        told = set(connection.execute(select(outbox.c.person_id).where(outbox.c.kind == "urgent")).scalars())
    assert {scene.person("leader").id, scene.person("mora").id} <= told
