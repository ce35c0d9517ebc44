"""What a program is told when something is refused or fails: problem+json (RFC 9457) with a type that never changes."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
from flask import Response, g, make_response, request
from flask_babel import force_locale
from werkzeug.exceptions import HTTPException, InternalServerError

from engine.commands import note_incident
from engine.errors import (
    AlreadyDone,
    Conflict,
    ExecutionFailed,
    FieldError,
    Invalid,
    InvalidForm,
    NotFound,
    NotPermitted,
    SamflodeError,
    Stale,
    Unavailable,
    Uncertain,
)
from engine.repeats import KeyReused
from web import context, language

logger = logging.getLogger(__name__)

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One kind of problem. Its name is part of the contract: programs decide by it."""

    name: str
    status: int
    title: str

    @property
    def type(self) -> str:
        return f"urn:samflode:problem:{self.name}"


MALFORMED = Kind("malformed", 400, "The request cannot be read")
UNAUTHENTICATED = Kind("unauthenticated", 401, "A valid bearer token is needed")
NOT_PERMITTED = Kind("not-permitted", 403, "The person may not do this")
INSUFFICIENT_SCOPE = Kind("insufficient-scope", 403, "The token may not do this")
NOT_FOUND = Kind("not-found", 404, "There is no such thing")
METHOD_NOT_ALLOWED = Kind("method-not-allowed", 405, "This method is not for this address")
CONFLICT = Kind("conflict", 409, "It does not fit with what has happened meanwhile")
ALREADY_DONE = Kind("already-done", 409, "It was done, or was over, before this request came")
STALE = Kind("stale", 409, "Somebody else changed the same thing; try again")
TOO_LARGE = Kind("too-large", 413, "The request is too large")
UNSUPPORTED_MEDIA_TYPE = Kind("unsupported-media-type", 415, "The content must be application/json")
INVALID = Kind("invalid", 422, "Something needs to be corrected; nothing was written")
KEY_REUSED = Kind("idempotency-key-reused", 422, "The Idempotency-Key belongs to another request")
INTERNAL = Kind("internal-error", 500, "Something went wrong on our side")
EXECUTION_FAILED = Kind("execution-failed", 500, "A step of the process failed; nothing was written")
UNCERTAIN = Kind("uncertain", 503, "The answer got lost: look, or send it again with the same Idempotency-Key")
UNAVAILABLE = Kind("unavailable", 503, "The service is not available right now")

KINDS = (
    MALFORMED, UNAUTHENTICATED, NOT_PERMITTED, INSUFFICIENT_SCOPE, NOT_FOUND, METHOD_NOT_ALLOWED, CONFLICT,
    ALREADY_DONE, STALE, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INVALID, KEY_REUSED, INTERNAL,
    EXECUTION_FAILED, UNCERTAIN, UNAVAILABLE,
)  # fmt: skip
_BY_STATUS = {kind.status: kind for kind in reversed(KINDS)}
# The first family that fits; subclasses stand before their parents.
_BY_ERROR: tuple[tuple[type[SamflodeError], Kind], ...] = (
    (NotFound, NOT_FOUND),
    (NotPermitted, NOT_PERMITTED),
    (AlreadyDone, ALREADY_DONE),
    (Stale, STALE),
    (Conflict, CONFLICT),
    (KeyReused, KEY_REUSED),
    (Invalid, INVALID),
    (Uncertain, UNCERTAIN),
    (Unavailable, UNAVAILABLE),
)


class Refused(Exception):
    """The API itself refuses the request, before any command."""

    def __init__(self, kind: Kind, detail: str, errors: Iterable[FieldError] = ()) -> None:
        super().__init__(detail)
        self.kind = kind
        self.errors = tuple(errors)


def is_for_programs() -> bool:
    """Whether this request is to be answered with JSON, whatever goes wrong with it."""
    return request.path.startswith(PREFIX)


def answer_to(error: Exception) -> Response:
    """The answer to anything that was raised while a request of the API was handled."""
    if isinstance(error, Refused):
        return problem(error.kind, str(error), error.errors)
    if isinstance(error, ExecutionFailed):
        return _failed(error)
    if isinstance(error, SamflodeError):
        for family, kind in _BY_ERROR:
            if isinstance(error, family):
                return problem(kind, str(error), error.errors if isinstance(error, InvalidForm) else ())
    if isinstance(error, HTTPException) and not isinstance(error, InternalServerError):
        return _of_http(error)
    return _broken(error)


def problem(
    kind: Kind,
    detail: str,
    errors: Iterable[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    incident: str | None = None,
) -> Response:
    body: dict[str, Any] = {"type": kind.type, "title": kind.title, "status": kind.status, "detail": _said(detail)}
    if listed := [{"field": error.path, "message": _said(error.message)} for error in errors]:
        body["errors"] = listed
    if incident:
        body["incident"] = incident
    response = Response(orjson.dumps(body), kind.status, content_type=MEDIA_TYPE, headers=dict(headers or {}))
    if kind is UNAUTHENTICATED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="samflode"'
    if kind is INSUFFICIENT_SCOPE:
        response.headers["WWW-Authenticate"] = 'Bearer realm="samflode", error="insufficient_scope"'
    if kind is UNAVAILABLE:
        response.headers["Retry-After"] = "2"
    return response


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:  # a redirection or a ready answer
        return make_response(error.get_response())
    kind = _BY_STATUS.get(status) or (MALFORMED if status < 500 else INTERNAL)
    allowed = getattr(error, "valid_methods", None)
    return problem(kind, error.description or kind.title, headers={"Allow": ", ".join(allowed)} if allowed else None)


def _failed(error: ExecutionFailed) -> Response:
    """What was asked is undone as a whole, and an operator gets to know what failed."""
    now = context.now()
    incident = context.database().run(lambda connection: note_incident(connection, now, error))
    logger.error("incident %s at %s %s", incident, request.method, request.path, exc_info=error)
    return problem(EXECUTION_FAILED, str(error), incident=incident)


def _broken(error: Exception) -> Response:
    reference = uuid4().hex[:8]
    original = getattr(error, "original_exception", None) or error
    logger.error("error %s at %s %s", reference, request.method, request.path, exc_info=original)
    return problem(INTERNAL, f"Nothing was written. Tell the administrator this number: {reference}.")


def _said(sentence: str) -> str:
    """The engine's Swedish sentences in the token's person's language, as far as they are translated."""
    with force_locale(g.get("api_locale") or context.settings().locale):
        # A sentence may hold anything that was sent, also half a character.
        return language.said(sentence).encode("utf-8", "replace").decode() if sentence else ""
