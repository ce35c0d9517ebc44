"""Incidents: what could not be done, one of them, trying again, closing it."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.commands import note_incident, retry_incident
from engine.commands.incidents import RETRIED, UNKNOWN, resolve_incident
from engine.errors import ExecutionFailed, Invalid, NotFound
from engine.queries.incidents import IncidentRow, list_incidents
from web import context, words
from web.marking import N_
from web.views.administration.place import blueprint, page

KIND_TITLES = {
    "timer": N_("En tidsgräns skulle utlösas"),
    "message": N_("Ett besked skulle tas emot"),
    "task": N_("Någon slutförde en uppgift"),
}


@blueprint.get("/fel")
def incidents() -> str:
    resolved = request.args.get("lage") == "alla"
    with context.database().read() as connection:
        rows = list_incidents(connection, context.person(), resolved=resolved)
    return page("incidents", rows=rows, resolved=resolved, kind_title=_kind_title)


@blueprint.get("/fel/<incident_id>")
def incident(incident_id: str) -> str:
    return _one(incident_id)


@blueprint.post("/fel/<incident_id>/forsok-igen")
def retry(incident_id: str) -> Response | tuple[str, int]:
    person, now, reason = context.person(), context.now(), request.form.get("reason", "")
    try:
        done = context.database().run(lambda connection: retry_incident(connection, now, person, incident_id, reason))
    except Invalid as error:
        return _one(incident_id, reason, "reason", str(error)), 422
    except ExecutionFailed as failed:
        again = failed  # the name is gone when the block ends
        context.database().run(lambda connection: note_incident(connection, now, again))
        return _one(incident_id, reason, "reason", _("Det gick inte den här gången heller. Felet är noterat.")), 409
    flash(_("Det gick. Felet är avhjälpt.") if done == RETRIED else words.said(done))
    return redirect(url_for("administration.incidents"))


@blueprint.post("/fel/<incident_id>/avsluta")
def resolve(incident_id: str) -> Response | tuple[str, int]:
    person, now, reason = context.person(), context.now(), request.form.get("why", "")
    return _done(incident_id, reason, lambda connection: resolve_incident(connection, now, person, incident_id, reason))


def _done(incident_id: str, reason: str, change: Callable[[Connection], None]) -> Response | tuple[str, int]:
    try:
        context.database().run(change)
    except Invalid as error:
        return _one(incident_id, reason, "why", str(error)), 422
    flash(_("Felet är avslutat."))
    return redirect(url_for("administration.incidents"))


def _one(incident_id: str, reason: str = "", field: str = "", sentence: str = "") -> str:
    with context.database().read() as connection:
        rows = list_incidents(connection, context.person(), resolved=True, limit=10_000)
    row = next((one for one in rows if one.id == incident_id), None)
    if row is None:
        raise NotFound(UNKNOWN)
    wrong = {field: words.said(sentence)} if sentence else {}
    return page(
        "incident",
        row=row,
        kind_title=_kind_title,
        written={field: reason},
        wrong=wrong,
        errors=list(wrong.items()),
    )


def _kind_title(row: IncidentRow) -> str:
    return str(_(KIND_TITLES[row.kind])) if row.kind in KIND_TITLES else row.kind
