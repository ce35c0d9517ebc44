"""Health, settings in force, tokens, reported accessibility faults, mail to try again, and the administration's log."""

from datetime import timedelta
from importlib.metadata import version

from flask import Response as Download
from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import make_url
from werkzeug.wrappers import Response

from engine.commands.access import give_token, resend_mail, take_token_back
from engine.commands.faults import handle_fault
from engine.people import list_people
from engine.queries.administration import KINDS, LogRow, read_log
from engine.queries.faults import list_faults
from engine.queries.swedish import swedish_order
from engine.queries.system import read_system
from engine.settings import Settings
from engine.tokens import SCOPES, list_tokens
from exports.tables import Column, Table
from web import context
from web.marking import N_
from web.views.account_access import scope_title
from web.views.administration import log_words
from web.views.administration.place import blueprint, download, page, written

LIFETIMES = {"30": N_("30 dagar"), "90": N_("90 dagar"), "365": N_("Ett år")}
MOST_LOGGED = 10_000


@blueprint.app_template_filter("log_sentence")
def _log_sentence(row: LogRow) -> str:
    return log_words.sentence(row)


blueprint.add_app_template_filter(log_words.values, "log_values")
blueprint.add_app_template_filter(log_words.after, "log_after")


@blueprint.get("/drift")
def system() -> str:
    with context.database().read() as connection:
        found = read_system(connection, context.now(), context.person(), context.settings())
    return page(
        "system",
        system=found,
        oldest=context.now() - timedelta(seconds=found.health.oldest_due_timer_seconds),
        settings=_settings(context.settings()),
        version=version("samflode"),
    )


def _settings(settings: Settings) -> list[tuple[str, str, str]]:
    """(variable, what it is for, its value); a secret only says whether it is set."""
    smtp = make_url(settings.smtp_url) if settings.smtp_url else None
    is_set, is_not = _("är satt, visas aldrig"), _("är inte satt")
    return [
        (
            "SAMFLODE_DATABASE_URL",
            _("Databasen"),
            make_url(settings.database_url).render_as_string(hide_password=True),
        ),
        ("SAMFLODE_HOME", _("Mapp för databas och filer"), str(settings.home)),
        (
            "SAMFLODE_PACKS",
            _("Mappar med processpaket"),
            ", ".join(map(str, settings.packs)) or _("de som följer med Samflöde"),
        ),
        ("SAMFLODE_SECRET_KEY", _("Skyddar inloggningen"), is_set if settings.secret_key else is_not),
        ("SAMFLODE_BASE_URL", _("Adressen som står i mejl"), settings.base_url),
        (
            "SAMFLODE_SMTP_URL",
            _("Server för mejl"),
            f"{smtp.drivername}://{smtp.host}:{smtp.port or 25}" if smtp else is_not,
        ),
        ("SAMFLODE_OIDC_ISSUER", _("Gemensam inloggning"), settings.oidc.issuer if settings.oidc else is_not),
        (
            "SAMFLODE_OIDC_CLIENT_ID",
            _("Vem Samflöde är för den"),
            settings.oidc.client_id if settings.oidc else is_not,
        ),
        ("SAMFLODE_OIDC_CLIENT_SECRET", _("Hemligheten för den"), is_set if settings.oidc else is_not),
        ("SAMFLODE_LOCALE", _("Språk från början"), settings.locale),
        ("SAMFLODE_TIMEZONE", _("Tidszon"), settings.timezone),
    ]


@blueprint.get("/nycklar")
def tokens() -> str:
    return _tokens({}, {})


@blueprint.post("/nycklar")
def create_token() -> Download | tuple[str, int]:
    values = written("person", "scope", "purpose", "lifetime")
    wrong = {
        name: sentence
        for name, sentence in (
            ("person", _("Välj vem nyckeln ska gälla för")),
            ("purpose", _("Skriv vad nyckeln ska användas till")),
            ("scope", _("Välj vad nyckeln får göra")),
        )
        if not values[name]
    }
    if values["scope"] and values["scope"] not in SCOPES:
        wrong["scope"] = _("Välj vad nyckeln får göra")
    if wrong:
        return _tokens(values, wrong), 422
    person, now = context.person(), context.now()
    days = int(values["lifetime"]) if values["lifetime"] in LIFETIMES else 90
    made = context.database().run(
        lambda connection: give_token(
            connection, now, person, values["person"], [values["scope"]], values["purpose"], now + timedelta(days=days)
        )
    )
    answer = Download(page("token", secret=made.secret, purpose=values["purpose"]))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/nycklar/<token_id>/aterkalla")
def revoke_token(token_id: str) -> Response:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: take_token_back(connection, now, person, token_id))
    flash(_("Nyckeln är återkallad och fungerar inte längre."))
    return redirect(url_for("administration.tokens"))


def _tokens(values: dict[str, str], wrong: dict[str, str]) -> str:
    with context.database().read() as connection:
        rows = list_tokens(connection)
        people = list_people(connection)
    people.sort(key=lambda one: swedish_order(one.name))
    return page(
        "tokens",
        rows=rows,
        scope_title=scope_title,
        people=[(one.id, f"{one.name} ({one.username})") for one in people],
        scopes=[(scope, scope_title(scope), None) for scope in SCOPES],
        lifetimes=[(days, _(title)) for days, title in LIFETIMES.items()],
        written=values or {"lifetime": "90"},
        wrong=wrong,
        errors=list(wrong.items()),
    )


@blueprint.get("/tillganglighetsfel")
def faults() -> str:
    handled = request.args.get("lage") == "hanterade"
    with context.database().read() as connection:
        rows = list_faults(connection, context.person(), handled=handled)
    return page("faults", rows=rows, handled=handled)


@blueprint.post("/tillganglighetsfel/<report_id>/hanterad")
def handled(report_id: str) -> Response:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: handle_fault(connection, now, person, report_id))
    flash(_("Rapporten är märkt som hanterad."))
    return redirect(url_for("administration.faults"))


@blueprint.post("/mejl/<mail_id>/skicka-igen")
def resend(mail_id: str) -> Response:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: resend_mail(connection, now, person, mail_id))
    flash(_("Mejlet försöks skickas igen inom kort."))
    return redirect(url_for("mail.log"))


@blueprint.get("/logg")
def log() -> str:
    kind, cursor = request.args.get("slag") or None, request.args.get("fran")
    with context.database().read() as connection:
        found = read_log(connection, context.person(), kind=kind, cursor=cursor)
    next_address = url_for("administration.log", slag=kind, fran=found.next_cursor) if found.next_cursor else None
    return page(
        "log",
        log=found.items,
        kind=kind,
        kinds=[(key, _(title).format(subject="…")) for key, title in KINDS.items()],
        next_address=next_address,
        first_address=url_for("administration.log", slag=kind) if cursor else None,
    )


@blueprint.get("/logg.<suffix>")
def log_file(suffix: str) -> Download:
    kind = request.args.get("slag") or None
    with context.database().read() as connection:
        rows = read_log(connection, context.person(), kind=kind, limit=MOST_LOGGED).items
    columns = [
        Column(_("När"), kind="moment", width=18),
        Column(_("Vem"), width=24),
        Column(_("Vad"), width=50),
        Column(_("Före"), width=40),
        Column(_("Efter"), width=40),
    ]
    table = Table(
        key="Logg",
        title=_("Logg"),
        columns=columns,
        rows=[
            [
                row.at,
                row.who or _("Kommandoraden"),
                log_words.sentence(row),
                log_words.values(row.data.get("before") or {}),
                log_words.after(row),
            ]
            for row in rows
        ],
    )
    return download(table, "log", suffix)
