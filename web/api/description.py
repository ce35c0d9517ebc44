"""The API's description (OpenAPI 3.1), made from the routes and their models, so that it cannot lag behind."""

import re
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import orjson
from flask import Response
from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema

from engine.tokens import SCOPES
from web.api.problems import KINDS, MEDIA_TYPE
from web.api.routes import ROUTES, Route, blueprint

JSON = "application/json"
_PART = re.compile(r"<(?:path:)?(\w+)>")


class ProblemError(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(BaseModel):
    """Why something was refused or failed (RFC 9457). Decide by `type`, which never changes."""

    model_config = ConfigDict(json_schema_extra={"required": ["type", "title", "status", "detail"]})

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemError] | None = None
    incident: str | None = None


def served() -> Response:
    return Response(orjson.dumps(describe()), content_type=JSON)


@lru_cache(maxsize=1)
def describe() -> dict[str, Any]:
    """The whole description, as JSON values."""
    references, schemas = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(_PART.sub(r"{\1}", route.path), {})[route.method.lower()] = _operation(route, references)
    kinds = "\n".join(f"- `{kind.type}` ({kind.status}): {kind.title}." for kind in KINDS)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Samflöde",
            "version": version("samflode"),
            "description": f"Every problem is one of these types:\n\n{kinds}",
        },
        "servers": [{"url": blueprint.url_prefix}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": f"A person's token, with one or more of the scopes {', '.join(SCOPES)}.",
                }
            },
        },
    }


References = dict[type[BaseModel], dict[str, Any]]


def _schemas() -> tuple[References, dict[str, Any]]:
    """A reference for each model that is given or taken, and every schema by its name."""
    given = {route.gives for route in ROUTES if route.gives} | {Problem}
    taken = {route.body for route in ROUTES if route.body}
    wanted = [
        *((model, "serialization") for model in sorted(given, key=lambda m: m.__name__)),
        *((model, "validation") for model in sorted(taken, key=lambda m: m.__name__)),
    ]
    found, definitions = models_json_schema(wanted, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    references: Any = {model: reference for (model, _mode), reference in found.items()}
    return references, definitions["$defs"]


def _operation(route: Route, references: References) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "description": f"Needs the scope `{route.scope}`.",
        "tags": [route.path.split("/")[1]],
        "parameters": _parameters(route),
        "responses": _responses(route, references),
    }
    if route.body:
        required = any(field.is_required() for field in route.body.model_fields.values())
        operation["requestBody"] = {"required": required, "content": {JSON: {"schema": references[route.body]}}}
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    parts = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 200}}
        for name in _PART.findall(route.path)
    ]
    fields = route.query.model_json_schema() if route.query else {}
    asked = [
        {
            "name": name,
            "in": "query",
            "required": False,
            "schema": _without_null(schema),
            **({"description": schema["description"]} if "description" in schema else {}),
        }
        for name, schema in fields.get("properties", {}).items()
    ]
    return [*parts, *asked, *([IDEMPOTENCY_KEY] if route.is_repeatable else [])]


IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Your own key for this request: sent again with the same content within 30 days, it is done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query says nothing by leaving a name out; there is no null in it."""
    kept = {key: value for key, value in schema.items() if key not in ("title", "description")}
    kinds = [kind for kind in kept.pop("anyOf", []) if kind != {"type": "null"}]
    if kept.get("default", "") is None:
        del kept["default"]
    return {**kept, **(kinds[0] if kinds else {})}


def _responses(route: Route, references: References) -> dict[str, Any]:
    if route.file_type:
        answer: dict[str, Any] = {route.file_type: {"schema": {}}}
    else:
        answer = {JSON: {"schema": references[route.gives]}} if route.gives else {}
    responses: dict[str, Any] = {str(route.status): {"description": route.summary, "content": answer}}
    refusals = {401, 403, 422, 500, 503, *route.refusals}
    if route.body:
        refusals |= {400, 413, 415}
    titles = {kind.status: kind.title for kind in KINDS}
    for status in sorted(refusals):
        content = {MEDIA_TYPE: {"schema": references[Problem]}}
        responses[str(status)] = {"description": titles[status], "content": content}
    return responses
