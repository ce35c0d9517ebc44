"""The task list in a real browser: by keyboard, several at once, back again, and without script."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import insert, select, update

from engine.database import Database
from engine.database.tables import user_task
from engine.people import Person, list_people
from tests.workplace import enter, make_application, open_county

Look = Callable[[Page], list[str]]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    yield from open_county(tmp_path)


@pytest.fixture
def application(database: Database, tmp_path: Path) -> Flask:
    return make_application(database, tmp_path)


@pytest.fixture
def address(application: Flask, serve: Callable[[Flask], str]) -> str:
    return serve(application)


@pytest.fixture
def somebody(database: Database) -> Person:
    """With several tasks, which nobody has taken over."""
    with database.write() as connection:
        connection.execute(update(user_task).where(user_task.c.state == "open").values(assignee=None))
        held = select(user_task).where(user_task.c.state == "open", ~user_task.c.gate).order_by(user_task.c.due_at)
        row = connection.execute(held).mappings().first()
        assert row is not None
        connection.execute(insert(user_task).values({**row, "id": uuid4().hex}))
        return list_people(connection, role=row["role"], organisation=row["role_organisation"])[0]


def test_by_keyboard_alone(
    page: Page, application: Flask, address: str, somebody: Person, stumbling_blocks: Look
) -> None:
    enter(page.context, application, address, somebody)
    page.goto(f"{address}/uppgifter?omfattning=alla")
    links = page.locator(".task__name a")
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_text("1 uppgift vald")).to_be_visible()
    assert stumbling_blocks(page) == []

    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Kortkommandon")
    expect(dialog).to_be_visible()
    assert stumbling_blocks(page) == []
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "['BODY', 'HTML'].includes(document.activeElement.tagName)"
            " || document.getElementById('tangenter').contains(document.activeElement)"
        )
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(links.nth(0)).to_be_focused()

    # Where colours are forced, what is transparent elsewhere must not make every scope look chosen.
    page.emulate_media(forced_colors="active")
    underlines = page.locator(".scopes > ul a").evaluate_all(
        "all => all.map(one => [one.hasAttribute('aria-current'), getComputedStyle(one).borderBlockEndColor])"
    )
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert [colour != ground for _here, colour in underlines] == [here for here, _colour in underlines]

    page.keyboard.press("/")
    field = page.get_by_label("Sök i uppgifterna")
    expect(field).to_be_focused()
    page.keyboard.type("?gojx")
    expect(field).to_have_value("?gojx")
    expect(dialog).to_be_hidden()
    links.nth(0).focus()
    opened = links.nth(0).get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}{opened}")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/overenskommelser")
    page.keyboard.press("/")
    expect(page.get_by_label("Sök i Samflöde")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 320])
def test_several_at_once_and_back_to_the_same_list(
    page: Page, application: Flask, address: str, somebody: Person, stumbling_blocks: Look, width: int
) -> None:
    enter(page.context, application, address, somebody)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/uppgifter?omfattning=roller&lage=late")
    page.get_by_label("Välj").first.check()
    page.get_by_role("button", name="Välj alla på sidan").click()
    boxes = page.get_by_label("Välj")
    assert all(box.is_checked() for box in boxes.all())
    expect(page.get_by_text(f"{boxes.count()} uppgifter valda")).to_be_visible()
    assert stumbling_blocks(page) == []

    page.locator("#valda").get_by_role("button", name="Lämna över").click()
    assert stumbling_blocks(page) == []
    page.go_back()
    expect(page).to_have_url(f"{address}/uppgifter?omfattning=roller&lage=late")
    page.get_by_label("Välj").first.check()
    page.get_by_role("button", name="Ta över").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Klart")
    assert stumbling_blocks(page) == []
    page.get_by_role("link", name="Tillbaka till listan").click()
    expect(page).to_have_url(f"{address}/uppgifter?omfattning=roller&lage=late")
    expect(page.get_by_text("Övertagen").first).to_be_visible()

    page.locator(".task__name a").first.click()
    page.get_by_role("link", name="Mina uppgifter").last.click()
    expect(page).to_have_url(f"{address}/uppgifter?omfattning=roller&lage=late")
    page.get_by_text("Spara filtret").click()
    page.get_by_label("Filtrets namn").fill("Sent hos oss")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_text("Filtret är sparat.")).to_be_visible()
    page.get_by_role("link", name="Ändra sparade filter").click()
    assert stumbling_blocks(page) == []
    for path in ("/sok", "/sok?q=finnsinte", "/sok?q=e", "/installningar"):
        page.goto(address + path)
        assert stumbling_blocks(page) == [], path


def test_without_script(browser: Browser, application: Flask, address: str, somebody: Person) -> None:
    context = browser.new_context(java_script_enabled=False)
    enter(context, application, address, somebody)
    page = context.new_page()
    page.goto(f"{address}/uppgifter")
    page.get_by_label("Välj").first.check()
    assert page.get_by_text("Med de uppgifter som du har kryssat i:").is_visible()
    page.get_by_role("button", name="Ta över").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Klart"
    context.close()
