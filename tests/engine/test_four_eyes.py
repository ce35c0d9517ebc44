"""Who has submitted a stage: in the instance itself, in what it has called, and in what has called it."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection

from engine.commands.tasks import submitters
from engine.database import Database
from engine.database.tables import metadata
from engine.queries.chosen_tasks import _submitters
from engine.queries.submissions import submitters as shown_submitters
from tests.engine import build
from tests.engine.build import somebody


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    database = Database(database_url, pooled=False)
    metadata.create_all(database.engine)
    with database.write() as connection:
        build.create_pack(connection)
        yield connection
    database.close()


def test_a_stage_may_be_spread_over_called_processes(connection: Connection) -> None:
    """A life that calls a stage, which calls twice; one of them again; and another stage of the same agreement."""
    callers: dict[str, str | None] = {
        "life": None,
        "stage": "life",
        "called": "stage",
        "beside": "stage",
        "deeper": "called",
        "other_stage": "life",
    }
    people = {}
    for name, caller in callers.items():
        stage = {"life": None, "other_stage": "decision"}.get(name, "drafting")
        instance = build.create_instance(connection, id=name, parent_id=caller, root_id="life", stage=stage)
        people[name] = somebody(connection, name).id
        for gate in (False, True):
            by = people[name] if not gate else somebody(connection, f"{name}_gate").id
            task = build.create_task(connection, instance, gate=gate, state="completed", stage=stage)
            build.create_submission(connection, instance, by, task_id=task, stage=stage)

    the_stage = {people[name] for name in ("stage", "called", "beside", "deeper")}
    for name in callers:
        expected = the_stage if people[name] in the_stage else {people[name]}
        decision = SimpleNamespace(gate=True, instance_id=name)
        assert submitters(connection, decision) == expected, name
        assert shown_submitters(connection, name) == expected, name
    several = _submitters(connection, [SimpleNamespace(gate=True, instance_id=name) for name in callers])  # type: ignore[misc]
    assert several["deeper"] == the_stage
    assert several["life"] == {people["life"]}
