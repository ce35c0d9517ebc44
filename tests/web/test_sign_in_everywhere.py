"""Signing out everywhere: who may, what ends, and that it costs no statement of its own."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from engine.clock import utc_now
from engine.commands.access import end_sessions, give_token
from engine.commands.people import close_account, open_account
from engine.database import Database
from engine.database.access_tables import access_token
from engine.database.workplace_tables import administration_event
from engine.errors import NotPermitted
from engine.people import Person, create_person, find_person, get_person, grant
from tests.web.conftest import PASSWORD
from tests.workplace import browse


@pytest.fixture
def administrator(database: Database) -> Person:
    with database.write() as connection:
        made = create_person(connection, utc_now(), "root", "Rut A.")
        grant(connection, utc_now(), made, "administrator", "rss")
        return get_person(connection, made)


def person(database: Database, username: str) -> Person:
    with database.read() as connection:
        found = find_person(connection, username)
    assert found is not None
    return found


def is_in(client: FlaskClient) -> bool:
    return client.get("/installningar").status_code == 200


def test_every_browser_is_signed_out_at_once(application: Flask, client: FlaskClient, karin: str) -> None:
    other = application.test_client()
    for browser in (client, other):
        browser.post("/logga-in", data={"username": karin, "password": PASSWORD})
        assert is_in(browser)
    answer = client.post("/installningar/inloggning/logga-ut-overallt", follow_redirects=True)
    assert "Du är utloggad överallt." in answer.text
    refused = other.get("/installningar", follow_redirects=True)
    assert "Din inloggning gäller inte längre." in refused.text
    assert "Din inloggning gäller inte längre." not in other.get("/logga-in").text  # said once
    other.post("/logga-in", data={"username": karin, "password": PASSWORD})
    assert (is_in(other), is_in(client)) == (True, False)


def test_an_administrator_ends_sessions_and_that_is_logged(
    application: Flask, client: FlaskClient, database: Database, administrator: Person, karin: str
) -> None:
    client.post("/logga-in", data={"username": karin, "password": PASSWORD})
    root = browse(application, administrator)
    assert root.post(f"/administration/personer/{person(database, karin).id}/logga-ut").status_code == 302
    assert (is_in(client), is_in(root)) == (False, True)
    assert "Loggade ut Karin A. överallt" in root.get("/administration/logg").text
    with database.write() as connection, pytest.raises(NotPermitted):
        end_sessions(connection, utc_now(), person(database, karin), administrator.id)


@pytest.mark.parametrize("what", ["password", "account"])
def test_a_new_password_and_a_closed_account_end_them_too(
    what: str, application: Flask, client: FlaskClient, database: Database, administrator: Person, karin: str
) -> None:
    client.post("/logga-in", data={"username": karin, "password": PASSWORD})
    theirs = person(database, karin)
    if what == "password":
        browse(application, administrator).post(f"/administration/personer/{theirs.id}/losenord")
    else:
        with database.write() as connection:
            close_account(connection, utc_now(), administrator, theirs.id)
            open_account(connection, utc_now(), administrator, theirs.id)
    assert not is_in(client)  # not even when the account is open again


def test_it_costs_no_statement(client: FlaskClient, database: Database, karin: str) -> None:
    client.post("/logga-in", data={"username": karin, "password": PASSWORD})
    with database.write() as connection:
        end_sessions(connection, utc_now(), person(database, karin), person(database, karin).id)
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    assert client.get("/installningar").status_code == 302
    assert len([text for text in said if "FROM person" in text]) == 1


def test_ones_own_keys_are_listed_and_taken_back(
    application: Flask, client: FlaskClient, database: Database, administrator: Person, karin: str
) -> None:
    theirs = person(database, karin)
    with database.write() as connection:
        mine = give_token(connection, utc_now(), administrator, theirs.id, ["read"], "Kalkylbladet", None)
        other = give_token(connection, utc_now(), administrator, administrator.id, ["read"], "Övervakningen", None)
    client.post("/logga-in", data={"username": karin, "password": PASSWORD})
    page = client.get("/installningar").text
    assert ("Kalkylbladet" in page, "Övervakningen" in page) == (True, False)
    assert client.post(f"/installningar/inloggning/nycklar/{other.id}/aterkalla").status_code == 403
    assert client.post(f"/installningar/inloggning/nycklar/{mine.id}/aterkalla").status_code == 302
    root = browse(application, administrator)
    assert "/aterkalla" not in root.get(f"/administration/personer/{theirs.id}").text
    assert "Övervakningen" in root.get(f"/administration/personer/{administrator.id}").text
    taken = f"/administration/personer/{administrator.id}/nycklar/{other.id}/aterkalla"
    assert root.post(taken).status_code == 302
    with database.read() as connection:
        assert connection.execute(select(access_token).where(access_token.c.revoked_at.is_(None))).all() == []
        kinds = connection.execute(select(administration_event.c.kind)).scalars().all()
    assert sorted(kinds) == ["token_created", "token_created", "token_revoked", "token_revoked"]


def test_nothing_of_a_session_is_told_of_somebody(database: Database, administrator: Person) -> None:
    with database.write() as connection:
        end_sessions(connection, utc_now(), administrator, administrator.id)
    again = person(database, "root")
    assert again.session_nonce
    assert again.session_nonce not in repr(again)
