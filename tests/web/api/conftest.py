"""The API over a database with the shipped pack, and people with tokens."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.clock import utc_now
from engine.commands import deploy_pack
from engine.database import Database
from engine.database.upgrade import upgrade
from engine.packs import shipped_packs
from engine.people import create_person, find_person, grant
from engine.tokens import SCOPES, create_token
from tests.workplace import make_application

GRANTS = {
    "rss": [("rss", "rss")],
    "admin": [("administrator", "rss")],
    "everything": [("rss", "rss"), ("administrator", "rss"), ("process_leader", "2080")],
    "leader": [("process_leader", "2080")],
    "colleague": [("process_leader", "2080")],
    "mora": [("process_leader", "2062")],
    "region": [("region_decision", "20")],
}
FALUN = "2080"


class Program:
    """A program that calls the API with one token."""

    def __init__(self, client: FlaskClient, secret: str) -> None:
        self._client = client
        self.headers = {"Authorization": f"Bearer {secret}"}

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
        return self._client.open(f"/api/v1{path}", method=method, headers={**self.headers, **(headers or {})}, **more)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.send("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> TestResponse:
        return self.send("POST", path, headers, json=body) if body is not None else self.send("POST", path, headers)

    def read(self, path: str, **query: Any) -> Any:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def problem(self, method: str, path: str, status: int, name: str, **more: Any) -> Any:
        """What a refused request is told, which must be a problem of this status and type."""
        answer = self.send(method, path, **more)
        assert answer.status_code == status, answer.text
        assert answer.content_type == "application/problem+json"
        told = answer.json
        assert told is not None
        assert (told["type"], told["status"]) == (f"urn:samflode:problem:{name}", status)
        return told

    def start_agreement(self, organisation: str = FALUN) -> Any:
        """A local agreement of the municipality; the answer."""
        answer = self.post("/process-instances", {"process_key": "local_agreement", "organisation": organisation})
        assert answer.status_code == 201, answer.text
        return answer.json


class World:
    """The application with its people; `program` is one that acts for a person."""

    def __init__(self, url: str, home: Path) -> None:
        self.database = Database(url, durable=False)
        self.application = make_application(self.database, home)

    def program(self, username: str, *scopes: str) -> Program:
        """A program with a token of the person's: for everything, unless scopes are given."""
        with self.database.write() as connection:
            person = find_person(connection, username)
            assert person
            token = create_token(connection, utc_now(), person.id, scopes or SCOPES)
        return Program(self.application.test_client(), token.secret)


def populate(url: str) -> None:
    """The tables, the shipped pack and the people."""
    database = Database(url, durable=False)
    upgrade(database)
    now = utc_now()
    with database.write() as connection:
        deploy_pack(connection, now, next(folder for folder in shipped_packs() if "dalarna" in folder.name))
        for name, pairs in GRANTS.items():
            person_id = create_person(connection, now, name, name.capitalize())
            for role, organisation in pairs:
                grant(connection, now, person_id, role, organisation)
    database.close()


@pytest.fixture(scope="session")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file to copy: proving and storing the pack takes a while."""
    file = tmp_path_factory.mktemp("api") / "populated.sqlite3"
    populate(f"sqlite:///{file}")
    return file


@pytest.fixture
def world(populated: Path, tmp_path: Path) -> Iterator[World]:
    shutil.copy(populated, tmp_path / "api.sqlite3")
    made = World(f"sqlite:///{tmp_path / 'api.sqlite3'}", tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def rss(world: World) -> Program:
    return world.program("rss")


@pytest.fixture
def leader(world: World) -> Program:
    """Process leader in Falun."""
    return world.program("leader")
