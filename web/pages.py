"""Pages of text: accessibility, how personal data are handled, help. One template per language."""

from flask import Blueprint, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from web import language
from web.addresses import start_page

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def start() -> Response:
    return redirect(start_page())


@blueprint.get("/tillganglighet")
def accessibility() -> str:
    return _page("accessibility", _("Tillgänglighet"))


@blueprint.get("/personuppgifter")
def privacy() -> str:
    return _page("privacy", _("Så hanteras personuppgifter"))


@blueprint.get("/hjalp")
def help() -> str:  # noqa: A001 - the page's name
    return _page("help", _("Hjälp och kontakt"))


def _page(name: str, title: str) -> str:
    return render_template(f"pages/{name}.{language.current()}.html", title=title)
