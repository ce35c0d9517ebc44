"""A task's page in a browser: what is typed is there the next time, whatever happens to window, network and session."""

import json
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from engine.clock import utc_now
from engine.commands import deploy_pack, save_draft, start_process
from engine.commands.contributions import ask_for_contribution
from engine.database import Database
from engine.database.tables import draft, metadata, user_task
from engine.people import create_person, find_person, grant
from tests.packs import PACK, build_pack
from tests.web.test_task_page import FORM
from tests.workplace import make_application

PASSWORD = "ett-bra-losenord"
Look = Callable[[Page], list[str]]


@pytest.fixture
def county(sqlite_url: str, tmp_path: Path) -> Iterator[Database]:
    folder = build_pack(tmp_path / "pack")
    (folder / "called/forms/text.json").write_text(json.dumps(FORM))
    opened = Database(sqlite_url)
    metadata.create_all(opened.engine)
    with opened.write() as connection:
        deploy_pack(connection, utc_now(), folder)
        for name in ("Karin", "Birgitta"):
            person_id = create_person(connection, utc_now(), name.lower(), name, password=PASSWORD)
            grant(connection, utc_now(), person_id, "process_leader", "2080")
        karin = find_person(connection, "karin")
        assert karin is not None
        start_process(connection, utc_now(), karin, "caller", organisation="2080", pack_key=PACK)
    yield opened
    opened.close()


@pytest.fixture
def address(county: Database, tmp_path: Path, serve: Callable[[Flask], str]) -> str:
    with county.read() as connection:
        task_id = connection.execute(select(user_task.c.id).where(user_task.c.state == "open")).scalar_one()
    return f"{serve(make_application(county, tmp_path))}/uppgifter/{task_id}"


def sign_in(page: Page, address: str, username: str) -> Page:
    page.goto(address)
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.locator("form:has(#password) button").click()
    expect(page.locator("h1")).to_have_text("work")
    return page


def drafts_of(county: Database) -> list[Any]:
    with county.read() as connection:
        return list(connection.execute(select(draft.c["values"])).scalars())


def saved(page: Page) -> None:
    expect(page.locator("#utkast-laget")).to_have_text(re.compile(r"Sparat \d+\.\d\d"), timeout=15_000)


def test_what_is_typed_is_there_after_the_browser_was_closed(
    browser: Browser, address: str, county: Database, stumbling_blocks: Look
) -> None:
    first = browser.new_context(locale="sv-SE")
    page = sign_in(first.new_page(), address, "karin")
    page.locator("#f-today").press_sequentially("Rutin finns sedan 2021.")
    saved(page)
    assert page.locator("[data-mark=today]").evaluate("item => item.classList.contains('is-done')")
    assert stumbling_blocks(page) == []
    # The second text is typed just before the window goes.
    page.locator("#f-gaps").press_sequentially("Jourtid.")
    page.close(run_before_unload=True)
    reopened = sign_in(browser.new_context(locale="sv-SE").new_page(), address, "karin")
    expect(reopened.locator("#f-today")).to_have_value("Rutin finns sedan 2021.")
    expect(reopened.locator("#f-gaps")).to_have_value("Jourtid.")
    for context in browser.contexts:
        context.close()


def test_two_windows_and_a_colleague(
    context: BrowserContext, address: str, county: Database, stumbling_blocks: Look
) -> None:
    with county.write() as connection:
        birgitta = find_person(connection, "birgitta")
        assert birgitta is not None
        task_id = address.rpartition("/")[2]
        save_draft(connection, utc_now(), birgitta, task_id, {"today": "Birgittas text"})
    one = sign_in(context.new_page(), address, "karin")
    two = context.new_page()
    two.goto(address)
    one.locator("#f-today").press_sequentially("Från första fönstret")
    saved(one)
    two.locator("#f-today").press_sequentially("Från andra fönstret")
    expect(two.locator("#utkast-laget")).to_contain_text("Båda texterna finns kvar")
    assert stumbling_blocks(two) == []
    two.locator("#utkast-valj").click()
    expect(two.locator("h1")).to_have_text("Du har skrivit i två fönster")
    assert stumbling_blocks(two) == []
    two.get_by_label("Båda, efter varandra").check()
    two.get_by_role("button", name="Använd det jag har valt").click()
    expect(two.locator("#f-today")).to_have_value("Från andra fönstret\n\nFrån första fönstret")

    two.get_by_role("link", name="Jämför med utkastet av Birgitta").click()
    assert stumbling_blocks(two) == []
    two.get_by_role("button", name="Ta in allt från Birgitta").click()
    expect(two.locator("#f-today")).to_have_value("Birgittas text")
    assert len(drafts_of(county)) == 2


