"""What people get wrong at the command line: one clear line, exit 1 or 2, nothing written and never a traceback."""

from pathlib import Path

import pytest

from engine.database import Database
from web.cli import main

LIFE = ["simulate", "--from", "2024-10-01", "--until", "2024-10-02"]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: Database) -> Path:
    monkeypatch.setenv("SAMFLODE_HOME", str(tmp_path))
    monkeypatch.setenv("SAMFLODE_SECRET_KEY", "a long and random text that only the tests know")
    monkeypatch.setenv("SAMFLODE_DATABASE_URL", database.url)
    return tmp_path


@pytest.mark.parametrize("command", [["export", "status"], LIFE], ids=["export", "simulate"])
def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    command: list[str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A simulation of eight years ended in a traceback, for want of a folder."""
    (home / "folder.xlsx").mkdir()
    for wrong, words in ((home / "nowhere" / "x.xlsx", "finns inte"), (home / "folder.xlsx", "inte att skriva")):
        assert main([*command, "--out", str(wrong)]) == 1
        said = capsys.readouterr()
        assert words in said.err
        assert len(said.err.splitlines()) == 1
        assert said.out == ""


def test_a_date_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["export", "status", "--as-of", "2024-13-01", "--out", "x.xlsx"])
    assert stopped.value.code == 2
    assert "'2024-13-01' is no date; write it as 2026-11-24" in capsys.readouterr().err


UNDECODED = b"\xff".decode(errors="surrogateescape")  # as the shell hands over what is no UTF-8


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["user", "add", UNDECODED, "--name", "Eva"], "username"),
        (["user", "grant", "eva", UNDECODED, "2080"], "role"),
        (["instance", "list", "--business-key", UNDECODED], "business_key"),
        (["instance", "modify", "x", "--reason", "y", "--cancel", UNDECODED], "steps"),
        (["token", "create", "--user", "eva", "--purpose", "x" * 1_000_000], "purpose"),
        (["processes", "migrate", "deviation", "--from", "9" * 30, "--to", "2"], "--from"),
        (["processes", "migrate", "deviation", "--from", "1", "--to", "NaN"], "--to"),
        (["serve", "--port", "99999999"], "--port"),
        (["token", "create", "--user", "eva", "--days", "9" * 5000], "--days"),
    ],
)
def test_what_cannot_be_stored_or_counted_is_refused_by_the_arguments_name(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of them ended in a traceback of the database's."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert f"argument {named}: " in capsys.readouterr().err


def test_a_backup_into_a_folder_that_is_not_there(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", str(home / "nowhere" / "copy")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
