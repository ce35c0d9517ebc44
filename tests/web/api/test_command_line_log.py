"""What is done from the command line stands in the administrators' log too: by nobody in particular."""

from io import StringIO
from pathlib import Path

import pytest

from engine.clock import local_date, utc_now
from engine.people import find_person
from engine.queries.administration import KINDS, read_log
from tests.web.api.conftest import Program, World
from web.cli import main
from web.cli.operators import COMMAND_LINE


@pytest.fixture(autouse=True)
def settings(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {"DATABASE_URL": world.database.url, "HOME": str(tmp_path), "SECRET_KEY": "x" * 40}.items():
        monkeypatch.setenv(f"SAMFLODE_{name}", value)


def logged(world: World) -> list[tuple[str | None, str, str]]:
    """(who, kind, about whom or what), the first first."""
    with world.database.read() as connection:
        rows = read_log(connection, COMMAND_LINE).items
    assert {row.kind for row in rows} <= KINDS.keys()
    return [(row.who, row.kind, row.subject_name) for row in reversed(rows)]


def test_what_the_command_line_does_is_logged(
    world: World,
    rss: Program,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    instance = rss.start_agreement()
    reason = ["--reason", "Fel kommun."]
    monkeypatch.setattr("sys.stdin", StringIO("a long password\n"))
    assert main(["user", "add", "karin", "--name", "Karin Ek"]) == 0
    assert main(["user", "grant", "karin", "process_leader", "2080"]) == 0
    assert main(["user", "grant", "karin", "process_leader", "2080"]) == 0  # has it: nothing to log
    today = local_date(utc_now()).isoformat()
    assert main(["user", "substitute", "set", "leader", "karin", "--from", today, "--until", today]) == 0
    assert main(["user", "revoke", "karin", "process_leader", "2080"]) == 0
    capsys.readouterr()
    assert main(["token", "create", "--user", "karin"]) == 0
    assert main(["token", "list"]) == 0
    token = next(line for line in capsys.readouterr().out.splitlines() if "\tkarin\t" in line).split("\t")[0]
    assert main(["token", "revoke", token]) == 0
    assert main(["instance", "suspend", instance["id"], *reason]) == 0
    assert main(["instance", "resume", instance["id"], *reason, "--user", "admin"]) == 0
    assert main(["instance", "cancel", instance["id"], *reason]) == 0
    key = instance["business_key"]
    assert logged(world) == [
        (None, "person_added", "Karin Ek"),
        (None, "role_granted", "Karin Ek"),
        (None, "substitute_named", "Leader"),
        (None, "role_revoked", "Karin Ek"),
        (None, "token_created", "Karin Ek"),
        (None, "token_revoked", "Karin Ek"),
        (None, "instance_suspended", key),
        ("Admin", "instance_resumed", key),
        (None, "instance_cancelled", key),
    ]
    with world.database.read() as connection:
        assert find_person(connection, "karin") is not None


def test_what_was_refused_is_not_logged(world: World, rss: Program, capsys: pytest.CaptureFixture[str]) -> None:
    instance = rss.start_agreement()
    assert main(["instance", "resume", instance["id"], "--reason", "Den är inte pausad."]) == 1
    assert main(["user", "grant", "leader", "no-such-role", "2080"]) == 1
    assert "Rollen no-such-role finns inte. Välj bland administrator, " in capsys.readouterr().err
    assert main(["user", "grant", "leader", "rss", "no-such-place"]) == 1
    assert logged(world) == []


def test_a_deployment_is_logged_by_whoever_runs_the_installation(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["processes", "deploy"]) == 0
    assert capsys.readouterr().out
    assert [(who, kind) for who, kind, _pack in logged(world)] == [(None, "pack_deployed")]
