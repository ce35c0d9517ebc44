"""How somebody gets in, on the person's page: the organisation's account, signing out everywhere, keys."""

from flask import flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.commands import access as commands
from engine.errors import Conflict, Invalid
from web import context, words
from web.views.administration.people import back, person_page
from web.views.administration.place import blueprint

Answer = Response | tuple[str, int]


@blueprint.post("/personer/<person_id>/konto/koppla")
def link(person_id: str) -> Answer:
    subject, provider = request.form.get("oidc_subject", "").strip(), context.settings().oidc
    person, now = context.person(), context.now()
    if not subject or provider is None:
        return _refused(person_id, subject, _("Skriv identiteten, som personen har fått se"))
    try:
        context.database().run(
            lambda connection: commands.link_account(connection, now, person, person_id, provider.issuer, subject)
        )
    except (Invalid, Conflict) as error:
        return _refused(person_id, subject, words.said(str(error)))
    flash(_("Kontot är kopplat. Personen kan logga in med sin organisations konto."))
    return back(person_id)


@blueprint.post("/personer/<person_id>/konto/ta-bort")
def unlink(person_id: str) -> Response:
    issuer, subject = request.form.get("issuer", ""), request.form.get("subject", "")
    person, now = context.person(), context.now()
    context.database().run(
        lambda connection: commands.unlink_account(connection, now, person, person_id, issuer, subject)
    )
    flash(_("Kopplingen är borttagen, och personens inloggningar är avslutade."))
    return back(person_id)


@blueprint.post("/personer/<person_id>/logga-ut")
def end_sessions(person_id: str) -> Response:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: commands.end_sessions(connection, now, person, person_id))
    flash(_("Alla personens inloggningar är avslutade."))
    return back(person_id)


@blueprint.post("/personer/<person_id>/nycklar/<token_id>/aterkalla")
def revoke_persons_token(person_id: str, token_id: str) -> Response:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: commands.take_token_back(connection, now, person, token_id))
    flash(_("Nyckeln är återkallad och fungerar inte längre."))
    return back(person_id)


def _refused(person_id: str, written: str, told: str) -> tuple[str, int]:
    return person_page(person_id, wrong={"oidc_subject": told}, account=written), 422
