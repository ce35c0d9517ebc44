"""Signing in with username and password, and out again."""

import json

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from engine.errors import NotPermitted
from engine.kept_texts import read_text
from engine.people import Person, authenticate, find_person
from web import context, kept
from web.access import SignedIn
from web.addresses import own_address, start_page
from web.demo_people import DemoPerson, demo_people

blueprint = Blueprint("sign_in", __name__)

KEPT_WHEN_SIGNING_OUT = ("locale",)
ELSEWHERE = "kept_elsewhere"  # in the session: the secret of the text that waits in the database


@blueprint.get("/logga-in")
def show() -> str | Response:
    if context.signed_in_person():
        return redirect(start_page())
    ended = session.pop("_user_id", None) is not None  # signed out from elsewhere, or the account has been closed
    return _form(carried=text_elsewhere(), ended=ended)


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
            return sign_in_as(found, request.form.get("next"), request.form.get(kept.FIELD, ""))
    return _form(username, errors), 422


@blueprint.post("/logga-ut")
def sign_out() -> Response:
    return signed_out()


def signed_out(*, everywhere: bool = False) -> Response:
    """End this browser's session and leave nothing behind in it."""
    kept = {key: session[key] for key in KEPT_WHEN_SIGNING_OUT if key in session}
    logout_user()
    session.clear()
    session.update(kept)
    response = redirect(url_for("sign_in.show", out="overallt" if everywhere else "1"))
    # On a shared computer the next person must not find the pages, or text that was never saved.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _be_made_up_person(username: str) -> Response | tuple[str, int]:
    """Without a password: the demo holds nothing but made-up data and answers only on this machine."""
    with context.database().read() as connection:
        found = find_person(connection, username)
    if found is None:
        return _form(), 422
    return sign_in_as(found, request.form.get("next"), request.form.get(kept.FIELD, ""))


@blueprint.get("/logga-in/fortsatt")
def resume() -> str | Response:
    """After signing in elsewhere: what this browser was sending, to be sent once more."""
    return kept.resumed(text_elsewhere()) or redirect(start_page())


def sign_in_as(found: Person, wanted: str | None, carried: str = "") -> Response:
    """Begin the person's session, and go to the page that was wanted, or on with the text that was carried."""
    elsewhere = session.get(ELSEWHERE)
    # A new session, so that one planted before signing in is worth nothing.
    locale = session.get("locale")
    session.clear()
    session.permanent = True
    session["locale"] = locale or found.locale
    if elsewhere:
        session[ELSEWHERE] = elsewhere
    login_user(SignedIn(found))
    resumed = kept.resumed(carried)
    return make_response(resumed) if resumed else redirect(own_address(wanted))


def text_elsewhere() -> str:
    """What this browser was sending before it went to sign in at the identity provider; empty when nothing."""
    secret = session.get(ELSEWHERE)
    if not secret:
        return ""
    with context.database().read() as connection:
        return read_text(connection, context.now(), secret) or ""


def page_that_carries(sent: kept.Kept) -> str:
    """The form to sign in with, for somebody who sent something after having been signed out."""
    return _form(carried=json.dumps(sent))


def _form(username: str = "", errors: dict[str, str] | None = None, carried: str = "", *, ended: bool = False) -> str:
    first, others = _made_up_people() if context.settings().demo else ([], [])
    return render_template(
        "accounts/sign_in.html",
        first=first,
        others=others,
        username=username,
        errors=errors or {},
        wanted=request.values.get("next", ""),
        carried=carried or request.form.get(kept.FIELD, ""),
        signed_out=request.args.get("out", ""),
        ended=ended,
    )


def _made_up_people() -> tuple[list[DemoPerson], list[DemoPerson]]:
    with context.database().read() as connection:
        return demo_people(connection)
