"""Who a token speaks for, and for what: never more than its person may."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from engine.clock import utc_now
from engine.database.access_tables import access_token
from engine.database.tables import person
from engine.errors import Invalid, NotFound
from engine.people import create_person, grant
from engine.tokens import create_token, list_tokens, revoke_token
from tests.web.api.conftest import Program, World
from web.api.routes import ROUTES
from web.cli import main


def test_nothing_is_answered_without_a_token(world: World) -> None:
    client = world.application.test_client()
    for route in ROUTES:
        path = route.path.replace("<", "").replace(">", "").replace("path:", "")
        answer = client.open(f"/api/v1{path}", method=route.method)
        assert answer.status_code == 401, path
        assert answer.content_type == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic eDp5", "Bearer samflode_x", "Bearer å", "x"])
def test_a_token_that_is_none(world: World, header: str) -> None:
    headers = {"Authorization": header}
    assert world.application.test_client().get("/api/v1/agreements", headers=headers).status_code == 401


def test_a_session_of_a_browser_does_not_count(world: World) -> None:
    client = world.application.test_client()
    with client.session_transaction() as session, world.database.read() as connection:
        session["_user_id"] = connection.execute(select(person.c.id).where(person.c.username == "rss")).scalar_one()
        session["_fresh"] = True
    assert client.get("/uppgifter").status_code == 200
    assert client.get("/api/v1/agreements").status_code == 401


def test_only_a_hash_is_stored(world: World) -> None:
    program = world.program("rss")
    secret = program.headers["Authorization"].split()[1]
    with world.database.read() as connection:
        assert secret not in str(connection.execute(select(access_token)).all())


def test_a_token_that_may_only_read_changes_nothing(world: World) -> None:
    reader = world.program("rss", "read")
    assert reader.read("/agreements")["items"] == []
    for route in ROUTES:
        if route.method != "GET":
            path = route.path.replace("<", "").replace(">", "").replace("path:", "")
            assert reader.problem(route.method, path, 403, "insufficient-scope", json={})


def test_a_token_ends_when_it_is_revoked_expires_or_its_person_leaves(world: World) -> None:
    program = world.program("leader")
    assert program.get("/agreements").status_code == 200
    with world.database.write() as connection:
        token_id = list_tokens(connection)[0].id
        revoke_token(connection, utc_now(), token_id)
    assert program.problem("GET", "/agreements", 401, "unauthenticated")
    with world.database.write() as connection, pytest.raises(NotFound):
        revoke_token(connection, utc_now(), token_id)

    program = world.program("leader")
    with world.database.write() as connection:
        past = utc_now() - timedelta(seconds=1)
        connection.execute(update(access_token).values(expires_at=past))
    assert program.problem("GET", "/agreements", 401, "unauthenticated")

    program = world.program("leader")
    with world.database.write() as connection:
        connection.execute(update(person).where(person.c.username == "leader").values(active=False))
    assert program.problem("GET", "/agreements", 401, "unauthenticated")


def test_a_token_has_known_scopes_and_a_person(world: World) -> None:
    now = utc_now()
    with world.database.write() as connection:
        person_id = create_person(connection, now, "new", "New")
        for scopes in ((), ("everything",)):
            with pytest.raises(Invalid):
                create_token(connection, now, person_id, scopes)
        with pytest.raises(NotFound):
            create_token(connection, now, "nobody")


def test_a_role_counts_from_the_moment_it_is_given(world: World) -> None:
    mora, body = world.program("mora"), {"process_key": "local_agreement", "organisation": "2062"}
    assert mora.problem("POST", "/process-instances", 403, "not-permitted", json=body)
    with world.database.write() as connection:
        person_id = connection.execute(select(person.c.id).where(person.c.username == "mora")).scalar_one()
        grant(connection, utc_now(), person_id, "rss", "rss")
    assert mora.post("/process-instances", body).status_code == 201


def test_tokens_are_made_listed_and_revoked_at_the_command_line(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SAMFLODE_HOME", str(tmp_path))
    monkeypatch.setenv("SAMFLODE_DATABASE_URL", world.database.url)
    assert main(["token", "create", "--user", "rss", "--scope", "work", "--purpose", "diary", "--days", "3"]) == 0
    program = Program(world.application.test_client(), capsys.readouterr().out.strip())
    assert program.get("/agreements").status_code == 200
    assert main(["token", "list"]) == 0
    token_id, username, scopes, _ends, purpose = capsys.readouterr().out.strip().split("\t")
    assert (username, scopes, purpose) == ("rss", "work", "diary")
    assert main(["token", "revoke", token_id]) == 0
    assert program.problem("GET", "/agreements", 401, "unauthenticated")
    for wrong in (["revoke", token_id], ["create", "--user", "nobody"]):
        assert main(["token", *wrong]) == 1
    with pytest.raises(SystemExit, match="2"):
        main(["token", "create", "--user", "rss", "--days", "0"])
