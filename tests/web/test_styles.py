"""The style sheets hold what the pages use: of govuk-frontend only the parts that are named in web/styles are there."""

import re
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "web"
# Names for scripts or for nothing: they look like nothing.
WITHOUT_STYLE = {"govuk-frontend", "govuk-checkboxes__conditional", "govuk-radios__conditional"}


def test_every_class_of_govuk_frontend_that_a_page_uses_is_in_the_style_sheets() -> None:
    written = [file.read_text() for pattern in ("templates/**/*.html", "static/*.js") for file in WEB.glob(pattern)]
    used = {name.rstrip("-_") for text in written for name in re.findall(r"\bgovuk-[a-z0-9_-]+", text)}
    sheets = (WEB / "static/vendor/govuk-frontend.css", WEB / "static/samflode.css")
    styled = {name for sheet in sheets for name in re.findall(r"\.(govuk-[a-z0-9_-]+)", sheet.read_text())}
    assert sorted(used - styled - WITHOUT_STYLE) == []


def test_the_style_sheets_fetch_nothing_from_elsewhere() -> None:
    for sheet in (WEB / "static/vendor/govuk-frontend.css", WEB / "static/samflode.css"):
        addresses = re.findall(r"url\(([^)]*)\)", sheet.read_text())
        assert [one for one in addresses if one.strip("\"'").startswith(("http", "//"))] == []
