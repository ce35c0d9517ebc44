"""Signing in with username and password, and out again."""

import json

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from engine.errors import NotPermitted
from engine.people import Person, authenticate, find_person
from web import context, kept
from web.access import SignedIn
from web.addresses import own_address, start_page
from web.demo_people import DemoPerson, demo_people

blueprint = Blueprint("sign_in", __name__)

KEPT_WHEN_SIGNING_OUT = ("locale",)


@blueprint.get("/logga-in")
def show() -> str | Response:
    if context.signed_in_person():
        return redirect(start_page())
    return _form()


@blueprint.post("/logga-in")
def submit() -> Response | tuple[str, int]:
    if context.settings().demo and "person" in request.form:
        return _be_made_up_person(request.form["person"])
    username = request.form.get("username", "").strip()
    password = request.form.get("password", "")
    errors = {}
    if not username:
        errors["username"] = _("Skriv ditt användarnamn")
    if not password:
        errors["password"] = _("Skriv ditt lösenord")
    if not errors:
        try:
            with context.database().read() as connection:
                found = authenticate(connection, username, password)
        except NotPermitted:
            errors["username"] = _("Användarnamnet eller lösenordet stämmer inte. Försök igen.")
        else:
            return sign_in_as(found, request.form.get("next"))
    return _form(username, errors), 422


@blueprint.post("/logga-ut")
def sign_out() -> Response:
    kept = {key: session[key] for key in KEPT_WHEN_SIGNING_OUT if key in session}
    logout_user()
    session.clear()
    session.update(kept)
    response = redirect(url_for("sign_in.show", out="1"))
    # On a shared computer the next person must not find the pages, or text that was never saved.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _be_made_up_person(username: str) -> Response | tuple[str, int]:
    """Without a password: the demo holds nothing but made-up data and answers only on this machine."""
    with context.database().read() as connection:
        found = find_person(connection, username)
    return sign_in_as(found, request.form.get("next")) if found else (_form(), 422)


def sign_in_as(found: Person, wanted: str | None) -> Response:
    """Begin the person's session, and go to the page that was wanted."""
    # A new session, so that one planted before signing in is worth nothing.
    locale = session.get("locale")
    session.clear()
    session.permanent = True
    session["locale"] = locale or found.locale
    login_user(SignedIn(found))
    carried = kept.resumed()
    return make_response(carried) if carried else redirect(own_address(wanted))


def page_that_carries(sent: kept.Kept) -> str:
    """The form to sign in with, for somebody who sent something after having been signed out."""
    return _form(carried=json.dumps(sent))


def _form(username: str = "", errors: dict[str, str] | None = None, carried: str = "") -> str:
    first, others = _made_up_people() if context.settings().demo else ([], [])
    return render_template(
        "accounts/sign_in.html",
        first=first,
        others=others,
        username=username,
        errors=errors or {},
        wanted=request.values.get("next", ""),
        carried=carried or request.form.get(kept.FIELD, ""),
        signed_out=request.args.get("out") == "1",
    )


def _made_up_people() -> tuple[list[DemoPerson], list[DemoPerson]]:
    with context.database().read() as connection:
        return demo_people(connection)
