"""The check finds what has been changed behind the engine's back, and says which row; --rebuild mends pictures."""

import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from engine.database import Database
from engine.database.register_tables import activity, agreement, agreement_status, decision, stage_period
from engine.database.tables import event, process_instance, submission, subscription, timer, user_task
from engine.database.upgrade import upgrade
from engine.integrity import check, rebuild, waiting
from tests.engine.commands.scene import START, Scene, prepare
from tests.packs import build_pack


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database in which something has happened."""
    folder = tmp_path_factory.mktemp("lived")
    with closing(Database(f"sqlite:///{folder / 'lived.sqlite3'}")) as database:
        upgrade(database)
        scene = Scene(database, prepare(database, build_pack(folder / "pack")))
        scene.start("local_agreement")
        scene.complete(scene.open("write").id, activities=[{"activity": "Utbildning"}, {"activity": "Samverkan"}])
        scene.complete(scene.open("approve").id, by="chair", outcome="approved")
        scene.complete(scene.open("approve").id, by="chair", outcome="approved")
        scene.start("both")
        scene.start("told")
        with database.read() as connection:
            assert check(connection) == []
    return folder / "lived.sqlite3"


@pytest.fixture
def copied(lived: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(lived, tmp_path))


def faults_of(file: Path) -> list[str]:
    with closing(Database(f"sqlite:///{file}")) as database, database.read() as connection:
        return check(connection)


def rows_of(file: Path, table: Any) -> list[Any]:
    with closing(Database(f"sqlite:///{file}")) as database, database.read() as connection:
        return list(connection.execute(table.select()))


def test_one_byte_changed_in_an_event_tells_which(copied: Path) -> None:
    whole = copied.read_bytes()
    row = next(row for row in rows_of(copied, event) if row.kind == "task_completed")
    end = whole.index(row.hash.encode()) + len(row.hash)
    begin = whole.rindex(row.instance_id.encode(), 0, end)
    tried = range(begin + 33, end, 9)  # every ninth byte of what the row says
    for place in tried:
        changed = bytearray(whole)
        changed[place] ^= 1
        copied.write_bytes(changed)
        found = faults_of(copied)
        assert any(f"Händelse {row.sequence} i ärende {row.instance_id}" in fault for fault in found), (place, found)
    assert len(tried) > 20


def test_one_byte_changed_in_what_was_handed_in_tells_which(copied: Path) -> None:
    row = next(row for row in rows_of(copied, submission) if row.form_key == "plan")
    whole = copied.read_bytes()
    place = whole.index(b'{"activities":[{"activity":"Utbildning"') + 30
    changed = bytearray(whole)
    changed[place] ^= 0x80  # no longer text at all
    copied.write_bytes(changed)
    assert any(f"Underlag {row.id}" in fault for fault in faults_of(copied))


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        ("UPDATE event SET kind = 'passed' WHERE kind = 'task_completed'", "har ändrats"),
        ("UPDATE event SET at = replace(at, 'T', ' ')", "Händelse 1 "),
        ("DELETE FROM event WHERE sequence = 2", "saknar en granne"),
        ("DELETE FROM event WHERE kind = 'task_completed'", "saknas"),
        ("UPDATE process_instance SET sequence = sequence + 1", "de sista händelserna saknas"),
        ("UPDATE submission SET person_id = 'somebody'", "har ändrats"),
        ("DELETE FROM submission", "är borta"),
        ("UPDATE process_definition SET bpmn = bpmn || ' '", "Processen"),
        ("UPDATE decision SET outcome = 'returned'", "Registret decision, rad"),
        ("DELETE FROM activity", "Registret activity saknar"),
        ("UPDATE user_task SET state = 'cancelled' WHERE state = 'open'", "väntar men har ingen rad"),
        ("DELETE FROM timer WHERE kind = 'event'", "väntar men har ingen rad"),
        ("UPDATE timer SET due_at = '2031-01-01T00:00:00.000000Z' WHERE kind = 'event'", "stämmer inte med sin rad"),
        ("DELETE FROM subscription", "väntar men har ingen rad"),
        ("UPDATE process_instance SET state = x'00' WHERE status = 'active'", "går inte att läsa"),
        ("UPDATE agreement SET status = 'lapsed'", "har senast blivit"),
        ("UPDATE stage_period SET ended_at = NULL", "Skede"),
        ("UPDATE stage_period SET stage = 'decision'", "Registret stage_period, rad"),
        ("UPDATE stage_period SET round = 7", "round stämmer inte"),
        ("DELETE FROM stage_period", "Registret stage_period saknar"),
        ("DELETE FROM agreement", "Registret agreement saknar"),
        ("UPDATE agreement SET organisation = '2062'", "organisation stämmer inte"),
        ("UPDATE agreement SET key = 'another'", "som inget ärende säger"),
        ("UPDATE user_task SET role = 'rss' WHERE state = 'open'", "stämmer inte med ärendet: role."),
        ("UPDATE user_task SET name = 'Annat' WHERE state = 'open'", "stämmer inte med ärendet: name."),
        ("UPDATE user_task SET organisation = '2062' WHERE state = 'open'", "stämmer inte med ärendet: organisation."),
        ("UPDATE user_task SET due_at = '2031-01-01T00:00:00.000000Z' WHERE state = 'open'", "med ärendet: due_at."),
        (
            "UPDATE timer SET due_at = '2031-01-01T00:00:00.000000Z' WHERE kind = 'remind'",
            "stämmer inte med när one ska vara klar",
        ),
        ("UPDATE subscription SET correlation_key = 'x'", "stämmer inte med ärendet: correlation_key."),
        ("UPDATE subscription SET kind = 'signal'", "stämmer inte med ärendet: kind"),
        ("UPDATE process_instance SET root_id = 'x'", "sägs höra under x"),
        ("UPDATE agreement_status SET agreement_key = 'x'", "gäller överenskommelsen x, som inte finns"),
        ("DELETE FROM agreement_status WHERE status = 'preparing'", "Registret agreement_status saknar preparing för"),
        ("UPDATE agreement_status SET status = 'lapsed'", "Historiken känner inte till lapsed för"),
        (
            "UPDATE agreement_status SET valid_to = '2099-01-01' WHERE status = 'in_force'",
            "Registret agreement_status saknar in_force",
        ),
        ("UPDATE process_definition SET version = 7 WHERE process_key = 'both'", "som inte är räknade från 1"),
        ("UPDATE process_definition SET pack_key = 'x' WHERE process_key = 'both'", "har processer men är inte inläst"),
        ("UPDATE pack_version SET pack_key = 'x'", "kom inte igenom"),
        ("UPDATE user_task SET state = 'completed' WHERE state = 'open'", "saknar underlag"),
    ],
)
def test_tampering_is_found(copied: Path, tampering: str, said: str) -> None:
    with closing(Database(f"sqlite:///{copied}")) as database, database.write() as connection:
        connection.execute(text(tampering))
    found = faults_of(copied)
    assert any(said in fault for fault in found), found


def test_a_bit_changed_in_any_id_of_a_saved_state_is_found(copied: Path) -> None:
    with closing(Database(f"sqlite:///{copied}")) as database:
        with database.read() as connection:
            running = process_instance.c.status == "active"
            rows = connection.execute(select(process_instance.c.id, process_instance.c.state).where(running)).all()
        tried = 0  # but for the task that ended last, which need not be kept
        for row in rows:
            for found in re.finditer(rb'(?<!"last":")[0-9a-f]{32}', row.state):
                changed = bytearray(row.state)
                changed[found.start() + 7] ^= 1
                with database.write() as connection:
                    own = process_instance.update().where(process_instance.c.id == row.id)
                    connection.execute(own.values(state=bytes(changed)))
                    assert any(row.id in fault for fault in waiting.differing(connection)), found
                    connection.execute(own.values(state=row.state))
                tried += 1
        assert tried > 10
        with database.write() as connection:
            connection.execute(process_instance.update().where(running).values(state=b"\0"))
            rebuild(connection, START)  # leaves what it cannot read
            assert sum("går inte att läsa" in fault for fault in check(connection)) == len(rows)


def test_pictures_are_made_anew(scene_of: Scene) -> None:
    database = scene_of.database
    before = scene_of.everything()
    with database.write() as connection:
        spoil(connection)
    with database.read() as connection:
        assert len(check(connection)) >= 4
    database.run(lambda connection: rebuild(connection, scene_of.now))
    with database.read() as connection:
        assert check(connection) == []
    after = scene_of.everything()
    for table in (decision, activity, submission, event, stage_period, agreement):
        assert after[table.name] == before[table.name]
    assert [row[1:] for row in after["agreement_status"]] == [row[1:] for row in before["agreement_status"]]
    scene_of.complete(scene_of.open("one").id, first="x")  # and work goes on


def spoil(connection: Connection) -> None:
    connection.execute(decision.update().values(outcome="returned"))
    connection.execute(activity.delete())
    connection.execute(stage_period.delete().where(stage_period.c.stage == "drafting"))
    connection.execute(stage_period.update().values(round=9))
    connection.execute(agreement.update().values(status="lapsed", organisation="2062", valid_to=None))
    connection.execute(agreement_status.delete().where(agreement_status.c.status == "preparing"))
    connection.execute(timer.delete().where(timer.c.kind == "event"))
    connection.execute(user_task.delete().where(user_task.c.state == "open", user_task.c.element_id == "one"))
    connection.execute(user_task.update().where(user_task.c.state == "open").values(role="rss", name="Annat"))
    connection.execute(subscription.update().values(correlation_key="x"))


@pytest.fixture
def scene_of(database_url: str, tmp_path: Path) -> Any:
    with closing(Database(database_url)) as database:
        upgrade(database)
        scene = Scene(database, prepare(database, build_pack(tmp_path / "pack")))
        scene.start("local_agreement")
        scene.complete(scene.open("write").id, activities=[{"activity": "Utbildning"}])
        scene.complete(scene.open("approve").id, by="chair", outcome="approved")
        scene.start("both")
        with database.write() as connection:
            connection.execute(timer.delete().where(timer.c.kind != "event"))
        yield scene
