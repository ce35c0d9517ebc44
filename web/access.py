"""Who is signed in. Every page demands it, save those in PUBLIC."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, redirect, request, session, url_for
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from engine.errors import NotFound
from engine.people import Person
from engine.substitutes import acting_person
from web import context

# Endpoints that answer without anybody signed in. Keep it short; a test prints what is here.
PUBLIC = frozenset(
    {
        "static",
        "favicon",
        "sign_in.show",
        "sign_in.submit",
        "oidc.begin",
        "oidc.carry",
        "oidc.finish",
        "pages.accessibility",
        "pages.privacy",
        "pages.help",
        "pages.report_fault",
        "calendar.feed",  # asks for a secret of its own
        "health.alive",
        "health.ready",
        "health.metrics",
    }
)

# Blueprints that check a bearer token themselves instead of the session.
TOKEN_BLUEPRINTS = frozenset({"api"})

csrf = CSRFProtect()


@dataclass(frozen=True)
class SignedIn:
    """Flask-Login's view of a person."""

    person: Person
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the session remembers: who, and until which signing out everywhere."""
        return f"{self.person.id}.{self.person.session_nonce}".rstrip(".")


def install(application: Flask) -> None:
    csrf.init_app(application)
    manager = LoginManager(application)
    manager.user_loader(_load)
    application.before_request(_demand_signing_in)
    application.context_processor(_who)


def is_public(endpoint: str) -> bool:
    return endpoint in PUBLIC or endpoint.partition(".")[0] in TOKEN_BLUEPRINTS


def _load(remembered: str) -> SignedIn | None:
    person_id, _separator, nonce = remembered.partition(".")
    try:
        with context.database().read() as connection:
            person = acting_person(connection, context.now(), person_id)
    except NotFound:
        return None
    return SignedIn(person) if person.session_nonce == nonce else None


def _demand_signing_in() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None or is_public(endpoint) or current_user.is_authenticated:
        return None
    session.permanent = True
    # Only a page that was asked for by GET can be gone back to after signing in.
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("sign_in.show", next=wanted))


def _who() -> dict[str, Any]:
    return {"signed_in_person": context.signed_in_person}
