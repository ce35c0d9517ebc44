"""Pages are sent compressed to browsers that can take it; static files are compressed by `static_files`."""

import gzip
import io
import secrets

from flask import Flask, request
from werkzeug.wrappers import Response

KINDS = frozenset({"text/html", "application/json", "application/problem+json"})
SMALLEST = 1000  # bytes; less is not worth it
LEVEL = 5
# A page holds both what was asked for and a secret token. How long its compressed form is would tell, over many
# requests, what the token is (BREACH); a name of random length in the gzip header hides that.
MOST_PADDING = 96


def install(application: Flask) -> None:
    application.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in KINDS or response.is_streamed or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) < SMALLEST or "Content-Encoding" in response.headers or response.status_code < 200:
        return response
    if request.accept_encodings.quality("gzip") <= 0:
        return response
    response.set_data(_gzip(body))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _gzip(body: bytes) -> bytes:
    packed = io.BytesIO()
    padding = "x" * secrets.randbelow(MOST_PADDING)
    with gzip.GzipFile(padding, "wb", LEVEL, packed, mtime=0) as file:
        file.write(body)
    return packed.getvalue()
