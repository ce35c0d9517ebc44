"""Lighthouse's marks for the pages that people use most: performance, accessibility, best practices, as on a phone.

Prints one JSON object per page with its marks and what was found wanting; exit 1 when a mark is below 100. Without
--address it starts a demo of its own in a temporary folder.
"""

import argparse
import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

from tools.assets import MODULES, ROOT, node_and_npm
from tools.screenshots import CHROMIUM, FLAGS, running_demo

CATEGORIES = ("performance", "accessibility", "best-practices")
FULL_MARKS = 100
SECONDS, ATTEMPTS = 180, 3
# Whose page, which page, and the link to follow from it.
PAGES = (
    ("process_leader", "/uppgifter", None),
    ("process_leader", "/uppgifter", r'href="(/uppgifter/[0-9a-f]{32})"'),
    ("rss", "/lansbild", None),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", help="a demo that already runs, for example http://127.0.0.1:8000")
    arguments = parser.parse_args()
    browser = next((path for path in map(shutil.which, CHROMIUM) if path), None)
    if browser is None:
        print("Lighthouse needs Chromium.", file=sys.stderr)
        return 1
    perfect = True
    with running_demo(arguments.address) as address:
        for role, path, link in PAGES:
            visitor = Visitor(address, role)
            page = visitor.first(path, link) if link else path
            report = judge(browser, address + page, visitor.cookie)
            marks = {name: round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES}
            perfect = perfect and min(marks.values()) == FULL_MARKS
            print(
                json.dumps({"page": path if not link else "a task", **marks, "wanting": list(wanting(report))}),
                flush=True,
            )
    return 0 if perfect else 1


class Visitor:
    """Somebody of a role in the demo, signed in."""

    def __init__(self, address: str, role: str) -> None:
        self.address = address
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        page = self.read("/logga-in")
        token = self._found(r'name="csrf_token" value="([^"]+)"', page)
        person = self._found(rf'value="({role}[^"]*)"', page)
        posted = urllib.parse.urlencode({"csrf_token": token, "person": person}).encode()
        self.opener.open(f"{address}/logga-in", posted).close()

    @property
    def cookie(self) -> str:
        return "; ".join(f"{one.name}={one.value}" for one in self.jar)

    def read(self, path: str) -> str:
        with self.opener.open(self.address + path) as answer:
            return str(answer.read().decode())

    def first(self, path: str, link: str) -> str:
        return self._found(link, self.read(path))

    def _found(self, pattern: str, page: str) -> str:
        found = re.search(pattern, page)
        if found is None:
            raise SystemExit(f"The demo's page has nothing like {pattern}.")
        return found[1]


def judge(browser: str, address: str, cookie: str) -> dict[str, Any]:
    """Lighthouse's report on one page."""
    node, _npm = node_and_npm()
    command = [node, str(MODULES / "lighthouse/cli/index.js"), address, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags=--headless=new {' '.join(FLAGS)}"]
    command += [f"--extra-headers={json.dumps({'Cookie': cookie})}"]
    environment = {**os.environ, "CHROME_PATH": browser}
    said = b""
    for _attempt in range(ATTEMPTS):  # on a busy machine the browser's trace now and then has no beginning
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=SECONDS, check=False)
        if done.returncode == 0:
            report: dict[str, Any] = json.loads(done.stdout)
            return report
        said = done.stderr
    raise SystemExit(f"Lighthouse failed on {address}: {said.decode()[-2000:]}")


def wanting(report: dict[str, Any]) -> Iterator[str]:
    """The audits that took marks away, with the worst first thing that each points at."""
    for name in CATEGORIES:
        for part in report["categories"][name]["auditRefs"]:
            audit = report["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                items = audit.get("details", {}).get("items", [])
                shown = items[0].get("node", {}).get("snippet", "") if items and isinstance(items[0], dict) else ""
                yield f"{part['id']}: {audit.get('displayValue') or shown or audit['title']}"


if __name__ == "__main__":
    sys.exit(main())
