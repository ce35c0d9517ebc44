"""A steering group's day: from the list to a decision that sends the work back, which the process leader then meets."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.clock import utc_now
from engine.database import Database
from engine.database.tables import user_task
from engine.people import Person, list_people
from engine.queries import TaskFilter, list_tasks
from tests.browser.test_pages import Look, address, application, database, fill_in, sign_in

__all__ = ["address", "application", "database", "sign_in"]

SignIn = Callable[[Person], Page]
COMMENT = "Siffrorna behöver delas upp på kvinnor och män."


def phase_to_decide(database: Database) -> tuple[Person, str, str]:
    """Somebody in a steering group, a task to decide about a phase after a self-assessment, and its municipality."""
    with database.read() as connection:
        for person in list_people(connection, role="steering_group"):
            for task in list_tasks(connection, person, utc_now(), TaskFilter(gate=True)).items:
                if task.process_key.startswith("iris_"):
                    return person, task.id, str(task.organisation)
    pytest.fail("no phase waits for a decision")


def test_a_steering_group_sends_the_work_back_and_the_process_leader_reads_why(
    sign_in: SignIn, database: Database, address: str, stumbling_blocks: Look
) -> None:
    person, task_id, organisation = phase_to_decide(database)
    page = sign_in(person)
    page.goto(f"{address}/beslut")
    page.locator(f'a[href^="/uppgifter/{task_id}"]').first.click()
    for name in ("Vad ni ska ta ställning till", "Självskattning", "Ert beslut", "Tidigare beslut"):
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Checklista:")).to_be_visible()
    expect(page.get_by_role("img", name="Självskattningen")).to_be_visible()
    assert stumbling_blocks(page) == []
    levels = page.locator("main :is(h1, h2, h3, h4)").evaluate_all("all => all.map(one => Number(one.tagName[1]))")
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels

    page.get_by_role("button", name="Registrera beslutet").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert stumbling_blocks(page) == []
    page.get_by_label("Skicka tillbaka", exact=True).check()
    page.get_by_label("Vad behöver göras?").fill(COMMENT)
    fill_in(page)
    page.get_by_role("button", name="Registrera beslutet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Klart, tack")

    with database.read() as connection:
        leader = list_people(connection, role="process_leader", organisation=organisation)[0]
        began = select(user_task.c.id).where(
            user_task.c.organisation == organisation,
            user_task.c.process_key.startswith("iris_"),
            user_task.c.state == "open",
        )
        opened = connection.execute(began.order_by(user_task.c.created_at.desc())).scalars().first()
    page = sign_in(leader)
    page.goto(f"{address}/uppgifter/{opened}")
    assert COMMENT in page.content()
    page.goto(f"{address}/beslut?kommun={organisation}&utfall=returned")
    expect(page.get_by_text(COMMENT)).to_be_visible()


def test_the_papers_for_a_decision_are_printed_with_boxes_and_lines(
    sign_in: SignIn, database: Database, address: str, tmp_path: Path
) -> None:
    person, task_id, _organisation = phase_to_decide(database)
    page = sign_in(person)
    page.goto(f"{address}/uppgifter/{task_id}")
    page.emulate_media(media="print")
    for shown in ("☐ Skicka tillbaka", "Ordförande:", "Justerare:"):
        expect(page.get_by_text(shown).first).to_be_visible()
    for hidden in (page.locator("main form").first, page.locator(".top"), page.get_by_text("Det här händer")):
        expect(hidden).to_be_hidden()
    file = tmp_path / "papers.pdf"
    page.pdf(path=file, format="A4", prefer_css_page_size=True)
    assert file.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(("width", "pages"), [(1280, 1), (320, 3)])
def test_nobody_stumbles_on_the_agreement_as_a_document(
    sign_in: SignIn, database: Database, address: str, stumbling_blocks: Look, width: int, pages: int
) -> None:
    person, _task_id, organisation = phase_to_decide(database)
    page = sign_in(person)
    page.set_viewport_size({"width": width, "height": 900})
    key = f"dalarna-kvinnofrid-2024/{organisation}"
    for path in (f"/{key}/dokument?version=1&jamfor=1", f"/{key}", "/dalarna-kvinnofrid-2024")[:pages]:
        page.goto(f"{address}/overenskommelser{path}")
        assert stumbling_blocks(page) == [], path


def test_on_a_phone_the_line_of_time_opens_at_today_with_letters_that_can_be_read(
    sign_in: SignIn, database: Database, address: str
) -> None:
    person, _task_id, organisation = phase_to_decide(database)
    page = sign_in(person)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/overenskommelser/dalarna-kvinnofrid-2024/{organisation}")
    today = page.locator(".timeline .c-today")
    box, place = today.bounding_box(), page.locator(".timeline").bounding_box()
    assert box is not None
    assert place is not None
    assert place["x"] + 128 <= box["x"] <= place["x"] + place["width"], "beside the names, within what is seen"
    letters = "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    scale = "one => one.getBoundingClientRect().width / one.viewBox.baseVal.width"
    smallest = min(page.locator(".timeline text").evaluate_all(letters))
    assert smallest * page.locator(".timeline__line").evaluate(scale) >= 12
    page.locator(".timeline").focus()
    before = page.locator(".timeline").evaluate("one => one.scrollLeft")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => document.querySelector('.timeline').scrollLeft > before", arg=before)


def test_a_diagram_that_is_cut_off_is_moved_with_the_keys_and_every_step_stands_in_words(
    sign_in: SignIn, database: Database, address: str
) -> None:
    person, _task_id, _organisation = phase_to_decide(database)
    page = sign_in(person)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/overenskommelser/dalarna-kvinnofrid-2024")
    expect(page.get_by_text("Flytta det med piltangenterna")).to_be_visible()
    place = page.locator(".diagram--movable").first
    current = place.locator(".djs-element.is-current").first
    before = current.bounding_box()
    place.focus()
    page.keyboard.press("ArrowRight")
    after = current.bounding_box()
    assert before is not None
    assert after is not None
    assert round(before["x"] - after["x"]) == 80
    drawn = place.locator(".djs-element.is-current, .djs-element.is-passed")
    steps = page.locator(".steps > li")
    assert steps.count() >= page.locator('.steps > [aria-current="step"]').count() > 0
    assert drawn.count() > 0
    expect(page.locator(".bjs-powered-by").first).to_be_visible()
