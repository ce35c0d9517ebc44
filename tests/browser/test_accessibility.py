"""Every page, once, by whoever meets it first: axe, narrow windows, large text, nothing from elsewhere."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from engine.database import Database
from engine.people import list_people
from tests.browser.test_pages import with_open_task
from tests.workplace import enter, make_application, open_county

Look = Callable[[Page], list[str]]
ROLES = ("process_leader", "working_group", "steering_group", "rss", "administrator")
START = (
    "/uppgifter",
    "/uppgifter?sok=finns-inte",
    "/overenskommelser",
    "/beslut",
    "/avvikelser",
    "/avvikelser?lage=alla",
    "/lansbild",
    "/starta",
    "/installningar",
    "/arshjul",
    "/moten",
    "/mejl",
    "/administration",
    "/administration/mejl",
    "/tillganglighet",
    "/personuppgifter",
    "/hjalp",
    "/finns-inte",
)
# Not pages: files, or nothing for the one who follows every link.
NOT_FOLLOWED = re.compile(
    r"^/(static|api|exports|kalender|healthz|metrics|hamta)|\.(xlsx|csv|docx|ics|svg|json|zip|bpmn)\b|/(fil|zip)"
)
KILOBYTE = 1000
MOST_WEIGHT = 100 * KILOBYTE
DIAGRAM = re.compile(r"/vendor/(bpmn|diagram)|/diagram")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    yield from open_county(tmp_path_factory.mktemp("accessibility"))


@pytest.fixture
def application(database: Database, tmp_path: Path) -> Flask:
    return make_application(database, tmp_path, demo=True)


@pytest.fixture
def address(application: Flask, serve: Callable[[Flask], str]) -> str:
    return serve(application)


class Walk:
    """Follows links as one person after the other, and looks at each kind of page once."""

    def __init__(self, page: Page, application: Flask, address: str, look: Look) -> None:
        self.page, self.address, self.look = page, address, look
        self.urls = application.url_map.bind("")
        self.kinds: set[str] = set()
        self.role = ""
        self.faults: list[str] = []
        self.session = page.context.new_cdp_session(page)
        page.on("request", self._asked)
        page.on("console", self._said)

    def whole(self, role: str) -> None:
        self.role = role
        queue, seen = list(START), set()
        while queue:
            path = queue.pop(0)
            kind = self._kind(path)
            if path in seen or kind is None or kind in self.kinds:
                continue
            seen.add(path)
            answer = self.page.goto(self.address + path)
            if answer is None or (answer.status in {403, 404} and path != "/finns-inte"):
                continue  # somebody else's page
            self.kinds.add(kind)
            self.inspect(path)
            queue += self._links()

    def inspect(self, path: str) -> None:
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.faults += [f"{path}: {fault}" for fault in self.look(self.page)]
        self._text_of(32)  # as the browser's own setting for larger text
        self._no_sideways(path, "with text twice as large")
        self._text_of(16)
        self.page.set_viewport_size({"width": 320, "height": 800})
        self._no_sideways(path, "in 320 pixels")

    def _text_of(self, pixels: int) -> None:
        self.session.send("Page.setFontSizes", {"fontSizes": {"standard": pixels}})

    def _no_sideways(self, path: str, how: str) -> None:
        if self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.faults.append(f"{path}: wider than the window {how}")

    def _links(self) -> list[str]:
        found = self.page.locator("main a[href^='/'], header a[href^='/']").evaluate_all(
            "all => all.map(one => one.getAttribute('href'))"
        )
        return [link for link in dict.fromkeys(found) if not NOT_FOLLOWED.search(link)]

    def _kind(self, path: str) -> str | None:
        """The view that answers, and how it was asked when that was among the first."""
        try:
            endpoint, _values = self.urls.match(urlsplit(path).path, method="GET")
        except RequestRedirect:
            return None
        except HTTPException:
            return path
        if endpoint == "tasks.one":
            return f"{endpoint} {self.role}"  # a form for those who may do it, a decision for those who decide
        return path if path in START else str(endpoint)

    def _asked(self, request: object) -> None:
        url = str(request.url)  # type: ignore[attr-defined]
        if not url.startswith((self.address, "data:")):
            self.faults.append(f"a request left for {url}")

    def _said(self, message: object) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:  # type: ignore[attr-defined]
            self.faults.append(f"{self.page.url}: {message.text}")  # type: ignore[attr-defined]


def test_nobody_stumbles_on_any_page(
    page: Page, application: Flask, address: str, database: Database, stumbling_blocks: Look
) -> None:
    walk = Walk(page, application, address, stumbling_blocks)
    for role in ROLES:
        with database.read() as connection:
            enter(page.context, application, address, list_people(connection, role=role)[0])
        walk.whole(role)
    assert len(walk.kinds) > len(START)
    assert walk.faults == []


# What is posted with nothing in it, and by whom: the page comes again with a summary of what to correct.
REFUSED = (
    ("process_leader", "/moten", "Skriv in mötet"),
    ("process_leader", "/tillganglighet", "Skicka rapporten"),
    ("reporter", "/starta/deviation", "Skicka in"),
    ("administrator", "/administration/mejl", "Styr om alla mejl dit"),
)


def test_what_is_refused_says_where_and_the_focus_is_there(
    page: Page, application: Flask, address: str, database: Database, stumbling_blocks: Look
) -> None:
    faults = []
    for role, path, button in REFUSED:
        with database.read() as connection:
            enter(page.context, application, address, list_people(connection, role=role)[0])
        page.goto(address + path)
        if path == "/administration/mejl":
            page.locator("#address").fill("ingen adress")
        page.get_by_role("button", name=button).last.click()
        page.wait_for_load_state()
        faults += [f"{path}: {fault}" for fault in stumbling_blocks(page)]
        summary = page.locator(".govuk-error-summary")
        if not summary.evaluate("one => one === document.activeElement"):
            faults.append(f"{path}: the focus is not on the summary")
        if not page.title().startswith("Fel:"):
            faults.append(f"{path}: the title does not say that something is wrong")
        for link in summary.locator("a").all():
            link.click()
            where = link.get_attribute("href")
            if not page.evaluate("id => document.activeElement.matches(`${id}, ${id} *`)", where):
                faults.append(f"{path}: {where} is not reached from the summary")
    assert faults == []


@pytest.mark.parametrize("path", ["/uppgifter", "a task", "/lansbild"])
def test_a_page_weighs_less_than_a_hundred_kilobytes(
    page: Page, application: Flask, address: str, database: Database, path: str
) -> None:
    with database.read() as connection:
        person = list_people(connection, role="rss")[0]
    if path != "/lansbild":
        person, task_id = with_open_task(database, "working_group", "process_leader")
        path = f"/uppgifter/{task_id}" if path == "a task" else path
    enter(page.context, application, address, person)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    asked: dict[str, str] = {}
    weights: dict[str, int] = {}
    session.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    session.on(
        "Network.loadingFinished", lambda event: weights.update({event["requestId"]: int(event["encodedDataLength"])})
    )
    page.goto(address + path, wait_until="networkidle")
    sent = {asked[one]: weight for one, weight in weights.items() if not DIAGRAM.search(asked[one])}
    assert sum(sent.values()) < MOST_WEIGHT, sorted(sent.items(), key=lambda item: -item[1])
    assert any("font" in url or "woff2" in url for url in sent)


def test_less_motion_and_forced_colours_take_nothing_away(
    page: Page, application: Flask, address: str, database: Database
) -> None:
    with database.read() as connection:
        enter(page.context, application, address, list_people(connection, role="rss")[0])
    page.emulate_media(reduced_motion="reduce", forced_colors="active")
    page.goto(address + "/lansbild")
    moving = "document.getAnimations().filter(one => one.playState === 'running').length"
    assert page.evaluate(moving) == 0
    hidden = """all => all.filter(one => {
        const style = getComputedStyle(one)
        return style.visibility === 'visible' && style.color === style.backgroundColor
    }).length"""
    assert page.locator("main a, main button, main .status").evaluate_all(hidden) == 0


def test_what_a_phone_draws_later_covers_nothing(
    browser: Browser, application: Flask, address: str, database: Database, stumbling_blocks: Look
) -> None:
    # What was drawn later was taller than its guessed height, and lay over the links below until it had been drawn.
    person, task_id = with_open_task(database, "process_leader")
    context = browser.new_context(viewport={"width": 412, "height": 823}, has_touch=True, is_mobile=True)
    enter(context, application, address, person)
    page = context.new_page()
    for path in (f"/uppgifter/{task_id}", "/uppgifter", "/lansbild"):
        page.goto(address + path)
        assert stumbling_blocks(page) == [], path
    context.close()
