"""The history of an instance covers itself by hashes; its state and its cost stay the same however long it gets."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from engine import integrity
from engine.database.tables import event, process_instance
from engine.history import FIRST_HASH, chain
from tests.engine.commands.scene import Scene

PLAN = [{"activity": "Utbildning"}]

# A completion of a task with its register's rows, and the next task opening; then one that also ends a called process,
# takes its caller on and begins the next called process in its own stage. Whoever adds a statement writes the new
# number here, and why: on a database 24 ms away each costs everybody as much. (SQLite's BEGIN counts.)
STATEMENTS_PER_COMPLETION = {"sqlite": 12, "postgresql": 11}
STATEMENTS_PER_END_OF_A_CALLED_PROCESS = 27


@pytest.fixture
def life(scene: Scene) -> Scene:
    scene.start("local_agreement")
    return scene


def rework(life: Scene) -> None:
    life.now += timedelta(days=1)
    life.complete(life.open("write").id, activities=PLAN)
    life.complete(life.open("approve").id, by="chair", outcome="returned")


def test_every_event_covers_the_one_before(life: Scene) -> None:
    rework(life)
    assert [row.kind for row in life.rows(event, event.c.instance_id == life.instance("drafting").id)][:3] == [
        "started",
        "passed",
        "passed",
    ]
    for instance in life.rows(process_instance):
        hashed = FIRST_HASH
        rows = sorted(life.rows(event, event.c.instance_id == instance.id), key=lambda row: row.sequence)
        for number, row in enumerate(rows, 1):
            hashed = chain(hashed, dict(row._mapping))
            assert (row.sequence, row.hash) == (number, hashed)
        assert (instance.sequence, instance.event_hash) == (len(rows), hashed)


@pytest.mark.parametrize(
    "change",
    [{"person_id": "somebody"}, {"kind": "cancelled"}, {"element_id": "approve"}, {"data": {"submission": "x"}}],
    ids=lambda change: next(iter(change)),
)
def test_an_event_changed_afterwards_shows(life: Scene, change: dict[str, object]) -> None:
    rework(life)
    with life.database.read() as connection:
        assert integrity.check(connection) == []
    with life.database.write() as connection:
        changed = (event.c.kind == "task_completed", event.c.element_id == "write")
        connection.execute(update(event).where(*changed).values(change))
    with life.database.read() as connection:
        assert any(life.instance("drafting").id in fault for fault in integrity.check(connection))


def test_the_state_does_not_grow_with_the_history(life: Scene) -> None:
    sizes = []
    for _ in range(30):
        rework(life)
        sizes.append(len(life.instance("drafting").state))
    assert max(sizes[5:]) <= max(sizes[:5]) + 40
    assert max(sizes) < 4000


def test_a_completion_takes_the_same_few_statements_at_any_age(life: Scene) -> None:
    counts = []
    for _ in range(12):
        counts.append(len(completing(life, "write", activities=PLAN)))
        completing(life, "approve", by="chair", outcome="returned")
    assert set(counts) == {STATEMENTS_PER_COMPLETION[life.database.dialect]}


def test_the_end_of_a_called_process_takes_few_statements(life: Scene) -> None:
    sent = []
    for _ in range(2):  # the first time round, definitions are read that then stay in memory
        completing(life, "write", activities=PLAN)
        sent = completing(life, "approve", by="chair", outcome="approved")
        completing(life, "approve", by="chair", outcome="returned")
    assert len(sent) <= STATEMENTS_PER_END_OF_A_CALLED_PROCESS, "\n".join(sent)


def completing(life: Scene, element_id: str, **more: Any) -> list[str]:
    """The statements that completing the open task there takes."""
    task = life.open(element_id)
    with life.statements() as sent:
        life.complete(task.id, **more)
    return sent
