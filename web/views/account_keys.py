"""The section of the settings page where keyboard shortcuts are switched off and on."""

from typing import Any

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.commands.preferences import set_preferences
from web import context, shortcuts
from web.marking import N_
from web.views import account_page

blueprint = Blueprint("account_keys", __name__, url_prefix="/installningar/kortkommandon")


@blueprint.post("")
def choose() -> Response:
    # Switched on is the default, for which no row is needed.
    chosen = {shortcuts.PREFERENCE: None if request.form.get("pa") else False}
    context.database().run(lambda connection: set_preferences(connection, context.now(), context.person(), chosen))
    flash(_("Valet är sparat."))
    return redirect(account_page.address("kortkommandon"))


def _section() -> dict[str, Any]:
    return {"on": shortcuts.switched_on(), "shortcuts": shortcuts.shortcuts()}


account_page.add(
    account_page.Section("kortkommandon", N_("Kortkommandon"), "accounts/keys.html", _section, place=80),
)