def test_without_contact_the_text_waits_in_the_browser(context: BrowserContext, address: str, county: Database) -> None:
    page = sign_in(context.new_page(), address, "karin")
    context.set_offline(True)
    page.locator("#f-today").press_sequentially("Skrivet på tåget")
    expect(page.locator("#utkast-laget")).to_contain_text("Texten finns kvar här i webbläsaren")
    kept = page.evaluate("Object.values(localStorage)")
    assert any("tåget" in one or "t%C3%A5get" in one for one in kept)
    assert all("csrf" not in one for one in kept)
    assert drafts_of(county) == []
    context.set_offline(False)
    saved(page)
    assert drafts_of(county) == [{"today": "Skrivet på tåget"}]
    assert page.evaluate("localStorage.length") == 0

    # Signed out in another tab: the text waits, and is saved once somebody has signed in again.
    other = context.new_page()
    other.goto(address)
    other.evaluate("document.querySelector('form[action=\"/logga-ut\"]').submit()")
    other.wait_for_url(re.compile("logga-in"))
    page.locator("#f-gaps").press_sequentially("Efter utloggning")
    with context.expect_page() as opened:
        page.locator("#utkast-logga-in").click()
    opened.value.fill("#username", "karin")
    opened.value.fill("#password", PASSWORD)
    opened.value.locator("form:has(#password) button").click()
    expect(opened.value.locator(".switch--account")).to_be_visible()
    page.locator("#f-gaps").press_sequentially("!")
    saved(page)
    assert drafts_of(county)[0]["gaps"].startswith("Efter utloggning")


def test_files_comments_and_help(context: BrowserContext, address: str, tmp_path: Path, stumbling_blocks: Look) -> None:
    workbook = BytesIO()
    Workbook().save(workbook)
    (tmp_path / "Statistik.xlsx").write_bytes(workbook.getvalue())
    (tmp_path / "fel.exe").write_bytes(b"MZ")
    page = sign_in(context.new_page(), address, "karin")
    page.set_viewport_size({"width": 320, "height": 800})
    page.locator("#f-today").fill("Inte sparat än")
    page.set_input_files("#bifoga", [tmp_path / "Statistik.xlsx", tmp_path / "fel.exe"])
    page.locator("button[value=attach]").last.click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("fel.exe")
    expect(page.locator(".files")).to_contain_text("Statistik.xlsx")
    expect(page.locator("#f-today")).to_have_value("Inte sparat än")
    assert stumbling_blocks(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Statistik.xlsx").click()
    assert download.value.suggested_filename == "Statistik.xlsx"

    page.locator("#kommentar").press_sequentially("Har du siffror, @bir")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#kommentar")).to_have_value("Har du siffror, @Birgitta ")
    page.get_by_role("button", name="Lägg till kommentaren").click()
    expect(page.locator(".comments")).to_contain_text("till Birgitta")
    page.get_by_role("link", name="Be någon skriva en del").click()
    page.get_by_role("button", name="Skicka frågan").click()
    assert stumbling_blocks(page) == []
    page.get_by_label("Vad saknas?").check()
    page.get_by_label("Vem vill du fråga?").select_option(label="Birgitta")
    page.get_by_role("button", name="Skicka frågan").click()
    expect(page.locator(".contributions")).to_contain_text("Har inte börjat")
    assert stumbling_blocks(page) == []


def test_a_part_that_somebody_else_writes_saves_itself(
    context: BrowserContext, address: str, county: Database, stumbling_blocks: Look
) -> None:
    with county.write() as connection:
        karin, birgitta = find_person(connection, "karin"), find_person(connection, "birgitta")
        assert karin is not None
        assert birgitta is not None
        task_id = address.rpartition("/")[2]
        part = ask_for_contribution(connection, utc_now(), karin, task_id, birgitta.id, ["gaps"], None, "")
    page = sign_in(context.new_page(), f"{address}/bidra/{part}", "birgitta")
    page.locator("#f-gaps").press_sequentially("Jourtid.")
    saved(page)
    assert stumbling_blocks(page) == []
    page.reload()
    expect(page.locator("#f-gaps")).to_have_value("Jourtid.")
    expect(page.locator("#utkast-laget")).to_contain_text("Utkastet är sparat")
