"""The HTTP API under /api/v1: JSON for programs, with a bearer token that speaks for a person.

A new resource is a module with `@route` views, added to RESOURCES; its description follows from its models.
"""

from flask import Flask

from web.access import csrf
from web.api import (
    agreements,
    answers,
    description,
    deviations,
    exports,
    messages,
    problems,
    process_instances,
    repair,
    routes,
    status,
    user_tasks,
)

RESOURCES = (process_instances, repair, user_tasks, messages, agreements, status, deviations, exports)


def install(application: Flask) -> None:
    """Register the API, and let no session or form token count in it."""
    csrf.exempt(routes.blueprint)
    application.register_blueprint(routes.blueprint)


def _mount() -> None:
    """Put every route on the blueprint: once, however many applications there are in this process."""
    for each in routes.ROUTES:
        routes.blueprint.add_url_rule(each.path, each.name, answers.view_of(each), methods=[each.method])
    routes.blueprint.add_url_rule("/openapi.json", "openapi", description.served)
    routes.blueprint.register_error_handler(Exception, problems.answer_to)


_mount()
