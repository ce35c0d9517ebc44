"""Databases with running instances, one of each release: the newest code upgrades them and finishes every instance."""

import lzma
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.backup import restore
from engine.database import Database
from engine.database.tables import process_instance, user_task
from engine.integrity import check
from engine.simulation import Options, county

RELEASES = sorted(Path(__file__).parent.glob("*.db.xz"))
END = date(2034, 12, 31)  # the agreement is not revised, and lapses two years before


class Resumed(county._County):
    """A county that goes on from where its database stands."""

    def _begin(self) -> None:
        with self._database.read() as connection:
            waiting = connection.execute(select(user_task).where(user_task.c.state == "open")).all()
        self._now = max(row.created_at for row in waiting)
        for row in waiting:
            self._schedule(self._when(row), "task", row)


def test_there_is_one_for_the_first_release() -> None:
    assert [file.name.removesuffix(".db.xz") for file in RELEASES][:1] == ["0.1.0"]
    assert all(file.stat().st_size < 300_000 for file in RELEASES)


@pytest.mark.parametrize("release", RELEASES, ids=lambda file: file.name.removesuffix(".db.xz"))
def test_every_instance_of_an_earlier_release_comes_to_its_end(
    release: Path, database_url: str, tmp_path: Path
) -> None:
    copy = tmp_path / "golden.db"
    copy.write_bytes(lzma.decompress(release.read_bytes()))
    with closing(Database(database_url, durable=False)) as database:
        restore(database, copy)  # upgrades it, and checks it
        with database.read() as connection:
            running = connection.execute(
                select(process_instance.c.id, process_instance.c.process_key, process_instance.c.pack_key).where(
                    process_instance.c.status == "active"
                )
            ).all()
        assert len({row.process_key for row in running}) >= 5
        options = Options(running[0].pack_key, date(2024, 10, 1), END, seed=3, revise=False)
        played = Resumed(database, options).play()
        assert played.stuck == []
        with database.read() as connection:
            left = connection.execute(
                select(process_instance.c.process_key, process_instance.c.business_key).where(
                    process_instance.c.id.in_([row.id for row in running]), process_instance.c.status == "active"
                )
            ).all()
            assert left == []
            assert check(connection) == []
