"""RSS Dalarna's day with the county: what is late, reminding, handing over, files; and axe on every view."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.database import Database
from engine.database.tables import outbox, user_task
from engine.people import list_people
from tests.workplace import enter, make_application, open_county

Look = Callable[[Page], list[str]]
VIEWS = (
    "/lansbild",
    "/lansbild/sent?visa=alla&skede=drafting",
    "/lansbild/flaskhalsar?skede=anchoring",
    "/lansbild/sjalvskattningar",
    "/lansbild/avvikelser",
    "/lansbild/nyckeltal",
    "/lansbild/arbetsbelastning",
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    yield from open_county(tmp_path_factory.mktemp("monitoring"))


@pytest.fixture
def application(database: Database, tmp_path: Path) -> Flask:
    return make_application(database, tmp_path, demo=True)


@pytest.fixture
def address(application: Flask, serve: Callable[[Flask], str]) -> str:
    return serve(application)


@pytest.fixture
def rss(page: Page, application: Flask, database: Database, address: str) -> Page:
    """The browser of somebody at RSS Dalarna, in Swedish."""
    with database.read() as connection:
        person = list_people(connection, role="rss")[0]
    enter(page.context, application, address, person)
    return page


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_nobody_stumbles_on_the_countys_pages(
    rss: Page, address: str, stumbling_blocks: Look, width: int, scheme: Any
) -> None:
    rss.set_viewport_size({"width": width, "height": 900})
    rss.emulate_media(color_scheme=scheme)
    for path in VIEWS:
        rss.goto(address + path)
        assert stumbling_blocks(rss) == [], path


def test_late_remind_reassign_download(rss: Page, database: Database, address: str, stumbling_blocks: Look) -> None:
    rss.goto(f"{address}/lansbild")
    rss.get_by_role("navigation", name="Länsbildens sidor").get_by_role("link", name="Sent").click()
    expect(rss.get_by_role("heading", level=1)).to_have_text("Vad som är sent, och hos vem")
    rss.get_by_label("Visa", exact=True).select_option("alla")
    rss.get_by_role("button", name="Visa", exact=True).click()
    first = rss.locator(".late > li").filter(has=rss.get_by_role("checkbox")).first
    task_id = first.get_by_role("checkbox").get_attribute("value")
    first.get_by_role("checkbox").check()
    rss.get_by_role("button", name="Påminn om de valda").click()
    expect(rss.get_by_role("status").first).to_contain_text("på väg till")
    expect(rss).to_have_url(f"{address}/lansbild/sent?visa=alla")
    assert stumbling_blocks(rss) == []
    with database.read() as connection:
        letters = connection.execute(select(outbox.c.kind).where(outbox.c.task_id == task_id)).scalars().all()
    assert "reminder" in letters

    row = rss.locator(".late > li").filter(has=rss.get_by_text("Byt ansvarig")).first
    row.get_by_text("Byt ansvarig").click()
    assert stumbling_blocks(rss) == []
    row.get_by_label("Vem ska ta över?").select_option(index=1)
    chosen = row.get_by_label("Vem ska ta över?").input_value()
    row.get_by_role("button", name="Lämna över").click()
    expect(rss.get_by_role("status").first).to_have_text("Uppgiften är lämnad över.")
    with database.read() as connection:
        held = connection.execute(select(user_task.c.id).where(user_task.c.assignee == chosen)).scalars().all()
    assert held

    with rss.expect_download() as download:
        rss.get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename.startswith("samflode-sent-")


def test_the_map_is_walked_by_keyboard_and_the_diagram_is_warm(rss: Page, address: str, stumbling_blocks: Look) -> None:
    refused: list[str] = []
    rss.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    rss.goto(f"{address}/lansbild")
    places = rss.locator(".map__place")
    expect(places).to_have_count(15)
    places.first.focus()
    rss.keyboard.press("Tab")
    expect(places.nth(1)).to_be_focused()
    rss.keyboard.press("Enter")
    expect(rss.get_by_role("heading", level=1)).not_to_have_text("Länsbild")

    rss.goto(f"{address}/lansbild/flaskhalsar?process=drafting")
    expect(rss.locator(".djs-element[class*='heat-']").first).to_be_attached()
    expect(rss.locator(".heat-time").first).to_be_visible()
    assert refused == []
    assert stumbling_blocks(rss) == []


def test_on_a_phone_each_municipality_is_a_card(rss: Page, address: str) -> None:
    rss.set_viewport_size({"width": 390, "height": 844})
    rss.goto(f"{address}/lansbild")
    cards = rss.locator(".matrix tbody tr")
    expect(cards).to_have_count(15)
    edges = cards.evaluate_all("rows => rows.map(row => row.getBoundingClientRect().right)")
    assert max(edges) <= 390
    cards.first.get_by_role("link").click()
    expect(rss.locator("h1")).to_be_visible()
    assert "/overenskommelser/" in rss.url
