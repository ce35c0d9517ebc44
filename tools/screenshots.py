"""Pictures of the demo's pages, as wide as a desk and as a phone, in screenshots/: to be looked at by a person.

With --docs only those that the README and the handbook show, in docs/. Without --address it starts a demo of its own in
a temporary folder. Pages are those of the main menu, the first link in the content of each, and the paths given.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "screenshots"
PEOPLE = ("process_leader.falun", "steering_group.falun", "rss", "administrator")
WIDTHS = (1280, 390)


@dataclass(frozen=True)
class Picture:
    """One screenful: whose (the first of the start page with that role), of which address, following `links`."""

    file: str
    role: str
    path: str
    links: tuple[str, ...] = ()
    width: int = 1280
    height: int = 960


TASK = ".task__name a"
DOCS = (
    Picture("images/county.png", "rss", "/lansbild"),
    Picture("images/tasks.png", "process_leader", "/uppgifter"),
    Picture("images/task.png", "working_group", "/uppgifter", (TASK,)),
    Picture("images/decision.png", "steering_group", "/uppgifter", (TASK,)),
    Picture("images/agreement.png", "process_leader", "/overenskommelser", ("main table a",)),
    Picture("handbok/bilder/uppgifter.png", "process_leader", "/uppgifter"),
    Picture("handbok/bilder/uppgift.png", "process_leader", "/uppgifter", (TASK,)),
    Picture("handbok/bilder/avsnitt.png", "working_group", "/uppgifter", (TASK,)),
    Picture("handbok/bilder/beslut.png", "steering_group", "/uppgifter", (TASK,), height=1600),
    Picture("handbok/bilder/overenskommelse.png", "municipality_decision", "/overenskommelser", ("main table a",)),
    Picture("handbok/bilder/lansbild.png", "rss", "/lansbild"),
    Picture("handbok/bilder/flaskhalsar.png", "rss", "/lansbild/flaskhalsar?process=drafting"),
    Picture("handbok/bilder/avvikelse.png", "deviation_handler", "/avvikelser", ("main table a",)),
    Picture("handbok/bilder/administration.png", "administrator", "/administration"),
)
PATIENCE_SECONDS = 300
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", help="more pages, for example /lansbild")
    parser.add_argument("--address", help="a demo that already runs, for example http://127.0.0.1:8000")
    parser.add_argument("--person", action="append", help="a demo username; may be given more than once")
    parser.add_argument("--docs", action="store_true", help="only the pictures of the README and the handbook")
    arguments = parser.parse_args()
    browser_path = next((path for path in map(shutil.which, CHROMIUM) if path), None)
    if browser_path is None:
        print("Screenshots need Chromium.", file=sys.stderr)
        return 1
    with running_demo(arguments.address) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        if arguments.docs:
            for file in documented(browser, address):
                print(file.relative_to(ROOT))
            return 0
        for person in arguments.person or PEOPLE:
            for width in WIDTHS:
                for file in pictures(browser, address, person, width, arguments.paths):
                    print(file.relative_to(ROOT))
        browser.close()
    return 0


@contextmanager
def running_demo(address: str | None) -> Iterator[str]:
    if address:
        yield address.rstrip("/")
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        command = [
            sys.executable,
            "-c",
            "from web.cli import main; raise SystemExit(main())",
            "demo",
            "--port",
            str(port),
        ]
        server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "SAMFLODE_HOME": home})
        try:
            wait_for(f"http://127.0.0.1:{port}/logga-in", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise SystemExit("The demo ended before it answered.")
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own server
        except urllib.error.URLError:
            time.sleep(1)
        else:
            return
    raise SystemExit(f"The demo did not answer within {PATIENCE_SECONDS} seconds.")


def documented(browser: Browser, address: str) -> Iterator[Path]:
    """What the README and the handbook show, of each page as the person who uses it most."""
    for picture in DOCS:
        page = browser.new_page(viewport={"width": picture.width, "height": picture.height})
        page.goto(address + "/logga-in")
        page.locator(f"button[name=person][value^='{picture.role}']").first.click()
        page.goto(address + picture.path)
        for link in picture.links:
            page.locator(link).first.click()
        page.wait_for_load_state("networkidle")
        file = ROOT / "docs" / picture.file
        file.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=file)
        page.close()
        yield file


def pictures(browser: Browser, address: str, person: str, width: int, paths: list[str]) -> Iterator[Path]:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address + "/logga-in")
    button = page.locator(f"button[name=person][value='{person}'], button[name=person][value^='{person}.']")
    if button.count():
        button.first.click()
    else:
        page.select_option("#person", person)
        page.locator("form:has(#person) button").click()
    for path in [*pages_of(page), *paths]:
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        file = FOLDER / person / f"{name_of(path)}-{width}.png"
        page.screenshot(path=file, full_page=True)
        yield file
    page.close()


def pages_of(page: Page) -> list[str]:
    """The paths in the main menu, each followed by the first link in that page's content."""
    menu = links(page, ".top__nav a")
    found: list[str] = []
    for path in menu:
        page.goto(str(page.evaluate("location.origin")) + path)
        inside = [
            link for link in links(page, "main a[href^='/']:not([download])") if "?" not in link and link not in menu
        ]
        found += [path, *inside[:1]]
    return list(dict.fromkeys(found))


def links(page: Page, selector: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all(selector, "all => all.map(a => a.getAttribute('href'))")
    return [link for link in found if not re.search(r"\.(xlsx|csv|bpmn|ics|pdf)$", link)]


def name_of(path: str) -> str:
    return re.sub(r"[^\w-]+", "-", path).strip("-")[:60] or "start"


if __name__ == "__main__":
    sys.exit(main())
