"""An administrator's day in a real browser, with axe on every page and every error on the way."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, select

from engine.clock import local_date, utc_now
from engine.database import Database
from engine.database.tables import incident, process_instance
from engine.people import Person, list_people
from tests.browser.test_pages import address, application, database, sign_in

__all__ = ["address", "application", "database", "sign_in"]

Look = Callable[[Page], list[str]]
WIDTHS = (1280, 320)
PAGES = (
    "/administration",
    "/administration/personer?sok=and",
    "/administration/personer/ny",
    "/administration/organisationer",
    "/administration/processpaket",
    "/administration/processpaket/dalarna-kvinnofrid",
    "/administration/arenden?sok=2062",
    "/administration/flytta",
    "/administration/nycklar",
    "/administration/drift",
    "/administration/logg",
)


@pytest.fixture
def administrator(database: Database) -> Person:
    with database.read() as connection:
        return list_people(connection, role="administrator")[0]


@pytest.fixture
def case(database: Database) -> str:
    """The id of a running case with an incident."""
    with database.write() as connection:
        query = select(process_instance.c.id).where(
            process_instance.c.status == "active", process_instance.c.process_key == "local_agreement"
        )
        instance_id = str(connection.execute(query).scalars().first())
        row = {"id": "incident-1", "instance_id": instance_id, "kind": "timer", "subject": "gone", "attempts": 5}
        seen = {"reason": "Fältet saknas", "data": {"outcome": "approved"}, "created_at": utc_now()}
        connection.execute(insert(incident).values(last_at=utc_now(), **row, **seen))
        return instance_id


def both_widths(page: Page, look: Look, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{page.url} at {width}: {line}" for line in look(page)]
    return found


def test_nobody_stumbles_on_the_pages(
    sign_in: Callable[[Person], Page], address: str, administrator: Person, case: str, stumbling_blocks: Look
) -> None:
    page = sign_in(administrator)
    found = []
    ones = (
        f"/administration/arenden/{case}",
        f"/administration/arenden/{case}/andra",
        "/administration/fel/incident-1",
    )
    for path in (*PAGES, *ones):
        page.goto(address + path)
        found += both_widths(page, stumbling_blocks, (320,))
    assert found == []


def test_a_day(
    sign_in: Callable[[Person], Page], address: str, administrator: Person, case: str, stumbling_blocks: Look
) -> None:
    """A colleague is added, gets a role, a password and a substitute; a case is paused; a token is made."""
    page = sign_in(administrator)
    page.goto(f"{address}/administration")
    page.get_by_role("navigation", name="Administration").get_by_role("link", name="Personer och roller").click()
    page.get_by_role("link", name="Lägg till en person").click()
    page.get_by_role("button", name="Lägg till").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv personens namn")
    assert both_widths(page, stumbling_blocks) == []
    assert page.evaluate("document.activeElement.className").startswith("govuk-error-summary")
    page.get_by_role("link", name="Skriv personens namn.").click()
    page.keyboard.type("Nina Nyman")
    page.get_by_label("Användarnamn").fill("nina")
    page.get_by_role("button", name="Lägg till").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nina Nyman")
    page.get_by_label("Roll", exact=True).select_option("process_leader")
    page.get_by_label("I organisationen").select_option("2062")
    page.get_by_role("button", name="Ge rollen").click()
    expect(page.get_by_text("Mora, processledare").first).to_be_visible()
    page.get_by_label("Vem ersätter?").select_option(index=1)
    today = local_date(utc_now())
    page.get_by_label("Sista dagen").fill((today + timedelta(days=7)).isoformat())
    page.get_by_role("button", name="Utse", exact=True).click()
    expect(page.get_by_text("Ersätter nu")).to_be_visible()
    assert both_widths(page, stumbling_blocks) == []
    page.get_by_role("button", name="Skapa ett nytt lösenord").click()
    expect(page.locator(".secret code")).to_be_visible()
    assert both_widths(page, stumbling_blocks) == []
    page.goto(f"{address}/administration/arenden/{case}")
    page.get_by_role("button", name="Pausa ärendet").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv varför")
    assert both_widths(page, stumbling_blocks) == []
    page.get_by_label("Skäl till pausen").fill("Väntar på besked")
    page.get_by_role("button", name="Pausa ärendet").click()
    expect(page.get_by_text("Pausat").first).to_be_visible()
    page.goto(f"{address}/administration/nycklar")
    page.get_by_role("button", name="Skapa nyckel").click()
    assert both_widths(page, stumbling_blocks) == []
    page.goto(f"{address}/administration/logg")
    expect(page.get_by_text("Gav Nina Nyman en roll")).to_be_visible()


def test_what_will_happen_is_shown_first(
    sign_in: Callable[[Person], Page], address: str, administrator: Person, case: str, stumbling_blocks: Look
) -> None:
    page = sign_in(administrator)
    page.goto(f"{address}/administration/arenden/{case}/andra")
    page.get_by_role("button", name="Visa vad som händer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert both_widths(page, stumbling_blocks) == []
    page.get_by_role("checkbox").first.check()
    element = page.get_by_role("checkbox").first.get_attribute("value")
    page.get_by_label("Var ska arbetet fortsätta?").select_option(f"start_before:{element}")
    page.get_by_label("Skäl").fill("Om igen")
    page.get_by_role("button", name="Visa vad som händer").click()
    expect(page.get_by_role("heading", name="Det här kommer att hända")).to_be_focused()
    assert both_widths(page, stumbling_blocks) == []
    page.get_by_role("button", name="Gör ändringen").click()
    expect(page.get_by_text("Ärendet är ändrat.")).to_be_visible()
