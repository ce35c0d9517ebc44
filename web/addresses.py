"""Where to send somebody next."""

from urllib.parse import urlsplit

from flask import current_app, url_for


def start_page() -> str:
    """What somebody sees first: their tasks."""
    return url_for("tasks.show") if "tasks.show" in current_app.view_functions else url_for("pages.help")


def own_address(wanted: str | None) -> str:
    """`wanted` when it is a path on this server, else the start page: a link must not lead people elsewhere."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return start_page()
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc else start_page()
