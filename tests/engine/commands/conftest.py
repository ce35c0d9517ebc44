"""A small pack in a fresh database, on SQLite and on PostgreSQL, and people for its roles."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from engine.database import Database
from engine.database.register_tables import agreement
from tests.conftest import postgresql_database
from tests.engine.commands.scene import Scene, prepare
from tests.packs import build_pack

metadata = agreement.metadata


class Stage:
    """A database with pack and people, made once; every test gets it as new."""

    def __init__(self, database: Database, pack: Path) -> None:
        metadata.create_all(database.engine)
        self.database = database
        self.people = prepare(database, pack)
        with database.read() as connection:
            found = {table: connection.execute(table.select()).mappings().all() for table in metadata.sorted_tables}
        self._rows = {table: [dict(row) for row in rows] for table, rows in found.items() if rows}

    def restore(self) -> None:
        with self.database.write() as connection:
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            connection.exec_driver_sql(f"TRUNCATE {names}")
            for table, rows in self._rows.items():
                connection.execute(insert(table), rows)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    pack = build_pack(folder / "pack")
    if request.param == "sqlite":
        with closing(Database(f"sqlite:///{folder / 'stage.sqlite3'}")) as database:
            yield Stage(database, pack)
    else:
        for url in postgresql_database(request.getfixturevalue("postgresql_server")):
            with closing(Database(url)) as database:
                yield Stage(database, pack)


@pytest.fixture
def scene(stage: Stage, tmp_path: Path) -> Iterator[Scene]:
    if stage.database.dialect == "postgresql":
        stage.restore()
        yield Scene(stage.database, stage.people)
    else:
        stage.database.close()  # the log goes into the file
        file = shutil.copy(stage.database.engine.url.database or "", tmp_path)
        with closing(Database(f"sqlite:///{file}")) as database:
            yield Scene(database, stage.people)
