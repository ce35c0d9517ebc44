"""Whether workers live is known from what they write, and how old the last backup is from what the backup noted."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from engine import heartbeats, worker
from engine.backup import note_copy
from engine.clock import utc_now
from engine.database import Database
from engine.database.upgrade import upgrade
from engine.database.workplace_tables import worker_beat
from engine.people import Person
from engine.queries import system
from engine.queries.health import read_health
from engine.settings import Settings
from web.cli import main

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
ADMINISTRATOR = Person("a", "a", "A", None, "sv", frozenset({("administrator", "rss")}))


def settings(database: Database, home: Path) -> Settings:
    given = {"SAMFLODE_DATABASE_URL": database.url, "SAMFLODE_HOME": str(home), "SAMFLODE_SECRET_KEY": "x" * 40}
    return Settings.from_environment(given | {"SAMFLODE_BASE_URL": "https://samflode.example"})


def warned(database: Database, now: datetime, home: Path) -> set[str]:
    with database.read() as connection:
        return set(system.read_system(connection, now, ADMINISTRATOR, settings(database, home)).warnings)


def test_a_worker_is_heard_of_until_it_is_silent_and_then_forgotten(database: Database, tmp_path: Path) -> None:
    assert system.NO_WORKER in warned(database, NOW, tmp_path)
    heart = heartbeats.Heart(NOW)
    heart.beat(database, NOW)
    heart.beat(database, NOW + timedelta(seconds=5))  # too soon to write again
    with database.read() as connection:
        (row,) = heartbeats.list_workers(connection, NOW)
    assert (row.started_at, row.beat_at, row.lives(NOW)) == (NOW, NOW, True)
    assert system.NO_WORKER not in warned(database, NOW + timedelta(seconds=59), tmp_path)
    assert system.NO_WORKER in warned(database, NOW + timedelta(seconds=60), tmp_path)
    heart.beat(database, NOW + timedelta(minutes=2))
    heart.beat(database, NOW - timedelta(hours=1))  # the clock was set back: it goes on all the same
    with database.read() as connection:
        (row,) = heartbeats.list_workers(connection, NOW)
        assert row.beat_at == NOW - timedelta(hours=1)
        health = read_health(connection, NOW)
    assert (health.workers, health.last_beat_seconds) == (0, 3600)
    with database.write() as connection:
        connection.execute(
            insert(worker_beat).values(name="other:1", version="1", started_at=NOW, beat_at=NOW + timedelta(days=1))
        )
        assert heartbeats.forget_silent(connection, NOW + timedelta(days=1)) == 1
    heart.beat(database, NOW + timedelta(days=1))
    heart.stop(database)
    with database.read() as connection:
        assert [one.name for one in heartbeats.list_workers(connection, NOW)] == ["other:1"]


def test_a_worker_that_runs_beats(database: Database, tmp_path: Path) -> None:
    running = worker.start_in_background(database, settings(database, tmp_path))
    try:
        until = time.monotonic() + 20
        found: list[heartbeats.WorkerRow] = []
        while not found and time.monotonic() < until:
            with database.read() as connection:
                found = heartbeats.list_workers(connection, utc_now())
    finally:
        running.shutdown()
    assert [one.lives(utc_now()) for one in found] == [True]


def test_the_age_of_the_last_backup_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'upgraded.sqlite3'}")
    upgrade(database)
    assert system.NO_BACKUP in warned(database, utc_now(), tmp_path)
    for name, value in {
        "SAMFLODE_DATABASE_URL": database.url,
        "SAMFLODE_HOME": str(tmp_path),
        "SAMFLODE_SECRET_KEY": "x" * 40,
    }.items():
        monkeypatch.setenv(name, value)
    assert main(["backup", str(tmp_path / "one.db")]) == 0
    with database.read() as connection:
        taken = system.read_system(connection, utc_now(), ADMINISTRATOR, settings(database, tmp_path)).backup
    assert taken is not None
    assert (taken.size, taken.checked) == ((tmp_path / "one.db").stat().st_size, False)
    assert main(["backup", "--check", str(tmp_path / "two.db")]) == 0
    assert "Allt stämmer." in capsys.readouterr().out
    two_days = utc_now() + timedelta(days=2)
    assert warned(database, two_days - timedelta(hours=1), tmp_path) & {system.NO_BACKUP, system.OLD_BACKUP} == set()
    assert system.OLD_BACKUP in warned(database, two_days + timedelta(hours=1), tmp_path)
    with database.write() as connection:
        note_copy(connection, two_days, 1, checked=False)
    assert system.OLD_BACKUP not in warned(database, two_days + timedelta(hours=1), tmp_path)
    database.close()
