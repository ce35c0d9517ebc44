"""Signing in through the organisation's own identity provider (OpenID Connect). The only door to Authlib.

Code flow with PKCE, state and nonce. A provider's account is a person here only when an administrator has linked it;
see `engine.identities` for why.
"""

import logging
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import MismatchingStateError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, make_response, render_template, request, session, url_for
from flask_babel import gettext as _
from joserfc.errors import ExpiredTokenError, JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from engine.errors import Invalid, NotPermitted
from engine.identities import demand_pseudonym, person_of_identity
from engine.kept_texts import keep_text
from engine.settings import Oidc
from web import context, error_pages, kept, language
from web.sign_in import ELSEWHERE, sign_in_as, text_elsewhere

blueprint = Blueprint("oidc", __name__)

_NAME, _WANTED = "provider", "oidc_wanted"
_TIMEOUT_SECONDS = 10
# What a provider may sign with: nothing that the client's own secret, or nobody at all, could have made.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
# What a provider answers when the fault is its own.
_PROVIDERS_OWN = frozenset({"server_error", "temporarily_unavailable"})
_log = logging.getLogger(__name__)
# What a provider that is away, or answers nonsense, makes Authlib let out.
_FAULTS = (AuthlibBaseError, JoseError, RequestException, ValueError, TypeError, LookupError, RuntimeError)


def install(application: Flask) -> None:
    """The pages to sign in with, when a provider has been set."""
    settings: Oidc | None = application.extensions["samflode_settings"].oidc
    application.add_template_global(lambda: settings is not None, "has_provider")
    if settings is None:
        return
    registry = OAuth(application)
    registry.register(
        _NAME,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid", "code_challenge_method": "S256", "timeout": _TIMEOUT_SECONDS},
    )
    application.extensions["samflode_provider"] = registry.create_client(_NAME)
    application.register_blueprint(blueprint)


@blueprint.get("/logga-in/organisation")
def begin() -> Response | tuple[str, int]:
    """On to the provider."""
    for name in [name for name in session if name.startswith(f"_state_{_NAME}_")]:
        session.pop(name)  # what was begun and never finished would fill the cookie
    session[_WANTED] = request.args.get("next", "")
    try:
        _demand_issuer()
        answer: Response = _provider().authorize_redirect(_own_address())
    except _FAULTS as error:
        return _failed(error)
    return answer


@blueprint.post("/logga-in/organisation")
def carry() -> Response | tuple[str, int]:
    """On to the provider with text that somebody was sending: it waits here, for this browser, until they are back."""
    content = request.form.get(kept.FIELD, "")
    try:
        secret = context.database().run(lambda connection: keep_text(connection, context.now(), content))
    except Invalid as error:
        return error_pages.page(422, language.said(str(error)))
    session[ELSEWHERE] = secret
    # Not a redirect: the content policy follows those of a form, and lets them go nowhere but here.
    onward = url_for("oidc.begin", next=request.form.get("next") or None)
    return make_response(render_template("accounts/to_provider.html", onward=onward))


@blueprint.get("/logga-in/svar")
def finish() -> Response | tuple[str, int]:
    """Back from the provider, with a code that is worth an identity."""
    wanted = session.get(_WANTED, "")
    try:
        issuer, subject = _identity()
        demand_pseudonym(issuer, subject)
    except (Invalid, *_FAULTS) as error:
        return _failed(error)
    try:
        with context.database().read() as connection:
            person = person_of_identity(connection, issuer, subject)
    except NotPermitted:
        return render_template("accounts/not_linked.html", issuer=issuer, subject=subject, kept=text_elsewhere()), 403
    # A page of its own, so that it can be loaded anew: the code in this address is worth nothing twice.
    return sign_in_as(person, url_for("sign_in.resume") if text_elsewhere() else wanted)


def _identity() -> tuple[str, str]:
    """Issuer and subject, as the provider has signed them for us and for this sign-in."""
    settings = _demand_issuer()
    provider = _provider()
    metadata = provider.load_server_metadata()
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [each for each in offered if each in _ALGORITHMS]
    demanded = {
        "iss": {"essential": True, "value": settings.issuer},
        "aud": {"essential": True, "value": settings.client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
    }
    claims = provider.authorize_access_token(claims_options=demanded)["userinfo"]
    return str(claims["iss"]), str(claims["sub"])


def _demand_issuer() -> Oidc:
    """What the provider says of itself is about the issuer that has been set, and nobody else."""
    settings = context.settings().oidc
    said = _provider().load_server_metadata().get("issuer")
    if settings is None or said != settings.issuer:
        raise ValueError(f"the provider calls itself {said!r}")
    return settings


def _own_address() -> str:
    return f"{context.settings().base_url}{url_for('oidc.finish')}"


def _provider() -> Any:
    return current_app.extensions["samflode_provider"]


def _failed(error: Exception) -> tuple[str, int]:
    """The page that says what came between, that nothing was lost, and how to try again."""
    cancelled = getattr(error, "error", "") == "access_denied"
    _log.log(logging.INFO if cancelled else logging.WARNING, "no sign-in: %s: %s", type(error).__name__, error)
    said, status = _explained(error)
    return (
        render_template(
            "accounts/provider_failed.html",
            said=language.said(str(error)) if isinstance(error, Invalid) else said,
            cancelled=cancelled,
            again=url_for("oidc.begin", next=session.get(_WANTED) or None),
            kept=text_elsewhere(),
        ),
        status,
    )


def _explained(error: Exception) -> tuple[str, int]:
    """A sentence of what happened and what to do, and the answer's status."""
    code = getattr(error, "error", "")
    if code == "access_denied":
        return _("Du avbröt inloggningen, eller så släppte din organisation inte in dig."), 422
    if isinstance(error, MismatchingStateError):
        return _("Inloggningen tog för lång tid, eller påbörjades i ett annat fönster. Börja om från början."), 422
    if isinstance(error, ExpiredTokenError) or "future" in str(error):
        return _(
            "Klockan går olika hos inloggningstjänsten och i Samflöde. Det är inget du kan rätta: "
            "säg till den som sköter inloggningen hos er."
        ), 422
    if isinstance(error, RequestException) or code in _PROVIDERS_OWN or request.endpoint == "oidc.begin":
        return _("Inloggningstjänsten svarar inte just nu. Försök igen om en stund."), 503
    if isinstance(error, Invalid):
        return "", 403
    return _("Inloggningen gick inte att slutföra. Börja om från början."), 422
