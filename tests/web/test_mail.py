"""Each person's choices of mail, the log that everybody has of their own, and the administrator's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.clock import utc_now
from engine.commands.preferences import preferences_of
from engine.database import Database
from engine.database.tables import outbox
from engine.database.workplace_tables import administration_event
from engine.delivery import redirect_address
from engine.mail import KINDS, tell_person
from engine.people import list_people
from engine.work import Work
from exports.monthly import monthly_workbook
from tests.web.test_pages import somebody_with
from tests.workplace import browse, make_application, open_county
from web.views.mail import KIND_TITLES, SHORT_TITLES


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    yield from open_county(tmp_path_factory.mktemp("mail"))


@pytest.fixture(scope="module")
def application(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_application(database, tmp_path_factory.mktemp("home"), csrf=False, demo=True)


def client_of(application: Flask, database: Database, role: str) -> FlaskClient:
    return browse(application, somebody_with(database, role))


def test_choices_are_kept_and_shown_again(application: Flask, database: Database) -> None:
    leader = somebody_with(database, "process_leader")
    client = browse(application, leader)
    answer = client.post("/installningar/mejl", data={"kind.mention": "digest", "kind.urgent": "never"})
    assert answer.status_code == 302
    with database.read() as connection:
        chosen = preferences_of(connection, leader.id)
    assert chosen["mail.mention"] == "digest"
    assert chosen["mail.weekly"] is False
    assert "mail.urgent" not in chosen  # never to be switched off
    page = client.get("/installningar").text
    assert '<option value="digest" selected>' in page
    assert "Alltid direkt" in page


def test_the_workbook_is_for_those_who_follow_up_the_county(application: Flask, database: Database) -> None:
    assert client_of(application, database, "rss").post("/installningar/mejl", data={"monthly": "1"}).status_code == 302
    refused = client_of(application, database, "reporter").post("/installningar/mejl", data={"monthly": "1"})
    assert refused.status_code == 403
    with database.read() as connection:
        rss = list_people(connection, role="rss")[0]
        name, content = monthly_workbook(connection, rss, utc_now())
    assert name.endswith(".xlsx")
    assert content.startswith(b"PK")


def test_the_demo_shows_letters_and_nobody_else_does(application: Flask, database: Database, tmp_path: Path) -> None:
    leader = somebody_with(database, "process_leader")
    with database.write() as connection:
        tell_person(Work(connection, utc_now()), leader.id, "Ett <b>prov</b>", "Med https://exempel.se.", "/uppgifter")
    page = browse(application, leader).get("/mejl").text
    assert "Ett &lt;b&gt;prov&lt;/b&gt;" in page
    assert "Nästa veckobrev" in page
    real = make_application(database, tmp_path)
    assert browse(real, leader).get("/mejl").status_code == 404


def test_an_administrator_redirects_all_mail_and_reads_the_log(application: Flask, database: Database) -> None:
    client = client_of(application, database, "administrator")
    wrong = client.post("/administration/mejl", data={"address": "ingen adress"})
    assert wrong.status_code == 422
    assert "Skriv en e-postadress" in wrong.text
    assert 'value="ingen adress"' in wrong.text
    client.post("/administration/mejl", data={"address": "prov@exempel.se"})
    with database.read() as connection:
        assert redirect_address(connection) == "prov@exempel.se"
        noted = connection.execute(select(administration_event.c.data)).scalars().all()
    assert {"from": None, "to": "prov@exempel.se"} in noted
    page = client.get("/administration/mejl?sok=a").text
    assert "Alla mejl går till prov@exempel.se" in page
    client.post("/administration/mejl", data={"do": "stop"})
    with database.read() as connection:
        assert redirect_address(connection) is None
    assert client_of(application, database, "rss").get("/administration/mejl").status_code == 403


def test_every_kind_of_mail_has_a_name(database: Database) -> None:
    with database.read() as connection:
        written = set(connection.execute(select(outbox.c.kind).distinct()).scalars())
    assert set(KINDS) <= set(KIND_TITLES)
    assert written | set(KINDS) <= set(SHORT_TITLES)
