"""The shipped pack: its models are sound, and a county moves to a changed copy in the middle of its life."""

import re
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.bpmn.model import read_model
from engine.bpmn.soundness import Marking, Token, problem
from engine.clock import start_of_day
from engine.commands import deploy_pack, migrate_instances, plan_migration
from engine.database import Database
from engine.database.tables import event, process_instance, timer, user_task
from engine.integrity import check
from engine.packs import load_pack, shipped_packs
from engine.people import Person
from engine.simulation import Options, play
from engine.simulation.cast import cast_county
from tests.engine.bpmn.constructs import WALKED

PACK = shipped_packs()[0]
MODELS = {file.stem: file.read_text() for file in sorted(PACK.glob("*/*.bpmn"))} | WALKED
FIRST, MOVED, LAST = date(2024, 10, 1), date(2025, 9, 1), date(2025, 12, 31)
OPERATOR = Person("operator", "operator", "Drift", None, "sv", frozenset({("administrator", "rss")}))


@pytest.mark.parametrize("name", MODELS)
def test_a_sound_model_is_found_sound_from_its_start(name: str) -> None:
    model = read_model(MODELS[name])
    for scope in model.scopes:
        start = next(element.id for element in model.inside(scope) if element.type == "startEvent")
        assert problem(model, Marking(scope, (Token(start),))) is None


def test_a_county_moves_to_a_changed_copy_and_lives_on(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'county.sqlite3'}", durable=False)
    process_instance.metadata.create_all(database.engine)
    pack, beginning = load_pack(PACK), start_of_day(FIRST) - timedelta(days=400)
    with database.write() as connection:
        deploy_pack(connection, beginning, PACK)
        cast_county(connection, beginning, pack, 3)
    moved: list[str] = []

    def move_once(moment: datetime) -> bool:
        if not moved and moment >= start_of_day(MOVED):
            moved.extend(_move(database, moment, _changed_copy(tmp_path / "copy")))
        return False

    played = play(database, Options(pack.key, FIRST, LAST, seed=3, enough=move_once))
    assert len(moved) > 15, "hardly anything was running"
    assert played.stuck == []
    with database.read() as connection:
        assert check(connection) == []
        done = select(func.count()).where(user_task.c.state == "completed", user_task.c.element_id.endswith("_again"))
        assert connection.execute(done).scalar_one() > 50
    database.close()


def _move(database: Database, now: datetime, copy: Path) -> list[str]:
    """Deploy the copy and move everything that runs. Returns the instances."""
    with database.write() as connection:
        deployed = deploy_pack(connection, now, copy)
    with database.read() as connection:
        due = dict(connection.execute(select(timer.c.id, timer.c.due_at)).all())
    found = []
    for key, version, _ in deployed.versions:
        mapping: dict[str, str | None] = {one: f"{one}_again" for one in _renamed(MODELS[key])}
        with database.read() as connection:
            plan = plan_migration(connection, now, OPERATOR, key, 1, version, mapping, pack_key=deployed.pack_key)
        assert [instance.refusals for instance in plan.instances if not instance.possible] == []
        assert not any(fate.becomes in ("lost", "dropped", "added") for row in plan.instances for fate in row.fates)
        results = migrate_instances(
            database, now, OPERATOR, key, 1, version, "Prov", mapping, pack_key=deployed.pack_key
        )
        assert all(result.refusals == () for result in results)
        found += [result.instance_id for result in results]
    with database.read() as connection:
        assert dict(connection.execute(select(timer.c.id, timer.c.due_at)).all()) == due
        assert check(connection) == []
        told = select(func.count()).where(event.c.kind == "migrated")
        assert connection.execute(told).scalar_one() == len(found)
    return found


def _renamed(bpmn: str) -> list[str]:
    """The user tasks that nothing but flows and lanes speaks of, and every sub-process and boundary event."""
    ids = re.findall(r'<bpmn:(?:userTask|subProcess|boundaryEvent|callActivity) id="([^"]+)"', bpmn)
    return [one for one in ids if f'value="{one}"' not in bpmn]


def _changed_copy(folder: Path) -> Path:
    shutil.copytree(PACK, folder)
    for file in folder.glob("*/*.bpmn"):
        text = file.read_text()
        for one in _renamed(text):
            text = re.sub(rf'((?:id|\w+Ref|bpmnElement)=")({re.escape(one)})"', rf'\1{one}_again"', text)
            text = re.sub(rf"(<bpmn:flowNodeRef>){re.escape(one)}<", rf"\1{one}_again<", text)
        file.write_text(text)
    return folder
