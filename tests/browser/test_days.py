"""A day's work in each role: from the task list, through the form, to the next person's task list.

Those who decide for the county, those who take care of a deviation, and whoever stands in for a colleague. The others'
days are in test_pages, test_decisions, test_monitoring and test_administration.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.clock import local_date, utc_now
from engine.commands import deploy_pack
from engine.database import Database
from engine.database.tables import user_task
from engine.database.upgrade import upgrade
from engine.packs import load_pack, shipped_packs
from engine.people import Person, list_people
from engine.simulation.cast import cast_county
from tests.browser.test_pages import Look, fill_in
from tests.workplace import enter, make_application, open_county

Found = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One for all: each day is about a case of its own."""
    yield from open_county(tmp_path_factory.mktemp("days"))


@pytest.fixture
def application(database: Database, tmp_path: Path) -> Flask:
    return make_application(database, tmp_path, demo=True)


class Day:
    """One browser, in which one person after the other does what waits for them."""

    def __init__(self, page: Page, application: Flask, address: str, database: Database, look: Look) -> None:
        self.page, self.application, self.address, self.database, self.look = (
            page,
            application,
            address,
            database,
            look,
        )
        self.before = {one[0] for one in self.open_tasks()}

    def be(self, role: str, organisation: str | None = None) -> Person:
        with self.database.read() as connection:
            person = list_people(connection, role=role, organisation=organisation)[0]
        enter(self.page.context, self.application, self.address, person)
        return person

    def open_tasks(self) -> list[Found]:
        """(id, element, role, the role's organisation) of all, the newest last."""
        columns = (user_task.c.id, user_task.c.element_id, user_task.c.role, user_task.c.role_organisation)
        query = select(*columns).where(user_task.c.state == "open").order_by(user_task.c.created_at, user_task.c.id)
        with self.database.read() as connection:
            return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]

    def has_come(self, element: str) -> list[Found]:
        """The tasks at that step that have come since the day began."""
        return [one for one in self.open_tasks() if one[1] == element and one[0] not in self.before]

    def came(self, element: str) -> Found:
        found = self.has_come(element)
        assert found, f"{element} has not come; the page is {self.page.title()}"
        return found[0]

    def start(self, process: str) -> None:
        self.page.goto(f"{self.address}/starta")
        self.page.locator(f'a[href="/starta/{process}"]').click()

    def hand_in_form(self) -> None:
        fill_in(self.page)
        fill_in(self.page)  # an answer may bring up a question whose answer brings up another
        with self.page.expect_navigation():
            self.page.locator("main form[data-keep] button.govuk-button:not(.govuk-button--secondary)").last.click()
        assert self.page.locator(".govuk-error-summary").all_inner_texts() == []

    def open_from_list(self, task: Found) -> None:
        self.page.goto(f"{self.address}/uppgifter")
        self.page.locator(f'.task a[href^="/uppgifter/{task[0]}"]').click()
        assert self.look(self.page) == []

    def do(self, element: str) -> None:
        """Whoever the task is for finds it in their list and hands it in."""
        task = self.came(element)
        self.be(task[2], task[3])
        self.open_from_list(task)
        self.hand_in_form()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Klart, tack")

    def waits_for(self, element: str) -> str:
        """The role that finds it in its list next."""
        task = self.came(element)
        self.be(task[2], task[3])
        self.page.goto(f"{self.address}/uppgifter")
        expect(self.page.locator(f'.task a[href^="/uppgifter/{task[0]}"]')).to_be_visible()
        return task[2]


@pytest.fixture
def day(
    page: Page, application: Flask, database: Database, serve: Callable[[Flask], str], stumbling_blocks: Look
) -> Day:
    return Day(page, application, serve(application), database, stumbling_blocks)


@pytest.fixture
def first_day(
    page: Page, sqlite_url: str, tmp_path: Path, serve: Callable[[Flask], str], stumbling_blocks: Look
) -> Iterator[Day]:
    """In a county where nothing has begun."""
    database = Database(sqlite_url)
    upgrade(database)
    folder = shipped_packs()[0]
    with database.write() as connection:
        deploy_pack(connection, utc_now(), folder)
        cast_county(connection, utc_now(), load_pack(folder), seed=1)
    application = make_application(database, tmp_path, demo=True)
    yield Day(page, application, serve(application), database, stumbling_blocks)
    database.close()


def test_the_network_decides_on_a_minor_amendment_and_rss_documents_it(day: Day) -> None:
    day.be("rss")
    day.start("minor_amendment")
    day.page.get_by_label("Nej", exact=True).check()
    day.hand_in_form()
    day.do("decide_amendment")
    assert day.waits_for("document_amendment") == "rss"


def test_the_welfare_council_recommends_a_proposal_and_every_party_is_to_decide(first_day: Day) -> None:
    day = first_day
    day.be("rss")
    day.start("regional_agreement")
    day.page.get_by_label("Till och med vilken dag").fill("2040-12-31")
    day.hand_in_form()
    day.page.goto(f"{day.address}/starta")
    expect(day.page.get_by_role("link", name="Mindre ändring")).to_be_visible()
    expect(day.page.locator('a[href="/starta/regional_agreement"]')).to_have_count(0)  # there is only one
    while day.has_come("register_signature"):
        day.do("register_signature")
    day.do("recommend_agreement")
    assert day.waits_for("register_party_decision") == "party"


def test_a_deviation_is_received_and_the_other_party_confirms_who_is_responsible(day: Day) -> None:
    day.be("reporter", "2084")
    day.start("deviation")
    day.hand_in_form()
    expect(day.page.get_by_role("heading", level=1)).to_have_text(re.compile("Avvikelse AVV-"))
    day.do("receive_report")
    day.do("propose_responsibility")
    assert day.waits_for("confirm_responsibility") == "deviation_party"


def test_a_process_leader_goes_away_and_a_substitute_does_what_waits(day: Day) -> None:
    task = next(one for one in day.open_tasks() if one[2] == "process_leader")
    absent = day.be(task[2], task[3])
    day.page.goto(f"{day.address}/uppgifter")
    day.page.get_by_role("link", name="Utse ersättare").first.click()
    chosen = day.page.get_by_label("Vem ersätter?")
    chosen.select_option(index=1)
    substitute = str(chosen.input_value())
    day.page.get_by_label("Sista dagen").fill((local_date(utc_now()) + timedelta(days=7)).isoformat())
    day.page.get_by_role("button", name="Utse", exact=True).click()
    expect(day.page.get_by_text("Ersätter nu")).to_be_visible()

    with day.database.read() as connection:
        (person,) = [one for one in list_people(connection) if one.id == substitute]
    enter(day.page.context, day.application, day.address, person)
    day.open_from_list(task)
    expect(day.page.get_by_text(f"Ersätter {absent.name} till och med")).to_be_visible()
    day.hand_in_form()
    expect(day.page.get_by_role("heading", level=1)).to_have_text("Klart, tack")

    day.be(task[2], task[3])
    day.page.goto(f"{day.address}/uppgifter/{task[0]}")
    expect(day.page).to_have_url(re.compile("/klar$"))
    assert task[0] not in {one[0] for one in day.open_tasks()}
