"""Saved filters of the task list: keep one, rename it, share it, remove it."""

from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import commands
from engine.errors import Conflict, Invalid
from engine.queries.surroundings import TASKS
from web import context, words
from web.surroundings import surroundings
from web.views import focus, sharing, task_filter

blueprint = Blueprint("saved_filters", __name__, url_prefix="/uppgifter/filter")


@blueprint.get("")
def show() -> str:
    return _page()


@blueprint.post("")
def keep() -> Response:
    """Saves the filter of the list that the form stands on, and goes back to that list."""
    query = _clean(request.form.get("filter", ""))
    back = redirect(f"{url_for('tasks.show')}?{query}")
    name, shared = request.form.get("namn", ""), sharing.read(request.form.get("dela", ""))
    try:
        context.database().run(
            lambda connection: commands.save_filter(
                connection, context.now(), context.person(), TASKS, name, query, shared
            )
        )
    except (Invalid, Conflict) as error:
        flash(words.said(str(error)))
        return back
    flash(_("Filtret är sparat."))
    return back


@blueprint.post("/<filter_id>")
def change(filter_id: str) -> Response | tuple[str, int]:
    if request.form.get("gor") == "ta-bort":
        context.database().run(
            lambda connection: commands.remove_filter(connection, context.now(), context.person(), filter_id)
        )
        flash(_("Filtret är borttaget."))
        return redirect(url_for("saved_filters.show"))
    name, shared = request.form.get("namn", ""), sharing.read(request.form.get("dela", ""))
    try:
        context.database().run(
            lambda connection: commands.change_filter(
                connection, context.now(), context.person(), filter_id, name, shared
            )
        )
    except (Invalid, Conflict) as error:
        return _page([(f"namn-{filter_id}", words.said(str(error)))], {filter_id: name}), 422
    flash(_("Ändringen är sparad."))
    return redirect(url_for("saved_filters.show"))


def _page(errors: list[tuple[str, str]] | None = None, written: dict[str, str] | None = None) -> str:
    person = context.person()
    filters = surroundings(holders=True).filters

    def described(query: str) -> list[str]:
        return task_filter.in_words(focus.person_in_focus(), task_filter.read_filter(dict(parse_qsl(query))))

    return render_template(
        "tasks/saved_filters.html",
        mine=[(one, described(one.query)) for one in filters if one.owner_id == person.id],
        others=[(one, described(one.query)) for one in filters if one.owner_id != person.id],
        shares=sharing.choices(),
        errors=errors or [],
        written=written or {},
    )


def _clean(query: str) -> str:
    """Only what a filter of the list is made of."""
    return urlencode(task_filter.kept(dict(parse_qsl(query))))
