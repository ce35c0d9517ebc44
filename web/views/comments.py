"""Comments beside a task."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.commands.comments import remove_comment, write_comment
from engine.errors import Invalid
from engine.queries import get_task
from web import context, words
from web.views import task_page
from web.views.form_page import Posted

blueprint = Blueprint("comments", __name__, url_prefix="/uppgifter")


@blueprint.post("/<task_id>/kommentarer")
def write(task_id: str) -> Response | tuple[str, int]:
    text = request.form.get("text", "")
    mentions = [one for one in request.form.getlist("mention") if one]
    try:
        comment_id = context.database().run(
            lambda connection: write_comment(connection, context.now(), context.person(), task_id, text, mentions)
        )
    except Invalid as error:
        with context.database().read() as connection:
            detail = get_task(connection, context.person(), context.now(), task_id)
        message = words.said(str(error))
        return task_page.show(detail, Posted(detail.values, []), comment=(text, mentions, message)), 422
    flash(_("Kommentaren är tillagd."))
    return redirect(url_for("tasks.one", task_id=task_id, _anchor=f"kommentar-{comment_id}"))


@blueprint.post("/kommentarer/<comment_id>/ta-bort")
def remove(comment_id: str) -> Response:
    task_id = context.database().run(
        lambda connection: remove_comment(connection, context.now(), context.person(), comment_id)
    )
    flash(_("Kommentaren är borttagen."))
    return redirect(url_for("tasks.one", task_id=task_id, _anchor="kommentarer"))
