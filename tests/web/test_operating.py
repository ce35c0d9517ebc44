"""The operators' command line, from a start to a migration, on a database as a new installation has it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.commands import complete_task, deploy_pack, start_process
from engine.database import Database
from engine.database.upgrade import upgrade
from engine.people import find_person
from tests.engine.build import somebody
from tests.packs import PACK, build_pack
from web.cli import main

NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A running instance in a database that the command line finds."""
    url = f"sqlite:///{tmp_path / 'cli.sqlite3'}"
    monkeypatch.setenv("SAMFLODE_DATABASE_URL", url)
    monkeypatch.setenv("SAMFLODE_HOME", str(tmp_path))
    monkeypatch.setenv("SAMFLODE_SECRET_KEY", "x" * 40)
    database = Database(url)
    upgrade(database)
    with database.write() as connection:
        deploy_pack(connection, NOW, build_pack(tmp_path / "pack"))
        leader = somebody(connection, "leader", ("process_leader", "2080"))
        somebody(connection, "boss", ("administrator", "rss"))
        started = start_process(connection, NOW, leader, "both", organisation="2080", pack_key=PACK)
    text = (tmp_path / "pack" / "both" / "both.bpmn").read_text()
    (tmp_path / "pack" / "both" / "both.bpmn").write_text(text.replace('"two"', '"zwei"').replace(">two<", ">zwei<"))
    with database.write() as connection:
        deploy_pack(connection, NOW, tmp_path / "pack")
    database.close()
    return started.instance_id


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_looking_suspending_and_resuming(instance: str, run: Run) -> None:
    assert f"{instance}\tactive\tboth\tboth-1" in run("instance", "list", "--status", "active")[1]
    code, out, _ = run("instance", "show", instance)
    assert code == 0
    assert "task\tone" in out
    assert "timer\tlate" in out
    assert run("instance", "suspend", instance, "--reason", "Prov", "--user", "boss")[0] == 0
    code, _, err = run("instance", "suspend", instance, "--reason", "Prov")
    assert (code, err) == (1, "samflode: Ärendet är redan pausat. Inget har ändrats.\n")
    code, _, err = run("instance", "resume", instance, "--reason", "Prov", "--user", "leader")
    assert (code, "Bara en administratör" in err) == (1, True)
    assert run("instance", "resume", instance, "--reason", "Prov")[0] == 0


def test_modifying_in_the_order_that_is_written(instance: str, run: Run) -> None:
    code, _, err = run("instance", "modify", instance, "--reason", "Prov", "--cancel", "two")
    assert (code, "vänta för evigt" in err) == (1, True)
    steps = ("--cancel", "two", "--start-after", "two", "--set", "second=x")
    assert run("instance", "modify", instance, "--reason", "Prov", *steps)[0] == 0
    assert "two" not in run("instance", "show", instance)[1]
    code, _, err = run("instance", "modify", instance, "--reason", "Prov", "--start-before", "one", "--set", "x")
    assert (code, "namn=värde" in err) == (1, True)
    assert run("instance", "incidents")[1] == ""
    assert run("instance", "retry", "nothing", "--reason", "Prov")[2] == "samflode: Felet finns inte.\n"
    assert run("instance", "cancel", instance, "--reason", "Prov")[0] == 0
    wrong = ("--start-before", "one", "--set", "typename=x")
    code, _, err = run("instance", "modify", instance, "--reason", "Prov", *wrong)
    assert code == 1
    assert "typename är inget namn på ett värde" in err


def test_a_migration_is_planned_refused_and_done(instance: str, run: Run) -> None:
    versions = ("both", "--from", "1", "--to", "2", "--pack", PACK)
    code, out, err = run("processes", "migrate", *versions, "--dry-run")
    assert code == 1
    assert "task\ttwo: FÖRLORAD" in out
    assert "two finns inte i den nya versionen" in err
    code, out, err = run("processes", "migrate", *versions)
    assert (code, "0 flyttade, 1 kvar." in out, "both-1\t" in err) == (1, True, True)
    mapped = (*versions, "--map", "two=zwei")
    assert "task\ttwo: flyttas till zwei" in run("processes", "migrate", *mapped, "--dry-run")[1]
    assert run("processes", "migrate", *mapped)[:2] == (0, "both-1\tflyttat\n1 flyttade, 0 kvar.\n")
    assert "task\tzwei" in run("instance", "show", instance)[1]
    assert run("processes", "migrate", *mapped)[1] == "0 flyttade, 0 kvar.\n"


@pytest.mark.parametrize("action", ["suspend", "resume", "cancel", "modify", "retry"])
def test_a_reason_is_demanded(action: str, run: Run) -> None:
    with pytest.raises(SystemExit) as wrong:
        run("instance", action, "x")
    assert wrong.value.code == 2


def test_a_signal_for_all_that_wait(instance: str, run: Run, tmp_path: Path) -> None:
    code, _, err = run("signal", "all_stop")
    assert (code, err) == (1, "samflode: Ingen väntar på signalen all_stop. Den är inte sparad.\n")
    database = Database(f"sqlite:///{tmp_path / 'cli.sqlite3'}")
    with database.write() as connection:
        leader = find_person(connection, "leader")
        assert leader is not None
        started = start_process(connection, NOW, leader, "listens", organisation="2080", pack_key=PACK)
        complete_task(connection, NOW, leader, started.next_tasks[0].id, {"text": "x"})
    database.close()
    assert run("signal", "all_stop")[:2] == (0, "Signalen all_stop är sänd till 1 som väntade på den.\n")
    assert "act_on_it" in run("instance", "show", started.instance_id)[1]
