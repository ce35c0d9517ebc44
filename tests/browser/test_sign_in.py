"""Signing in through the organisation's provider in a real browser: its pages, and text that a lost session had."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from engine.clock import utc_now
from engine.database import Database
from engine.identities import link_identity
from engine.people import Person, find_person
from engine.settings import Oidc
from tests.web.provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider
from tests.workplace import enter, make_application, open_county

OWN_ACCOUNT = "Logga in med din organisations konto"


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Database]:
    yield from open_county(tmp_path)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def rss(county: Database, provider: Provider) -> Person:
    with county.write() as connection:
        found = find_person(connection, "rss")
        assert found is not None
        link_identity(connection, utc_now(), found.id, provider.issuer, provider.subject)
    return found


def test_text_comes_back_over_the_provider_and_every_page_on_the_way_is_sound(
    page: Page,
    serve: Callable[[Flask], str],
    stumbling_blocks: Callable[[Page], list[str]],
    county: Database,
    provider: Provider,
    rss: Person,
    tmp_path: Path,
) -> None:
    application = make_application(county, tmp_path, oidc=Oidc(provider.issuer, CLIENT_ID, CLIENT_SECRET))
    address = serve(application)
    settings = application.extensions["samflode_settings"]
    object.__setattr__(settings, "base_url", address)  # the port is known only now
    enter(page.context, application, address, rss)
    page.goto(f"{address}/starta/minor_amendment")
    page.get_by_label("Varför behövs ändringen?").fill("Lagen är ändrad")
    page.context.clear_cookies()
    page.locator("button[value=complete]").last.click()
    expect(page.get_by_text("Du har blivit utloggad. Det du skrev finns kvar.")).to_be_visible()
    assert stumbling_blocks(page) == []

    known, provider.subject = provider.subject, "somebody-else"
    page.get_by_role("button", name=OWN_ACCOUNT).click()
    expect(page.get_by_role("heading", name="Kontot är inte kopplat")).to_be_visible()
    expect(page.get_by_text("Det du skrev finns kvar i en timme.")).to_be_visible()
    assert stumbling_blocks(page) == []

    page.goto(f"{address}/logga-in/svar?error=access_denied")
    expect(page.get_by_role("heading", name="Inloggningen avbröts")).to_be_visible()
    assert stumbling_blocks(page) == []

    provider.subject = known
    page.get_by_role("link", name="Försök igen").click()
    expect(page.get_by_role("heading", name="Det du skrev finns kvar")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Lagen är ändrad")).to_be_visible()
    assert stumbling_blocks(page) == []
    page.get_by_role("button", name="Fortsätt").click()
    expect(page.get_by_label("Varför behövs ändringen?")).to_have_value("Lagen är ändrad")
