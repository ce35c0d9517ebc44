"""The calendar that a person subscribes to: a secret address, made and withdrawn on the settings page."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine.commands.calendar import make_feed, revoke_feed
from engine.people import Person
from engine.queries.calendar import common_days, feed_owner, feed_since, own_deadlines
from engine.queries.titles import load_titles
from exports.calendar_feed import calendar_file
from web import context
from web.marking import N_
from web.views import account_page

blueprint = Blueprint("calendar", __name__)

BEFORE, AHEAD = timedelta(days=60), timedelta(days=550)


@blueprint.get("/kalender/<secret>.ics")
def feed(secret: str) -> Response:
    """Public: whoever has the address has the calendar. Titles and days only; what is written stays inside."""
    now, today = context.now(), context.today()
    with context.database().read() as connection:
        person = feed_owner(connection, secret)
        if person is None:
            abort(404)
        first, last = today - BEFORE, today + AHEAD
        days = [*own_deadlines(connection, person, now, first, last)]
        days += common_days(connection, now, first, last, _places(person))
        packs = load_titles(connection).packs.values()
    content = calendar_file(days, packs, person.locale, context.settings().base_url, now)
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="samflode.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.post("/installningar/kalender")
def make() -> str:
    person, now = context.person(), context.now()
    secret = context.database().run(lambda connection: make_feed(connection, now, person))
    address = context.settings().base_url + url_for("calendar.feed", secret=secret)
    return account_page.page(kalender={"address": address})


@blueprint.post("/installningar/kalender/aterkalla")
def revoke() -> AnyResponse:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: revoke_feed(connection, now, person))
    flash(_("Kalenderadressen fungerar inte längre."))
    return redirect(account_page.address("kalender"))


def _places(person: Person) -> frozenset[str]:
    """Whose meetings and reviews: the organisations in which the person has a role."""
    return person.organisations


def _content() -> dict[str, Any]:
    with context.database().read() as connection:
        return {"since": feed_since(connection, context.person().id), "address": None}


account_page.add(account_page.Section("kalender", N_("Kalender"), "calendar/feed.html", _content, place=50))
