"""Mail: each person's choices and log on the settings page, what would have been sent (demo), and the common log."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.authorisation import may_operate, sees_everything
from engine.commands.digests import digest_of
from engine.commands.preferences import CHOICES, DIGEST, MONTHLY, choose_mail, preferences_of
from engine.commands.redirecting import redirect_mail
from engine.delivery import redirect_address
from engine.errors import Invalid
from engine.mail import KINDS, next_digest, preference_name
from engine.queries.mail_log import letters_to, list_letters
from web import context, words
from web.marking import N_
from web.views import account_page

blueprint = Blueprint("mail", __name__)

KIND_TITLES = {
    "urgent": N_("En uppgift har kort tid, till exempel 24 timmar för ansvaret i en avvikelse"),
    "escalation": N_("En uppgift är försenad och någon väntar på den"),
    "handover": N_("Någon har lämnat över en uppgift till dig"),
    "contribution": N_("Någon ber dig skriva en del av en uppgift"),
    "mention": N_("Någon nämner dig i en kommentar"),
    "substitute": N_("Du blir ersättare, eller får en"),
    "reminder": N_("Någon påminner dig om en uppgift"),
    "deadline": N_("En uppgift ska snart vara klar"),
    "notice": N_("Något har hänt som du behöver känna till, till exempel ett beslut"),
}
# In lists of what has been written.
SHORT_TITLES = {
    "urgent": N_("Kort tid"),
    "escalation": N_("Försening"),
    "handover": N_("Överlämning"),
    "contribution": N_("Del att skriva"),
    "mention": N_("Omnämnande"),
    "substitute": N_("Ersättare"),
    "reminder": N_("Påminnelse"),
    "deadline": N_("Påminnelse"),
    "notice": N_("Besked"),
    "digest": N_("Veckobrev"),
    "monthly_status": N_("Månadens arbetsbok"),
}
CHOICE_TITLES = {"now": N_("Direkt"), "digest": N_("I veckobrevet"), "never": N_("Inte alls")}
OTHER = N_("Meddelande")
STATE_TITLES = {
    "sent": N_("Skickat"),
    "kept": N_("Kommer i veckobrevet"),
    "unaddressed": N_("Inte skickat: adress saknas"),
    "failed": N_("Gick inte att skicka, försöks igen"),
    "waiting": N_("Väntar på att skickas"),
}


@blueprint.post("/installningar/mejl")
def choose() -> Response:
    choices = {key: request.form.get(f"kind.{key}", kind.default) for key, kind in KINDS.items() if not kind.fixed}
    wanted = {"digest": "digest" in request.form, "monthly": "monthly" in request.form}
    person, now = context.person(), context.now()
    context.database().run(lambda connection: choose_mail(connection, now, person, choices, **wanted))
    flash(_("Dina val av mejl är sparade."))
    return redirect(account_page.address("mejl"))


@blueprint.get("/mejl")
def show() -> str:
    """What would have been sent. Only in the demo, where nobody has a mailbox."""
    if not context.settings().demo:
        abort(404)
    person = context.person()
    moment = next_digest(context.now())
    with context.database().read() as connection:
        letters = letters_to(connection, person.id)
        preview = digest_of(connection, moment, person, context.settings().base_url)
    return render_template(
        "mail/demo.html", person=person, letters=letters, preview=preview, moment=moment, **_titles()
    )


@blueprint.get("/administration/mejl")
def log() -> str:
    may_operate(context.person()).demand()
    return _log(None, None)


@blueprint.post("/administration/mejl")
def redirect_all() -> Response | tuple[str, int]:
    address = request.form.get("address", "") if request.form.get("do") != "stop" else None
    person, now = context.person(), context.now()
    try:
        context.database().run(lambda connection: redirect_mail(connection, now, person, address))
    except Invalid as error:
        return _log(address, str(error)), 422
    flash(_("Alla mejl går nu till %(address)s.", address=address) if address else _("Mejlen går till sina mottagare."))
    return redirect(url_for("mail.log"))


def _log(written: str | None, error: str | None) -> str:
    search, cursor = request.args.get("sok", "").strip(), request.args.get("fran")
    with context.database().read() as connection:
        page = list_letters(connection, search=search or None, cursor=cursor)
        current = redirect_address(connection)
    return render_template(
        "mail/log.html",
        page=page,
        search=search,
        cursor=cursor,
        current=current,
        written=current if written is None else written,
        errors=[("address", words.said(error))] if error else [],
        sends=bool(context.settings().smtp_url),
        **_titles(),
    )


def _titles() -> dict[str, Callable[[str], str]]:
    return {
        "kind_title": lambda kind: _(SHORT_TITLES.get(kind, OTHER)),
        "state_title": lambda state: _(STATE_TITLES[state]),
    }


def _choices() -> dict[str, Any]:
    person = context.person()
    with context.database().read() as connection:
        chosen = preferences_of(connection, person.id)
        letters = letters_to(connection, person.id, limit=10)
    return {
        "kinds": [
            (key, _(KIND_TITLES[key]), kind.fixed, chosen.get(preference_name(key), kind.default))
            for key, kind in KINDS.items()
        ],
        "choices": [(choice, _(CHOICE_TITLES[choice])) for choice in CHOICES],
        "digest": chosen.get(DIGEST) is not False,
        "monthly": chosen.get(MONTHLY) is True,
        "may_have_workbook": sees_everything(person),
        "has_address": bool(person.email),
        "letters": letters,
        "demo": context.settings().demo,
        **_titles(),
    }


account_page.add(account_page.Section("mejl", N_("Mejl"), "mail/choices.html", _choices, place=40))
