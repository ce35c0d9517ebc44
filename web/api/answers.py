"""Takes a request through the same steps, whatever it asks: who, in which scope, what, once; then the answer."""

from collections.abc import Callable
from typing import Any

from flask import Response, g
from flask import request as http
from pydantic import BaseModel
from sqlalchemy import Connection

from engine.people import Person
from engine.repeats import Answer, Request, recall, remember
from engine.tokens import Bearer, bearer_of
from web import context
from web.api import reading
from web.api.problems import INSUFFICIENT_SCOPE, UNAUTHENTICATED, Refused
from web.api.routes import Call, Created, File, Route


def view_of(route: Route) -> Callable[..., Response]:
    """The Flask view of a route."""

    def view(**parts: str) -> Response:
        bearer = _demand_bearer()
        if not bearer.allows(route.scope):
            raise Refused(INSUFFICIENT_SCOPE, f"The token lacks the scope {route.scope}.")
        taken: dict[str, Any] = {**reading.path_parts(parts), **reading.query(route.query), **reading.body(route.body)}
        if route.method == "GET":
            with context.database().read() as connection:
                given = route.view(Call(connection, bearer.person, context.now()), **taken)
            return _file(given, route) if isinstance(given, File) else _response(_written(given, route.status))
        return _changing(route, bearer.person, taken)

    return view


def _changing(route: Route, person: Person, taken: dict[str, Any]) -> Response:
    """The view in one transaction together with its answer, so that a request that comes twice is done once."""
    key = reading.idempotency_key() if route.is_repeatable else None
    request = Request(person.id, key, _content()) if key else None
    now = context.now()

    def unit(connection: Connection) -> tuple[Answer, bool]:
        if request and (before := recall(connection, request)):
            return before, True
        answer = _written(route.view(Call(connection, person, now), **taken), route.status)
        if request:
            remember(connection, now, request, answer)
        return answer, False

    answer, replayed = context.database().run(unit)
    return _response(answer, replayed)


def _demand_bearer() -> Bearer:
    scheme, _, secret = http.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Refused(UNAUTHENTICATED, "Send the header Authorization: Bearer followed by a token.")
    with context.database().glance() as connection:
        bearer = bearer_of(connection, context.now(), secret.strip())
    if bearer is None:
        raise Refused(UNAUTHENTICATED, "The token is unknown, revoked or has expired.")
    g.api_locale = bearer.person.locale
    return bearer


def _content() -> bytes:
    """What makes two requests the same: method, address and content, to the letter."""
    return b"\n".join((http.method.encode(), http.full_path.encode(), http.get_data()))


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
