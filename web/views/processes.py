"""Starting something new: what the person may start, and the form that it begins with."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import commands
from engine.authorisation import CANNOT_START
from engine.commands import Started
from engine.errors import FieldError, InvalidForm, NotPermitted
from engine.queries import Startable, startable
from web import context
from web.views import form_page
from web.views.form_page import Posted

blueprint = Blueprint("processes", __name__, url_prefix="/starta")

NO_ORGANISATION = FieldError("_organisation", "Välj vilken kommun det gäller.")


@blueprint.get("")
def show() -> str:
    with context.database().read() as connection:
        found = startable(connection, context.person())
    return render_template("processes/list.html", startable=found)


@blueprint.get("/<process_key>")
def begin(process_key: str) -> str:
    return _page(_startable(process_key), Posted({}, []), request.args.get("kommun", ""))


@blueprint.post("/<process_key>")
def start(process_key: str) -> str | Response | tuple[str, int]:
    process = _startable(process_key)
    organisation = _organisation(process)
    posted = form_page.read_posted(process.form, process.pack_key)
    if posted.rows_changed:
        return _page(process, posted, organisation)
    errors = [NO_ORGANISATION] if process.organisations and not organisation else []
    if errors or posted.errors:
        return _page(process, Posted(posted.values, [*errors, *posted.errors]), organisation), 422
    try:
        started = context.database().run(
            lambda connection: commands.start_process(
                connection,
                context.now(),
                context.person(),
                process_key,
                organisation=organisation or None,
                values=posted.values,
                pack_key=process.pack_key,
            )
        )
    except InvalidForm as error:
        return _page(process, Posted(posted.values, error.errors), organisation), 422
    flash(_("Tack. Det är registrerat som %(key)s.", key=started.business_key))
    return redirect(_next(process_key, started))


def _startable(process_key: str) -> Startable:
    with context.database().read() as connection:
        found = startable(connection, context.person())
    process = next((one for one in found if one.process_key == process_key), None)
    if process is None:
        raise NotPermitted(CANNOT_START)
    return process


def _organisation(process: Startable) -> str:
    """The chosen municipality; the only one when there is no choice."""
    codes = [code for code, _name in process.organisations]
    chosen = request.form.get("_organisation", "")
    return codes[0] if len(codes) == 1 else chosen if chosen in codes else ""


def _next(process_key: str, started: Started) -> str:
    """Where the person wants to be now: at their own next task, else where what was started can be followed."""
    mine = next((task for task in started.next_tasks if task.mine), None)
    if process_key == "deviation":
        return url_for("deviations.one", key=started.business_key)
    if mine is not None:
        return url_for("tasks.one", task_id=mine.id)
    return url_for("agreements.one", key=started.agreement_key) if started.agreement_key else url_for("tasks.show")


def _page(process: Startable, posted: Posted, organisation: str) -> str:
    shown = form_page.fields(process.form, posted.values, process.pack_key, posted.errors, posted.focus)
    links = form_page.error_links(shown, [error for error in posted.errors if error is not NO_ORGANISATION])
    missing = NO_ORGANISATION in posted.errors
    return render_template(
        "processes/start.html",
        process=process,
        # A file belongs to a task, and there is none before it has begun.
        fields=[field for field in shown if field.kind != "file"],
        files_later=any(field.kind == "file" for field in shown),
        errors=[("_organisation", _("Välj vilken kommun det gäller."))] * missing + links,
        organisation_missing=missing,
        organisation=organisation,
    )
