"""One person reminds others of what they hold, at most once a day, and the outbox says of whom and of what."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import commands
from engine.commands import Reminded
from engine.commands.reminders import BODIES, NOBODY, ONLY_YOU, REMINDED_TODAY, SUBJECT
from engine.database.tables import organisation, outbox, role_grant
from engine.errors import AlreadyDone, Conflict, Invalid, NotFound, NotPermitted
from engine.language import english
from tests.engine.commands.scene import Scene


@pytest.fixture
def task(scene: Scene) -> Any:
    """The process leaders' open task in Falun."""
    scene.start("local_agreement")
    return scene.open("write")


def remind(scene: Scene, task_id: str, by: str = "rss") -> Reminded:
    with scene.database.write() as connection:
        return commands.remind_task(connection, scene.now, scene.person(by), task_id)


def letters(scene: Scene) -> list[Any]:
    with scene.database.read() as connection:
        return list(connection.execute(select(outbox).where(outbox.c.kind == "reminder").order_by(outbox.c.person_id)))


def test_everybody_who_holds_the_role_is_reminded_once_a_day(scene: Scene, task: Any) -> None:
    told = remind(scene, task.id)
    assert set(told.names) == {"Leader", "Colleague", "Both_roles"}
    with scene.database.read() as connection:
        falun = connection.execute(select(organisation.c.name).where(organisation.c.code == "2080")).scalar()
    written = letters(scene)
    assert {row.person_id for row in written} == {
        scene.person(name).id for name in ("leader", "colleague", "both_roles")
    }
    assert {row.task_id for row in written} == {task.id}
    assert {row.subject for row in written} == {f"Påminnelse: {task.name}, {falun}"}
    assert {row.link for row in written} == {f"/uppgifter/{task.id}"}
    assert written[0].body.startswith("Rss påminner om uppgiften")
    assert {*BODIES.values(), SUBJECT} <= set(english())

    with pytest.raises(Conflict, match=REMINDED_TODAY):
        remind(scene, task.id, by="admin")
    scene.now += timedelta(days=1)
    remind(scene, task.id, by="admin")
    assert len(letters(scene)) == 6


def test_only_the_one_who_took_it_over_is_reminded(scene: Scene, task: Any) -> None:
    scene.claim(task.id)
    assert remind(scene, task.id).names == ("Leader",)
    scene.now += timedelta(days=1)
    with pytest.raises(Invalid, match=ONLY_YOU):
        remind(scene, task.id, by="leader")
    assert len(letters(scene)) == 1


def test_who_may_remind(scene: Scene, task: Any) -> None:
    for stranger in ("mora", "chair", "region"):
        with pytest.raises(NotPermitted):
            remind(scene, task.id, by=stranger)
    assert set(remind(scene, task.id, by="leader").names) == {"Colleague", "Both_roles"}


def test_what_is_done_or_held_by_nobody_is_not_reminded_of(scene: Scene, task: Any) -> None:
    with scene.database.write() as connection:
        connection.execute(role_grant.update().where(role_grant.c.role == task.role).values(revoked_at=scene.now))
    with pytest.raises(Invalid, match=NOBODY):
        remind(scene, task.id)
    with scene.database.write() as connection:
        connection.execute(role_grant.update().where(role_grant.c.role == task.role).values(revoked_at=None))
    scene.complete(task.id, activities=[{"activity": "Utbildning", "ends_on": "2026-06-01"}])
    with pytest.raises(AlreadyDone):
        remind(scene, task.id)
    with pytest.raises(NotFound):
        remind(scene, "unknown")
    assert letters(scene) == []
