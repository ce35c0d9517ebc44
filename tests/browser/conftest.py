"""A real browser on a real server, and axe, which looks for what people with disabilities would stumble on."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.availability import unavailable
from tests.web.conftest import application, database, karin

__all__ = ["application", "database", "karin"]

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = next((path for path in map(shutil.which, CHROMIUM) if path), None)
    if found is None:
        unavailable("a browser (install Chromium)")
    return {**browser_type_launch_args, "executable_path": found, "args": QUIET}


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serves an application on a free port and gives its address."""
    running: list[tuple[Any, Thread]] = []

    def start(application: Flask) -> str:
        server = make_server("127.0.0.1", 0, application, threaded=True)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def stumbling_blocks() -> Callable[[Page], list[str]]:
    """What axe finds wrong on the page as it stands, one line each, and whether it has to be scrolled sideways."""

    def look(page: Page) -> list[str]:
        # Not subject to the page's own content policy.
        page.evaluate(AXE.read_text())
        found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)[
            "violations"
        ]
        lines = [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            lines.append("the page is wider than the window")
        return lines

    return look
