"""Static files: an address carries a hash of the content, so browsers keep it for a year and never show an old one."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, redirect, request, url_for
from werkzeug.security import safe_join
from werkzeug.wrappers import Response as AnyResponse

FOLDER = Path(__file__).parent / "static"
COMPRESSED = frozenset({".css", ".js", ".svg", ".txt", ".json", ".bpmn"})
A_YEAR = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"


@dataclass(frozen=True)
class StaticFile:
    content: bytes
    compressed: bytes | None
    version: str
    media_type: str


def install(application: Flask) -> None:
    application.add_url_rule("/static/<path:filename>", "static", _serve)
    application.add_url_rule("/favicon.ico", "favicon", _favicon)

    @application.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            found = _find(values["filename"])
            if found:
                values["v"] = found.version


def _serve(filename: str) -> Response:
    found = _find(filename)
    if found is None:
        abort(404)
    compress = found.compressed is not None and request.accept_encodings.quality("gzip") > 0
    body = found.compressed if compress and found.compressed is not None else found.content
    response = Response(body, content_type=found.media_type)
    response.headers["Cache-Control"] = A_YEAR if request.args.get("v") == found.version else AN_HOUR
    if found.compressed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    if compress:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(found.version + ("-gzip" if compress else ""))
    return response.make_conditional(request)  # type: ignore[return-value]


def _favicon() -> AnyResponse:
    return redirect(url_for("static", filename="favicon.svg"))


def _find(filename: str) -> StaticFile | None:
    path = safe_join(str(FOLDER), filename)
    if path is None or not Path(path).is_file():
        return None
    return _read(path, Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=128)
def _read(path: str, changed: int) -> StaticFile:  # noqa: ARG001 - `changed` makes an edited file be read again
    content = Path(path).read_bytes()
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    if Path(path).suffix == ".woff2":
        media_type = "font/woff2"
    text = Path(path).suffix in COMPRESSED
    return StaticFile(
        content=content,
        compressed=gzip.compress(content, mtime=0) if text else None,
        version=hashlib.sha256(content).hexdigest()[:12],
        media_type=f"{media_type}; charset=utf-8" if text else media_type,
    )
