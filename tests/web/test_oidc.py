"""Signing in through an identity provider that really answers: who gets in, and whatever is wrong keeps people out."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from lxml import html
from sqlalchemy import select

from engine import kept_texts
from engine.clock import utc_now
from engine.database import Database
from engine.database.tables import identity
from engine.database.upgrade import upgrade
from engine.database.workplace_tables import kept_text
from engine.errors import Conflict, Invalid, Misconfigured
from engine.identities import link_identity, linked_subjects
from engine.people import create_person, find_person, grant
from engine.settings import Oidc, Settings
from tests.web.provider import CLIENT_ID, CLIENT_SECRET, Provider, leave, running_provider
from tests.workplace import browse, make_application
from web.cli import main


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.subject, running.spoil, running.signing_key = "f3b1c2", leave, running.key
    running.said_issuer = None
    return running


@pytest.fixture
def visitor(provider: Provider, database: Database, tmp_path: Path, karin: str) -> FlaskClient:
    """Somebody who is not signed in, at an installation whose Karin is linked."""
    with database.write() as connection:
        person = find_person(connection, karin)
        assert person is not None
        link_identity(connection, utc_now(), person.id, provider.issuer, "f3b1c2")
    return make_application(database, tmp_path, oidc=Oidc(provider.issuer, CLIENT_ID, CLIENT_SECRET)).test_client()


def to_provider(visitor: FlaskClient, wanted: str = "") -> str:
    """Where the provider sends the browser back to."""
    begun = visitor.get("/logga-in/organisation", query_string={"next": wanted} if wanted else {})
    assert begun.status_code == 302, begun.text
    answer = requests.get(begun.headers["Location"], allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def is_signed_in(visitor: FlaskClient) -> bool:
    with visitor.session_transaction() as session:
        return "_user_id" in session


def test_a_linked_account_is_signed_in_and_goes_where_it_wanted(visitor: FlaskClient) -> None:
    assert "/logga-in/organisation" in visitor.get("/logga-in").text
    answer = visitor.get(to_provider(visitor, "/uppgifter"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/uppgifter")
    assert is_signed_in(visitor)
    assert visitor.get("/uppgifter").status_code == 200


def test_nobody_is_led_to_another_site(visitor: FlaskClient) -> None:
    answer = visitor.get(to_provider(visitor, "https://example.org/"))
    assert not urlsplit(answer.headers["Location"]).netloc


def test_what_is_asked_of_the_provider_holds_state_nonce_and_a_challenge(visitor: FlaskClient) -> None:
    asked = [parse_qs(urlsplit(visitor.get("/logga-in/organisation").headers["Location"]).query) for _ in range(2)]
    assert asked[0]["scope"] == ["openid"]
    assert asked[0]["redirect_uri"] == ["http://localhost/logga-in/svar"]
    for secret in ("state", "nonce", "code_challenge"):
        assert asked[0][secret] != asked[1][secret]
    with visitor.session_transaction() as session:
        assert len([name for name in session if name.startswith("_state_")]) == 1  # what was never finished is gone


def test_an_account_that_nobody_has_linked_gets_no_further_whatever_its_address(
    visitor: FlaskClient, provider: Provider, database: Database
) -> None:
    with database.write() as connection:
        create_person(connection, utc_now(), "admin", "Admin A.", "admin@example.se")
    provider.subject = "somebody <else>"
    answer = visitor.get(to_provider(visitor))
    assert answer.status_code == 403
    assert "somebody &lt;else&gt;" in answer.text  # what to tell an administrator
    assert not is_signed_in(visitor)
    with database.read() as connection:
        assert [row.subject for row in connection.execute(select(identity))] == ["f3b1c2"]


def test_who_has_left_is_not_let_in(visitor: FlaskClient, database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE person SET active = 0")
    assert visitor.get(to_provider(visitor)).status_code == 403
    assert not is_signed_in(visitor)


SPOILT: dict[str, Callable[[dict[str, Any]], object]] = {
    "another nonce": lambda claims: claims.update(nonce="another"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "for another client": lambda claims: claims.update(aud="other", azp=CLIENT_ID),
    "from another issuer": lambda claims: claims.update(iss="https://evil.example"),
    "expired": lambda claims: claims.update(exp=int(time.time()) - 600),
    "without an end": lambda claims: claims.pop("exp"),
    "about nobody": lambda claims: claims.pop("sub"),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_token_that_is_not_what_was_asked_for_is_worth_nothing(
    visitor: FlaskClient, provider: Provider, spoilt: str
) -> None:
    provider.spoil = SPOILT[spoilt]
    answer = visitor.get(to_provider(visitor))
    assert answer.status_code == 422
    assert "Du är inte inloggad" in answer.text
    assert not is_signed_in(visitor)


def test_a_token_that_somebody_else_has_signed_is_worth_nothing(visitor: FlaskClient, provider: Provider) -> None:
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    assert visitor.get(to_provider(visitor)).status_code == 422
    assert not is_signed_in(visitor)


def test_a_personal_identity_number_is_no_identity(
    visitor: FlaskClient, provider: Provider, database: Database, karin: str
) -> None:
    provider.subject = "191212121212"
    answer = visitor.get(to_provider(visitor))
    assert answer.status_code == 403
    assert "191212121212" not in answer.text
    with database.write() as connection:
        person = find_person(connection, karin)
        assert person is not None
        with pytest.raises(Invalid, match="personnummer"):
            link_identity(connection, utc_now(), person.id, provider.issuer, provider.subject)


def test_an_answer_to_another_browser_or_a_second_time_is_refused(visitor: FlaskClient) -> None:
    back = to_provider(visitor)
    stranger = visitor.application.test_client()
    assert stranger.get(back).status_code == 422
    assert not is_signed_in(stranger)
    assert visitor.get(back).status_code == 302
    again = visitor.application.test_client()
    to_provider(again)
    assert again.get(back).status_code == 422
    for odd in ("/logga-in/svar", "/logga-in/svar?error=access_denied", "/logga-in/svar?code=x&state=y"):
        assert stranger.get(odd).status_code == 422


def test_a_provider_that_is_away_or_is_another_is_told_plainly(visitor: FlaskClient, provider: Provider) -> None:
    provider.said_issuer = "https://evil.example"
    answer = visitor.get("/logga-in/organisation")
    assert (answer.status_code, "svarar inte just nu" in answer.text) == (503, True)


def test_without_a_provider_there_is_no_way_to_one(client: FlaskClient) -> None:
    assert "organisations konto" not in client.get("/logga-in").text
    assert client.get("/logga-in/organisation").status_code == 404


def test_an_account_is_one_persons(database: Database, karin: str) -> None:
    with database.write() as connection:
        person = find_person(connection, karin)
        assert person is not None
        other = create_person(connection, utc_now(), "eva", "Eva E.")
        for _ in range(2):
            link_identity(connection, utc_now(), person.id, "https://id.example", "1")
        with pytest.raises(Conflict):
            link_identity(connection, utc_now(), other, "https://id.example", "1")
        link_identity(connection, utc_now(), other, "https://other.example", "1")
        assert linked_subjects(connection, person.id) == [("https://id.example", "1")]


def test_the_settings_come_all_or_none() -> None:
    one = {"SAMFLODE_OIDC_ISSUER": "https://id.example"}
    whole = {**one, "SAMFLODE_OIDC_CLIENT_ID": "a", "SAMFLODE_OIDC_CLIENT_SECRET": "b"}
    assert Settings.from_environment({}).oidc is None
    assert Settings.from_environment(whole).oidc == Oidc("https://id.example", "a", "b")
    for wrong in (one, {**whole, "SAMFLODE_OIDC_ISSUER": "http://id.example"}):
        with pytest.raises(Misconfigured, match="SAMFLODE_OIDC_"):
            Settings.from_environment(wrong)


def test_an_administrator_links_accounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'cli.sqlite3'}"
    for name, value in {
        "SAMFLODE_DATABASE_URL": url,
        "SAMFLODE_HOME": str(tmp_path),
        "SAMFLODE_SECRET_KEY": "x" * 40,
        "SAMFLODE_OIDC_ISSUER": "https://id.example",
        "SAMFLODE_OIDC_CLIENT_ID": "a",
        "SAMFLODE_OIDC_CLIENT_SECRET": "b",
    }.items():
        monkeypatch.setenv(name, value)
    database = Database(url)
    upgrade(database)
    assert main(["user", "add", "karin", "--name", "Karin A.", "--oidc-subject", "one"]) == 0
    assert main(["user", "link", "karin", "--oidc-subject", "two"]) == 0
    assert main(["user", "add", "eva", "--name", "Eva E.", "--oidc-subject", "one"]) == 1
    assert "redan kopplat" in capsys.readouterr().err
    with database.read() as connection:
        assert find_person(connection, "eva") is None  # all or nothing
        assert len(connection.execute(select(identity)).all()) == 2
    assert main(["user", "unlink", "karin"]) == 0
    assert "Borttagna kopplingar: 2." in capsys.readouterr().out
    database.close()


# What comes between ---------------------------------------------------------------------------------------------------


def carried_to_provider(visitor: FlaskClient, wrote: str) -> str:
    """Somebody whose session has ended sends a form, and goes on to the provider. Returns the way there."""
    refused = visitor.post("/uppgifter/nagon", data={"text": wrote, "do": "save"})
    assert refused.status_code == 401
    (form,) = html.fromstring(refused.text).xpath("//form[@action='/logga-in/organisation']")
    onward = visitor.post("/logga-in/organisation", data=dict(form.form_values()))
    assert onward.status_code == 200, onward.text
    (refresh,) = html.fromstring(onward.text).xpath("//meta[@http-equiv='refresh']/@content")
    return str(refresh.partition("url=")[2])


def test_text_that_was_being_sent_survives_signing_in_at_the_provider(visitor: FlaskClient, database: Database) -> None:
    assert carried_to_provider(visitor, "Ett långt svar <b>") == "/logga-in/organisation"
    assert visitor.get(to_provider(visitor)).headers["Location"] == "/logga-in/fortsatt"
    for _time in range(2):  # the page may be loaded anew
        answer = visitor.get("/logga-in/fortsatt")
        (form,) = html.fromstring(answer.text).xpath("//form[@action='/uppgifter/nagon']")
        assert dict(form.form_values())["text"] == "Ett långt svar <b>"
    assert visitor.application.test_client().get("/logga-in/fortsatt").status_code == 302
    with database.write() as connection:
        assert connection.execute(select(kept_text.c.content)).scalars().all() != []
        kept_texts.clear_old(connection, utc_now() + kept_texts.KEPT_FOR)
    assert visitor.get("/logga-in/fortsatt").status_code == 302
    assert visitor.get("/uppgifter").status_code == 200


def test_it_survives_what_comes_between_too(visitor: FlaskClient, provider: Provider, database: Database) -> None:
    carried_to_provider(visitor, "Mitt svar")
    to_provider(visitor, "/uppgifter")
    cancelled = visitor.get("/logga-in/svar?error=access_denied&error_description=Nej")
    said = html.fromstring(cancelled.text).xpath("string(//main)")
    assert ("Inloggningen avbröts" in said, "Nej" in said) == (True, False)
    assert "Det du skrev finns kvar i en timme." in cancelled.text
    (again,) = html.fromstring(cancelled.text).xpath("//a[contains(@class, 'govuk-button')]/@href")
    assert again == "/logga-in/organisation?next=/uppgifter"
    provider.subject = "somebody else"
    assert "Det du skrev finns kvar i en timme." in visitor.get(to_provider(visitor)).text
    assert "Mitt svar" in visitor.get("/logga-in").text  # for signing in with a password, too
    stranger = visitor.application.test_client()
    assert "Mitt svar" not in stranger.get("/logga-in").text
    with database.write() as connection:
        assert kept_texts.clear_old(connection, utc_now() + kept_texts.KEPT_FOR) == 1
    assert "Mitt svar" not in visitor.get("/logga-in").text


def test_strangers_cannot_fill_the_database(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_texts, "MOST", 10)
    with database.write() as connection:
        kept_texts.keep_text(connection, utc_now(), "123456")
        with pytest.raises(Invalid, match="inte att spara"):
            kept_texts.keep_text(connection, utc_now(), "123456")
        kept_texts.keep_text(connection, utc_now() + kept_texts.KEPT_FOR, "123456")  # an hour later there is room


def test_clocks_may_differ_a_little_and_else_it_is_said(visitor: FlaskClient, provider: Provider) -> None:
    for seconds, told in ((600, "Klockan går olika"), (60, "")):
        issued = int(time.time()) + seconds
        provider.spoil = partial(dict.update, iat=issued)
        answer = visitor.get(to_provider(visitor))
        assert (answer.status_code, told in answer.text) == (422 if told else 302, True)


def test_each_fault_has_its_own_words(visitor: FlaskClient, provider: Provider) -> None:
    assert "påbörjades i ett annat fönster" in visitor.get("/logga-in/svar?code=x&state=y").text
    assert "svarar inte just nu" in visitor.get("/logga-in/svar?error=temporarily_unavailable").text
    provider.spoil = SPOILT["expired"]
    assert "Klockan går olika" in visitor.get(to_provider(visitor)).text
    provider.spoil = SPOILT["another nonce"]
    assert "Börja om från början" in visitor.get(to_provider(visitor)).text


def test_a_provider_that_goes_away_meanwhile(database: Database, tmp_path: Path) -> None:
    with running_provider() as short_lived:
        oidc = Oidc(short_lived.issuer, CLIENT_ID, CLIENT_SECRET)
        visitor = make_application(database, tmp_path, oidc=oidc).test_client()
        back = to_provider(visitor)
    answer = visitor.get(back)
    assert (answer.status_code, "svarar inte just nu" in answer.text) == (503, True)
    unheard = make_application(database, tmp_path, oidc=oidc).test_client().get("/logga-in/organisation")
    assert (unheard.status_code, "svarar inte just nu" in unheard.text) == (503, True)


def test_an_administrator_links_and_unlinks_on_the_persons_page(
    provider: Provider, database: Database, tmp_path: Path, karin: str
) -> None:
    oidc = Oidc(provider.issuer, CLIENT_ID, CLIENT_SECRET)
    application = make_application(database, tmp_path, csrf=False, oidc=oidc)
    with database.write() as connection:
        made = create_person(connection, utc_now(), "root", "Rut A.")
        grant(connection, utc_now(), made, "administrator", "rss")
        administrator, person = find_person(connection, "root"), find_person(connection, karin)
    assert administrator is not None
    assert person is not None
    root, visitor = browse(application, administrator), application.test_client()
    page = f"/administration/personer/{person.id}"
    link = f"{page}/konto/koppla"
    for wrong, told in (("", "Skriv identiteten"), ("191212121212", "personnummer")):
        refused = root.post(link, data={"oidc_subject": wrong})
        assert (refused.status_code, told in refused.text) == (422, True)
    assert root.post(link, data={"oidc_subject": "f3b1c2"}).status_code == 302
    other = f"/administration/personer/{administrator.id}/konto/koppla"
    assert "redan kopplat" in root.post(other, data={"oidc_subject": "f3b1c2"}).text
    assert visitor.get(to_provider(visitor)).status_code == 302
    assert visitor.get("/uppgifter").status_code == 200
    assert "f3b1c2" in root.get(page).text
    gone = root.post(f"{page}/konto/ta-bort", data={"issuer": provider.issuer, "subject": "f3b1c2"})
    assert gone.status_code == 302
    assert visitor.get("/uppgifter").status_code == 302  # what the account had begun is over
    assert visitor.get(to_provider(visitor)).status_code == 403
    log = root.get("/administration/logg").text
    assert ("Kopplade ett konto i inloggningstjänsten till Karin A." in log, "Tog bort en koppling" in log) == (
        True,
        True,
    )
