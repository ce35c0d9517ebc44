"""Gives a file to whoever may have it, in a way in which no browser runs or shows anything of it."""

from urllib.parse import quote

from flask import Blueprint, Response
from flask_babel import format_decimal

from engine import file_types
from engine.queries.attachments import read_file
from web import context

blueprint = Blueprint("attachments", __name__, url_prefix="/filer")

KILO = 1000


@blueprint.get("/<attachment_id>")
def fetch(attachment_id: str) -> Response:
    with context.database().read() as connection:
        file, content = read_file(connection, context.person(), attachment_id)
    response = Response(content, content_type=file.media_type)
    plain = file.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name)}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def file_size(size: int) -> str:
    """48 kB, 3,1 MB"""
    if size < KILO * KILO:
        return f"{max(1, round(size / KILO))} kB"
    return f"{format_decimal(round(size / KILO / KILO, 1))} MB"


def accepted_files() -> str:
    """What a file field offers to choose among."""
    return file_types.ACCEPTED
