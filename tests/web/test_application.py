"""What holds for every page: who may see it, what the browser is told, which language, what an error says."""

import re
from dataclasses import replace
from functools import partial

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from lxml import html

from engine.errors import Conflict, Misconfigured, NotFound
from engine.settings import Settings
from tests.web.conftest import PASSWORD
from web import access
from web.application import create_application


def test_without_a_secret_key_it_does_not_start(application: Flask) -> None:
    settings = application.extensions["samflode_settings"]
    bare = Settings(settings.database_url, settings.home, (), None, settings.base_url)
    with pytest.raises(Misconfigured, match="SAMFLODE_SECRET_KEY"):
        create_application(bare, application.extensions["samflode_database"])


def test_every_page_demands_signing_in_except_the_short_list(application: Flask, client: FlaskClient) -> None:
    for rule in application.url_map.iter_rules():
        if access.is_public(rule.endpoint) or "GET" not in (rule.methods or ()):
            continue
        answer = client.get(re.sub(r"<[^>]+>", "1", rule.rule))
        assert answer.status_code == 302, rule
        assert answer.location.startswith("/logga-in"), rule


def test_signing_in_leads_to_the_page_that_was_asked_for(client: FlaskClient, karin: str) -> None:
    answer = client.post("/logga-in", data={"username": karin, "password": PASSWORD, "next": "/hjalp?a=1"})
    assert answer.location == "/hjalp?a=1"


@pytest.mark.parametrize("wanted", ["https://example.org/", "//example.org", "/\\example.org", "hjalp"])
def test_signing_in_leads_nowhere_else(client: FlaskClient, karin: str, wanted: str) -> None:
    answer = client.post("/logga-in", data={"username": karin, "password": PASSWORD, "next": wanted})
    assert answer.location == client.get("/").location  # where one begins


def test_only_the_demo_lets_people_in_without_a_password(application: Flask, client: FlaskClient, karin: str) -> None:
    assert client.post("/logga-in", data={"person": karin}).status_code == 422
    settings = application.extensions["samflode_settings"]
    application.extensions["samflode_settings"] = replace(settings, demo=True)
    assert "Karin A." in client.get("/logga-in").text
    assert client.post("/logga-in", data={"person": "nobody"}).status_code == 422
    assert client.post("/logga-in", data={"person": karin}).status_code == 302


def test_a_wrong_password_keeps_the_username_and_says_what_to_do(client: FlaskClient, karin: str) -> None:
    answer = client.post("/logga-in", data={"username": karin, "password": "fel"})
    page = html.fromstring(answer.text)
    assert answer.status_code == 422
    assert page.xpath("//input[@id='username']/@value") == ["karin"]
    assert page.xpath("//input[@id='username']/@aria-invalid") == ["true"]
    assert "stämmer inte" in page.xpath("//*[@role='alert']")[0].text_content()
    assert page.xpath("//title")[0].text.startswith("Fel: ")


def test_signing_out_forgets_the_person(signed_in: FlaskClient) -> None:
    answer = signed_in.post("/logga-ut")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert signed_in.get("/").location.startswith("/logga-in")


def test_the_role_to_act_in_can_be_switched_and_only_to_ones_own(signed_in: FlaskClient) -> None:
    assert _chosen_role(signed_in) == "Alla mina roller"
    signed_in.post("/roll", data={"role": "process_leader/2062"})
    assert "2062" in _chosen_role(signed_in)
    signed_in.post("/roll", data={"role": "administrator/20"})
    assert _chosen_role(signed_in) == "Alla mina roller"


def _chosen_role(client: FlaskClient) -> str:
    text: str = html.fromstring(client.get("/hjalp").text).xpath("//*[@aria-current='true' and @name='role']")[0].text
    return text


def test_the_language_is_switched_by_a_link_that_keeps_the_page_and_its_filters(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/hjalp?a=1&lang=en").text)
    assert page.get("lang") == "en"
    assert "Help and contact" in page.xpath("//h1")[0].text
    assert page.xpath("//a[@hreflang='sv']/@href") == ["/hjalp?a=1&lang=sv"]
    assert html.fromstring(client.get("/logga-in").text).xpath("//h1")[0].text == "Sign in"


def test_the_browser_is_told_to_run_nothing_of_others(client: FlaskClient) -> None:
    answer = client.get("/hjalp")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not html.fromstring(answer.text).xpath("//@style | //style | //script[not(@src)] | //@onclick")


def test_cookies_are_kept_from_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = client.get("/hjalp?lang=en").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_static_file_is_kept_for_a_year_by_its_content(client: FlaskClient) -> None:
    address = html.fromstring(client.get("/hjalp").text).xpath("//link[contains(@href, 'samflode.css')]/@href")[0]
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert client.get(address, headers={"If-None-Match": client.get(address).headers["ETag"]}).status_code == 304
    assert "immutable" not in client.get("/static/samflode.css").headers["Cache-Control"]
    assert client.get("/static/../application.py").status_code == 404


def test_a_form_without_its_token_changes_nothing(application: Flask) -> None:
    answer = application.test_client().post("/logga-in", data={"username": "karin", "password": PASSWORD})
    assert answer.status_code == 400
    assert "Inget har ändrats" in answer.text


def test_every_form_that_posts_carries_the_token(signed_in: FlaskClient) -> None:
    forms = html.fromstring(signed_in.get("/hjalp").text).xpath("//form[@method='post']")
    assert forms
    assert all(form.xpath(".//input[@name='csrf_token']/@value") for form in forms)


def test_an_error_says_what_happened_what_is_kept_and_what_to_do(application: Flask, client: FlaskClient) -> None:
    failures = {
        "/missing": NotFound("Uppgiften finns inte."),
        "/late": Conflict("Uppgiften är redan klar."),
        "/broken": RuntimeError("secret detail"),
    }
    for path, error in failures.items():
        application.add_url_rule(path, path, partial(_fail, error))
    application.config["PROPAGATE_EXCEPTIONS"] = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access, "PUBLIC", access.PUBLIC | set(failures))
        missing, late, broken = (client.get(path) for path in failures)
    assert (missing.status_code, late.status_code, broken.status_code) == (404, 409, 500)
    assert "Uppgiften finns inte." in missing.text
    assert "Uppgiften är redan klar." in late.text
    assert "secret" not in broken.text
    assert re.search(r"Felets nummer:\s*<strong[^>]*>[0-9a-f]{8}", broken.text)


def _fail(error: Exception) -> str:
    raise error


def test_an_unknown_address_gets_a_page_in_the_chosen_language(client: FlaskClient) -> None:
    assert "Sidan finns inte" in client.get("/nowhere").text
    assert "There is no such page" in client.get("/nowhere?lang=en").text


def test_http_errors_have_pages_of_their_own(application: Flask, client: FlaskClient) -> None:
    application.add_url_rule("/big", "static2", lambda: abort(413))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access, "PUBLIC", access.PUBLIC | {"static2"})
        assert "Då tas inga stora filer emot." in client.get("/big").text  # nobody is signed in
