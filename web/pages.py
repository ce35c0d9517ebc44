"""Pages of text: accessibility, how personal data are handled, help. One template per language."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.commands.faults import report_fault as report_fault_command
from engine.errors import Conflict, InvalidForm
from web import context, language
from web.addresses import start_page

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def start() -> Response:
    return redirect(start_page())


@blueprint.get("/tillganglighet")
def accessibility() -> str:
    return _accessibility({"page": request.args.get("sida", "")}, [])


@blueprint.post("/tillganglighet")
def report_fault() -> Response | tuple[str, int]:
    """Open to everybody, signed in or not, as the law asks."""
    written = {name: request.form.get(name, "") for name in ("text", "page", "contact")}
    if request.form.get("webbplats"):  # a field that people do not see: only a program fills it in
        return redirect(url_for("pages.accessibility", _anchor="rapportera"))
    person, now = context.signed_in_person(), context.now()
    try:
        context.database().run(lambda connection: report_fault_command(connection, now, person, **written))
    except InvalidForm as error:
        return _accessibility(written, [(f"fel-{one.path}", language.said(one.message)) for one in error.errors]), 422
    except Conflict as error:
        return _accessibility(written, [("fel-text", language.said(str(error)))]), 429
    flash(_("Tack. Rapporten är sparad och läses av den som förvaltar Samflöde."))
    return redirect(url_for("pages.accessibility"))


def _accessibility(written: dict[str, str], errors: list[tuple[str, str]]) -> str:
    return _page("accessibility", _("Tillgänglighet"), written=written, errors=errors, wrong=dict(errors))


@blueprint.get("/personuppgifter")
def privacy() -> str:
    return _page("privacy", _("Så hanteras personuppgifter"))


@blueprint.get("/hjalp")
def help() -> str:  # noqa: A001 - the page's name
    return _page("help", _("Hjälp och kontakt"))


def _page(name: str, title: str, **more: object) -> str:
    return render_template(f"pages/{name}.{language.current()}.html", title=title, **more)
