"""What is stored about somebody, as a file: for the person, and for administrators who are asked for it."""

from flask import Blueprint, Response, current_app

from engine.queries.stored import stored_about
from web import context

blueprint = Blueprint("stored", __name__)


@blueprint.get("/personuppgifter/<person_id>.json")
def file(person_id: str) -> Response:
    with context.database().read() as connection:
        found = stored_about(connection, context.person(), person_id)
    content = current_app.json.dumps(found, indent=2, ensure_ascii=False, sort_keys=False)
    answer = Response(content, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="samflode-personuppgifter.json"'
    return answer
