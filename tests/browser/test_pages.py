"""People of every role do their main job in a real browser, and axe looks at every page on the way."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from engine.clock import utc_now
from engine.database import Database
from engine.database.tables import user_task
from engine.people import Person, list_people
from engine.queries import TaskFilter, list_tasks
from tests.workplace import enter, make_application, open_county

Look = Callable[[Page], list[str]]
PAGES = ("/uppgifter", "/overenskommelser", "/beslut", "/avvikelser?lage=alla", "/lansbild", "/starta/deviation")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    yield from open_county(tmp_path)


@pytest.fixture
def application(database: Database, tmp_path: Path) -> Flask:
    return make_application(database, tmp_path, demo=True)


@pytest.fixture
def address(application: Flask, serve: Callable[[Flask], str]) -> str:
    return serve(application)


@pytest.fixture
def sign_in(page: Page, application: Flask, address: str) -> Callable[[Person], Page]:
    """Opens the browser as that person, in Swedish."""

    def open_as(person: Person) -> Page:
        enter(page.context, application, address, person)
        return page

    return open_as


def with_open_task(database: Database, *roles: str, gate: bool | None = None) -> tuple[Person, str]:
    """Somebody with one of the roles who may do an open task, and that task."""
    with database.read() as connection:
        for role in roles:
            for person in list_people(connection, role=role):
                for task in list_tasks(connection, person, utc_now(), TaskFilter(gate=gate)).items:
                    if task.role == role:
                        return person, task.id
    pytest.fail(f"nobody has an open task as {' or '.join(roles)}")


def fill_in(page: Page) -> None:
    """Answers every question that is shown, then those that the answers brought up."""
    form = page.locator("main form[data-keep]")
    for _round in range(2):
        answer(form)


def answer(form: Locator) -> None:
    """The first choice, a word, a day, wherever nothing stands yet."""
    for choice in form.locator("select:visible").all():
        if not choice.input_value():
            choice.select_option(index=1)
    for kind in ("radio", "checkbox"):
        choose_first(form, kind)
    for control in form.locator("input[type=date]:visible").all():
        if not control.input_value():
            control.fill("2026-02-10")
    for control in form.locator("textarea:visible, input.govuk-input:visible:not([type=date])").all():
        if not control.input_value():
            control.fill("7" if control.get_attribute("inputmode") else "Vi är överens.")


def choose_first(form: Locator, kind: str) -> None:
    """The first of each group in which nothing has been chosen."""
    shown = form.locator(f"input[type={kind}]:visible")
    for name in dict.fromkeys(shown.evaluate_all("all => all.map(one => one.name)")):
        group = form.locator(f'input[type={kind}][name="{name}"]')
        if not any(one.is_checked() for one in group.all()):
            group.first.check()


def test_nobody_stumbles_on_a_phone(
    sign_in: Callable[[Person], Page], database: Database, address: str, stumbling_blocks: Look
) -> None:
    """On a wide window every page is looked at in test_accessibility."""
    with database.read() as connection:
        page = sign_in(list_people(connection, role="process_leader")[0])
    page.set_viewport_size({"width": 320, "height": 900})
    for path in PAGES:
        page.goto(address + path)
        assert stumbling_blocks(page) == [], path


def test_a_working_group_writes_saves_and_hands_in(
    sign_in: Callable[[Person], Page], database: Database, address: str, stumbling_blocks: Look
) -> None:
    person, task_id = with_open_task(database, "working_group")
    page = sign_in(person)
    page.goto(f"{address}/uppgifter")
    page.locator(f'a[href="/uppgifter/{task_id}"]').first.click()
    assert stumbling_blocks(page) == []

    page.locator("main textarea:visible").first.fill("Ett första utkast.")
    page.get_by_role("button", name="Spara utkast").last.click()
    expect(page.get_by_role("status").filter(has_text="Utkastet är sparat").first).to_be_visible()
    expect(page.locator("main textarea:visible").first).to_have_value("Ett första utkast.")

    page.locator("main textarea:visible").first.fill("Ring 19811218-9876 om det.")
    page.get_by_role("button", name=re.compile("Skicka in")).last.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.locator("main textarea:visible").first).to_have_value("Ring 19811218-9876 om det.")
    assert stumbling_blocks(page) == []

    page.locator("main textarea:visible").first.fill("Färdig text.")
    fill_in(page)
    page.get_by_role("button", name=re.compile("Skicka in")).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Klart, tack")
    assert stumbling_blocks(page) == []
    page.goto(f"{address}/uppgifter/{task_id}")
    expect(page).to_have_url(re.compile("/klar$"))


def test_a_steering_group_reads_and_decides(
    sign_in: Callable[[Person], Page], database: Database, address: str, stumbling_blocks: Look
) -> None:
    person, task_id = with_open_task(database, "steering_group", gate=True)
    page = sign_in(person)
    page.goto(f"{address}/beslut")
    page.locator(f'a[href="/uppgifter/{task_id}"]').first.click()
    expect(page.get_by_role("heading", name="Ert beslut")).to_be_visible()
    assert stumbling_blocks(page) == []
    fill_in(page)
    page.get_by_role("button", name="Registrera beslutet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Klart, tack")
    with database.read() as connection:
        row = connection.execute(
            select(user_task.c.state, user_task.c.completed_by).where(user_task.c.id == task_id)
        ).one()
    assert tuple(row) == ("completed", person.id)


@pytest.mark.parametrize("roles", [("process_leader",), ("municipality_decision", "region_decision")], ids=str)
def test_others_do_what_is_theirs(
    sign_in: Callable[[Person], Page], database: Database, address: str, stumbling_blocks: Look, roles: tuple[str, ...]
) -> None:
    person, task_id = with_open_task(database, *roles)
    page = sign_in(person)
    page.goto(f"{address}/uppgifter/{task_id}")
    assert stumbling_blocks(page) == []
    fill_in(page)
    page.locator('main form[data-keep] button[value="complete"]').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Klart, tack")


def test_anybody_in_either_principal_reports_and_follows_a_deviation(
    sign_in: Callable[[Person], Page], database: Database, address: str, stumbling_blocks: Look
) -> None:
    with database.read() as connection:
        page = sign_in(list_people(connection, role="reporter")[0])
    page.goto(f"{address}/avvikelser")
    page.get_by_role("link", name="Rapportera en avvikelse").click()
    page.get_by_role("button", name="Skicka in").last.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert stumbling_blocks(page) == []
    fill_in(page)
    page.get_by_role("button", name="Skicka in").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Avvikelse AVV-\d{4}-\d{4}"))
    expect(page.get_by_text("Väntar på mottagande")).to_be_visible()
    assert stumbling_blocks(page) == []


def test_rss_filters_the_county_and_takes_it_away(
    sign_in: Callable[[Person], Page], database: Database, address: str
) -> None:
    with database.read() as connection:
        page = sign_in(list_people(connection, role="rss")[0])
    page.goto(f"{address}/lansbild")
    expect(page.locator(".matrix tbody tr")).to_have_count(15)
    page.get_by_label("Läget den dagen").fill("2025-03-01")
    page.get_by_role("button", name="Visa").click()
    expect(page.locator(".head__lead")).to_contain_text("1 mars 2025")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_where_an_agreement_stands_is_drawn_and_written(
    sign_in: Callable[[Person], Page], database: Database, address: str, stumbling_blocks: Look
) -> None:
    person, task_id = with_open_task(database, "working_group")
    with database.read() as connection:
        key = connection.execute(select(user_task.c.agreement_key).where(user_task.c.id == task_id)).scalar_one()
    page = sign_in(person)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}/overenskommelser/{key}")
    expect(page.locator(".djs-element.is-current").first).to_be_attached()
    expect(page.locator('.steps [aria-current="step"]').first).to_be_visible()
    expect(page.locator(".bjs-powered-by").first).to_be_visible()
    assert refused == []
    assert stumbling_blocks(page) == []


def test_an_administrator_sees_but_is_offered_nothing_to_do(
    sign_in: Callable[[Person], Page], database: Database, address: str
) -> None:
    _person, task_id = with_open_task(database, "working_group")
    with database.read() as connection:
        page = sign_in(list_people(connection, role="administrator")[0])
    page.goto(f"{address}/uppgifter/{task_id}")
    expect(page.get_by_text("Som administratör kan du se uppgiften")).to_be_visible()
    expect(page.locator("main form[data-keep]")).to_have_count(0)
