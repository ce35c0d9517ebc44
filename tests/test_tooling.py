"""The ground that every other test stands on: our own packages, both databases, locks that name no server."""

from pathlib import Path

import pytest
import sqlalchemy as sa

import engine
import exports
import web

ROOT = Path(__file__).resolve().parent.parent


def test_the_packages_imported_are_ours() -> None:
    # Flat names like `engine` also exist on PyPI.
    for package in (engine, exports, web):
        assert package.__file__ is not None
        assert Path(package.__file__).is_relative_to(ROOT)


def test_a_database_is_fresh_and_takes_writes(database_url: str) -> None:
    database = sa.create_engine(database_url)
    with database.begin() as connection:
        connection.execute(sa.text("CREATE TABLE row (id integer)"))
        connection.execute(sa.text("INSERT INTO row VALUES (1)"))
        assert connection.scalar(sa.text("SELECT count(*) FROM row")) == 1
    database.dispose()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "package-lock.json"])
def test_a_lock_pins_by_hash_and_names_no_registry(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "sha256:" in text or '"integrity": "sha512-' in text
    assert "resolved" not in text
    assert not any(word in text for word in ("/simple", "index-url", "find-links", "/tarball"))
