"""The web application on an empty database, and a person signed in to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.clock import utc_now
from engine.database import Database
from engine.database.tables import metadata
from engine.people import create_person, grant
from tests.workplace import make_application

PASSWORD = "ett-bra-losenord"


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url)
    metadata.create_all(opened.engine)
    yield opened
    opened.close()


@pytest.fixture
def application(database: Database, tmp_path: Path) -> Flask:
    return make_application(database, tmp_path)


@pytest.fixture
def karin(database: Database) -> str:
    """Process leader in Mora and Orsa; her username."""
    with database.write() as connection:
        person = create_person(connection, utc_now(), "karin", "Karin A.", password=PASSWORD)
        grant(connection, utc_now(), person, "process_leader", "2062")
        grant(connection, utc_now(), person, "process_leader", "2034")
    return "karin"


@pytest.fixture
def client(application: Flask) -> FlaskClient:
    """A browser without CSRF checks; those have tests of their own."""
    application.config["WTF_CSRF_ENABLED"] = False
    return application.test_client()


@pytest.fixture
def signed_in(client: FlaskClient, karin: str) -> FlaskClient:
    client.post("/logga-in", data={"username": karin, "password": PASSWORD})
    return client
