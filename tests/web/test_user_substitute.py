"""`samflode user substitute`: the same rules as on the pages, and one clear line when they say no."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.clock import local_date, utc_now
from engine.database import Database
from engine.database.tables import outbox
from engine.database.upgrade import upgrade
from engine.people import create_person, find_person, grant
from engine.substitutes import acting_person
from web.cli import main

SET = ["user", "substitute", "set"]


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'cli.sqlite3'}")
    upgrade(opened)
    with opened.write() as connection:
        for name, where in (("karin", "2062"), ("eva", "2062"), ("bo", "2080")):
            person = create_person(connection, utc_now(), name, name.title(), f"{name}@example.se")
            grant(connection, utc_now(), person, "process_leader", where)
    for name, value in {"DATABASE_URL": opened.url, "HOME": str(tmp_path), "SECRET_KEY": "x" * 40}.items():
        monkeypatch.setenv(f"SAMFLODE_{name}", value)
    yield opened
    opened.close()


def test_a_substitute_is_named_shown_and_ended(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    today = local_date(utc_now())
    days = ["--from", today.isoformat(), "--until", (today + timedelta(days=14)).isoformat()]
    assert main([*SET, "karin", "eva", *days]) == 0
    assert "eva ersätter karin" in capsys.readouterr().out
    with database.read() as connection:
        eva = find_person(connection, "eva")
        assert eva is not None
        assert [absent.name for absent in acting_person(connection, utc_now(), eva.id).standing_in] == ["Karin"]
        assert connection.execute(select(outbox.c.person_id)).scalars().all() == [eva.id]
    assert main([*SET, "karin", "eva", *days]) == 1  # already
    assert main([*SET, "karin", "bo", *days]) == 1  # no colleague
    assert main([*SET, "karin", "nobody", *days]) == 1
    told = capsys.readouterr().err
    assert ("redan ersättare" in told, "samma organisation" in told, "nobody finns inte" in told) == (True, True, True)
    assert main(["user", "substitute", "list", "bo"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["user", "substitute", "list"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    substitution, *shown = line.split("\t")
    assert shown == ["Karin", "Eva", "*", days[1], days[3]]
    assert main(["user", "substitute", "end", substitution]) == 0
    assert "Eva ersätter inte längre Karin." in capsys.readouterr().out
    assert main(["user", "substitute", "end", substitution]) == 1
    with database.read() as connection:
        assert acting_person(connection, utc_now(), eva.id).standing_in == ()
