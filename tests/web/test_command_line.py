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
