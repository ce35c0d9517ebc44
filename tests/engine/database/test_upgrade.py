"""An upgraded database is the same as one made from the tables, and an upgrade keeps what was in it."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Connection, insert, select

from engine.database import Database
from engine.database import upgrade as upgrades
from engine.database.register_tables import agreement
from engine.database.tables import metadata, person, role_grant
from engine.database.upgrade import is_current, upgrade
from engine.errors import Misconfigured

NOW = datetime(2026, 1, 1, tzinfo=UTC)

REBUILDS_PERSON = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.alter_column("name", existing_type=sa.Text(), nullable=True)
        person.add_column(sa.Column("title", sa.Text(), nullable=True))
    {more}
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


def test_the_upgraded_database_equals_the_tables(database: Database) -> None:
    upgrade(database)
    with database.write() as connection:
        upgraded = structure(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
        metadata.drop_all(connection)
        metadata.create_all(connection)
        made = structure(connection)
    assert {table.name for table in metadata.sorted_tables} <= {fact[1] for fact in made}
    assert agreement.metadata is metadata
    ours = {fact for fact in upgraded if "alembic_version" not in str(fact)}
    assert ours == made, "the tables have changed: python -m tools.migrations"


def test_only_an_upgraded_database_is_current(database: Database) -> None:
    assert not is_current(database)
    upgrade(database)
    assert is_current(database)
    upgrade(database)
    assert is_current(database)


def test_two_programs_that_start_at_once_upgrade_in_turn(database: Database) -> None:
    # Two workers that both found an empty database used to be two that both created every table.
    failures: list[BaseException] = []

    def start() -> None:
        try:
            upgrade(database)
        except BaseException as error:  # noqa: BLE001 - told in the main thread
            failures.append(error)

    threads = [Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert is_current(database)


def test_a_table_that_others_point_at_is_changed_with_its_rows(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(database)
    with database.write() as connection:
        create_person(connection)
    monkeypatch.setattr(upgrades, "MIGRATIONS", migrations_with(tmp_path, "pass"))
    upgrade(database)
    with database.read() as connection:
        assert connection.execute(select(role_grant.c.person_id)).scalars().all() == ["p"]
        assert connection.exec_driver_sql("SELECT title FROM person").scalars().all() == [None]
        if database.dialect == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_an_upgrade_that_breaks_references_changes_nothing(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(sqlite_url)
    upgrade(database)
    with database.write() as connection:
        create_person(connection)
    monkeypatch.setattr(upgrades, "MIGRATIONS", migrations_with(tmp_path, 'op.execute("DELETE FROM person")'))
    with pytest.raises(Misconfigured):
        upgrade(database)
    with database.read() as connection:
        assert connection.execute(select(person.c.id)).scalars().all() == ["p"]
    assert not is_current(database)  # 0002 is there to be run
    database.close()


def test_a_database_of_a_later_version_is_left_alone_and_told_of(database: Database) -> None:
    upgrade(database)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert not is_current(database)
    with pytest.raises(Misconfigured, match="nyare version"):
        upgrade(database)


def create_person(connection: Connection) -> None:
    values = {"id": "p", "username": "p", "name": "P", "active": True, "created_at": NOW}
    connection.execute(insert(person).values(values))
    granted = {"id": "g", "person_id": "p", "role": "rss", "organisation": "rss", "granted_at": NOW}
    connection.execute(insert(role_grant).values(granted))


def migrations_with(folder: Path, more: str) -> Path:
    """The real revisions and one more after them, as a later version of the program would have."""
    copied = folder / "migrations"
    shutil.copytree(upgrades.MIGRATIONS, copied, ignore=shutil.ignore_patterns("__pycache__"))
    (copied / "versions" / "0002_later.py").write_text(REBUILDS_PERSON.format(more=more))
    return copied


def structure(connection: Connection) -> set[tuple[str, ...]]:
    """Every column, key, constraint and index that the database itself tells of, as text."""
    queries = SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL
    return {tuple(map(str, row)) for query in queries.split(";") for row in connection.exec_driver_sql(query)}


SQLITE = """
SELECT 'column', m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.cid
FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table';
SELECT 'index', m.name, i.name, i."unique", i.partial, x.seqno, x.name
FROM sqlite_master m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) x WHERE m.type = 'table';
SELECT 'index text', tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL;
SELECT 'foreign key', m.name, f."table", f."from", f."to", f.on_delete
FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
"""
POSTGRESQL = """
SELECT 'column', table_name, column_name, data_type, is_nullable, column_default, character_maximum_length,
    ordinal_position
FROM information_schema.columns WHERE table_schema = 'public';
SELECT 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace;
SELECT 'index', tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""
