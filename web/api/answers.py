"""Takes a request through the same steps, whatever it asks: who, in which scope, what, once; then the answer."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from flask import Response, g, request
from pydantic import BaseModel
from sqlalchemy import Connection

from engine.errors import Stale
from engine.repeats import Answer, Request, recall, remember
from engine.tokens import Bearer, bearer_of
from web import context
from web.api import reading
from web.api.problems import INSUFFICIENT_SCOPE, UNAUTHENTICATED, Refused
from web.api.routes import Call, Created, File, Route

ATTEMPTS = 4
PAUSE_SECONDS = 0.05


def view_of(route: Route) -> Callable[..., Response]:
    """The Flask view of a route."""

    def view(**parts: str) -> Response:
        bearer = _demand_bearer()
        if not bearer.allows(route.scope):
            raise Refused(INSUFFICIENT_SCOPE, f"The token lacks the scope {route.scope}.")
        taken: dict[str, Any] = {**reading.path_parts(parts), **reading.query(route.query), **reading.body(route.body)}
        key = reading.idempotency_key() if route.is_repeatable else None
        return _unless_stale(lambda: _answer(route, bearer, taken, key))

    return view


def _answer(route: Route, bearer: Bearer, taken: dict[str, Any], key: str | None) -> Response:
    repeat = Request(bearer.person.id, key, _content()) if key else None
    with _transaction(route)() as connection:
        if repeat and (before := recall(connection, repeat)):
            return _response(before, replayed=True)
        given = route.view(Call(connection, bearer.person, context.now()), **taken)
        if isinstance(given, File):
            return _file(given, route)
        answer = _written(given, route.status)
        if repeat:
            remember(connection, context.now(), repeat, answer)
    return _response(answer)


def _transaction(route: Route) -> Callable[[], AbstractContextManager[Connection]]:
    return context.database().read if route.method == "GET" else context.database().write


def _unless_stale(attempt: Callable[[], Response]) -> Response:
    """Nothing was written when two transactions met, so the one that had to give way simply tries again."""
    for number in range(1, ATTEMPTS):
        try:
            return attempt()
        except Stale:
            time.sleep(PAUSE_SECONDS * number)
    return attempt()


def _demand_bearer() -> Bearer:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Refused(UNAUTHENTICATED, "Send the header Authorization: Bearer followed by a token.")
    with context.database().read() as connection:
        bearer = bearer_of(connection, context.now(), secret.strip())
    if bearer is None:
        raise Refused(UNAUTHENTICATED, "The token is unknown, revoked or has expired.")
    g.api_locale = bearer.person.locale
    return bearer


def _content() -> bytes:
    """What makes two requests the same: method, address and content, to the letter."""
    return b"\n".join((request.method.encode(), request.full_path.encode(), request.get_data()))


def _written(given: BaseModel | Created | None, status: int) -> Answer:
    if given is None:
        return Answer(204, "")
    if isinstance(given, Created):
        return Answer(status, given.body.model_dump_json(), given.location)
    return Answer(status, given.model_dump_json())


def _response(answer: Answer, replayed: bool = False) -> Response:
    response = Response(answer.body, answer.status, content_type="application/json" if answer.body else None)
    if answer.location:
        response.headers["Location"] = answer.location
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _file(file: File, route: Route) -> Response:
    response = Response(file.content, content_type=route.file_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response
