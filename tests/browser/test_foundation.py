"""The pages that everybody meets, and every kind of question, in a real browser: wide, and as narrow as 320 pixels."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from flask import Flask, render_template_string, request
from playwright.sync_api import Page, expect
from werkzeug.datastructures import MultiDict

from engine.errors import FieldError
from tests.web.conftest import PASSWORD
from tests.web.test_forms import CATALOGUES, PAGE, SCHEMA, VALUES
from web import access
from web.forms import parsing, rendering

Look = Callable[[Page], list[str]]
Serve = Callable[[Flask], str]


def sign_in(page: Page, address: str) -> None:
    page.goto(address + "/logga-in")
    page.get_by_label("Användarnamn").fill("karin")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("path", ["/logga-in", "/hjalp", "/tillganglighet", "/personuppgifter", "/finns-inte"])
def test_pages_for_everybody_have_no_stumbling_block(
    page: Page, serve: Serve, application: Flask, stumbling_blocks: Look, path: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(serve(application) + path)
    assert stumbling_blocks(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_the_head_of_the_page_works_for_somebody_signed_in(
    page: Page, serve: Serve, application: Flask, karin: str, stumbling_blocks: Look, width: int, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, serve(application))
    assert stumbling_blocks(page) == []
    page.locator(".switch--account > summary").click()
    assert stumbling_blocks(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Logga ut")).to_be_hidden()


def test_on_a_phone_the_head_takes_two_rows_and_the_keyboard_goes_from_the_first_to_the_second(
    page: Page, serve: Serve, application: Flask, karin: str
) -> None:
    sign_in(page, serve(application))
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 800})
        head = page.locator("header.top").bounding_box()
        assert head is not None
        assert head["height"] < 120
        stops = page.locator("header").locator("a:visible, summary:visible, button:visible, input:visible")
        tops = [box["y"] + box["height"] / 2 for stop in stops.all() if (box := stop.bounding_box())]
        assert len(tops) > 4
        assert all(below > above - 8 for above, below in pairwise(tops)), tops


def test_the_keyboard_reaches_the_content_first(page: Page, serve: Serve, application: Flask) -> None:
    page.goto(serve(application) + "/hjalp")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Hoppa till innehållet")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "innehall"


@pytest.fixture
def form_address(application: Flask, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> str:
    """A page with every kind of question, which draws what is posted to it again."""

    def show() -> str:
        values, focus, errors = (
            dict(VALUES),
            "",
            [FieldError("share", "Skriv ett tal."), FieldError("outcome", "Välj.")],
        )
        if request.method == "POST":
            posted = MultiDict(request.form)
            values, errors = parsing.parse(SCHEMA, CATALOGUES, posted)
            changed = parsing.with_changed_rows(SCHEMA, CATALOGUES, posted, values)
            values, focus = changed or (values, "")
        fields = rendering.build(SCHEMA, values, errors, CATALOGUES, str, focus=focus)
        links = rendering.error_links(fields, errors)
        return render_template_string(PAGE, fields=fields, links=links, errors=links)

    application.add_url_rule("/prov", "prov", show, methods=["GET", "POST"])
    monkeypatch.setattr(access, "PUBLIC", access.PUBLIC | {"prov"})
    return serve(application) + "/prov"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_every_kind_of_question_has_no_stumbling_block(
    page: Page, form_address: str, stumbling_blocks: Look, width: int, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(form_address)
    assert stumbling_blocks(page) == []


def test_a_failed_submission_puts_the_focus_on_what_to_correct(page: Page, form_address: str) -> None:
    page.goto(form_address)
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Skriv ett tal.").click()
    expect(page.locator("#f-share")).to_be_focused()


def test_a_question_with_a_condition_comes_and_goes(page: Page, form_address: str) -> None:
    page.goto(form_address)
    question = page.get_by_label("Vad behöver ändras?")
    expect(question).to_be_visible()
    page.get_by_label("Godkänt").check()
    expect(question).to_be_hidden()


def test_a_row_is_added_with_the_focus_in_it_and_enter_never_removes_one(page: Page, form_address: str) -> None:
    page.goto(form_address)
    page.get_by_role("button", name="Lägg till en rad").click()
    added = page.locator("[name='activities.2.activity']")
    expect(added).to_be_focused()
    added.fill("Öva tillsammans")
    added.press("Enter")
    expect(page.locator("[name='activities.2.activity']")).to_have_value("Öva tillsammans")
    page.get_by_role("button", name="Ta bort rad 1").click()
    expect(page.locator("[name='activities.1.activity']")).to_have_value("Öva tillsammans")


def test_without_script_everything_is_shown_and_rows_can_be_added(
    new_context: Callable[..., object], form_address: str
) -> None:
    page: Page = new_context(java_script_enabled=False).new_page()  # type: ignore[attr-defined]
    page.goto(form_address)
    page.get_by_label("Godkänt").check()
    expect(page.get_by_label("Vad behöver ändras?")).to_be_visible()
    expect(page.get_by_text("Svara bara om svaret på ”Vad beslutade ni?” är ”Tillbaka”.")).to_be_visible()
    page.get_by_role("button", name="Lägg till en rad").click()
    expect(page.locator("[name='activities.2.activity']")).to_be_visible()


def test_nothing_is_refused_by_the_content_policy(page: Page, form_address: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(form_address)
    page.get_by_role("button", name="Skicka in").click()
    assert said == []
