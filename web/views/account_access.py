"""The section of the settings page with one's own ways in: signing out everywhere, and keys for programs."""

from typing import Any

from flask import Blueprint, flash, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.commands.access import end_sessions, take_token_back
from engine.tokens import OPERATE, READ, WORK, list_tokens
from web import context
from web.marking import N_
from web.sign_in import signed_out
from web.views import account_page

blueprint = Blueprint("access", __name__, url_prefix="/installningar/inloggning")

KEY = "inloggning"
SCOPE_TITLES = {
    READ: N_("Läsa det som personen får läsa"),
    WORK: N_("Också göra personens uppgifter"),
    OPERATE: N_("Också sköta driften (bara för administratörer)"),
}
OWN_TITLES = {
    READ: N_("läsa det du får läsa"),
    WORK: N_("göra dina uppgifter"),
    OPERATE: N_("sköta driften"),
}


@blueprint.post("/logga-ut-overallt")
def sign_out_everywhere() -> Response:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: end_sessions(connection, now, person, person.id))
    return signed_out(everywhere=True)


@blueprint.post("/nycklar/<token_id>/aterkalla")
def take_back(token_id: str) -> Response:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: take_token_back(connection, now, person, token_id))
    flash(_("Nyckeln är återkallad och fungerar inte längre."))
    return redirect(account_page.address(KEY))


def scope_title(scope: str) -> str:
    """What a key may do, in words."""
    return _(SCOPE_TITLES[scope])


def _section() -> dict[str, Any]:
    with context.database().read() as connection:
        tokens = list_tokens(connection, context.person().id)
    return {"tokens": tokens, "scope_title": lambda scope: _(OWN_TITLES[scope])}


account_page.add(account_page.Section(KEY, N_("Inloggning och nycklar"), "accounts/access.html", _section, place=70))
