"""The administration's blueprint, which only administrators come into, and what its pages have in common."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import gettext as _

from engine.authorisation import may_administer
from engine.errors import InvalidForm
from engine.people import ADMINISTRATOR
from exports.delimited import csv_bytes
from exports.kinds import FORMATS, file_name
from exports.language import translator
from exports.tables import About, Table
from exports.workbook import workbook_of_tables
from web import context, language, words
from web.marking import N_

blueprint = Blueprint("administration", __name__, url_prefix="/administration")

ROLE_OF_ADMINISTRATORS = N_("Administratör")


@dataclass(frozen=True)
class Place:
    """A page of the administration's own menu; `pages` are the endpoints that belong under it."""

    endpoint: str
    title: str
    about: str
    pages: tuple[str, ...] = ()


PLACES = (
    Place(
        "administration.people",
        N_("Personer och roller"),
        N_("Vem som får göra vad. Lägg till, rätta, ge roller, utse ersättare, stäng konton."),
        ("administration.add_person", "administration.person", "administration.password", "administration.anonymise"),
    ),
    Place(
        "administration.organisations",
        N_("Organisationer"),
        N_("Kommunerna, regionen och länets organ."),
        ("administration.organisation",),
    ),
    Place(
        "administration.packs",
        N_("Processpaket"),
        N_("Överenskommelsernas processer, formulär och ord: versioner, kontroll och inläsning."),
        ("administration.pack", "administration.compare_packs", "administration.upload", "administration.deploy"),
    ),
    Place(
        "administration.instances",
        N_("Ärenden"),
        N_("Sök ett ärende. Pausa, återuppta, ändra eller avbryt det, med skäl."),
        ("administration.instance", "administration.modify", "administration.preview"),
    ),
    Place(
        "administration.migrate",
        N_("Flytta till ny version"),
        N_("Flytta pågående ärenden till en annan version av sin process, efter en provkörning."),
    ),
    Place(
        "administration.incidents",
        N_("Fel"),
        N_("Det som inte gick att utföra: var, med vad, hur ofta. Försök igen eller avsluta."),
        ("administration.incident",),
    ),
    Place("mail.log", N_("Mejl"), N_("Vad som har skickats till vem, och en omkoppling av alla mejl vid prov.")),
    Place("administration.tokens", N_("Nycklar"), N_("Nycklar för program som använder gränssnittet (API).")),
    Place("administration.faults", N_("Tillgänglighetsfel"), N_("Brister som läsare har rapporterat.")),
    Place("administration.system", N_("Drift och inställningar"), N_("Hur systemet mår och vad som är inställt.")),
    Place("administration.log", N_("Logg"), N_("Vad administratörer har gjort, när, före och efter.")),
)


@blueprint.before_request
def _only_administrators() -> None:
    may_administer(context.person()).demand()


@blueprint.app_context_processor
def _menu() -> dict[str, Any]:
    return {"administration_menu": menu}


def menu() -> list[tuple[str, str, str, bool]]:
    """(address, title, what it is for, whether one is there)"""
    return [
        (url_for(place.endpoint), _(place.title), _(place.about), request.endpoint in {place.endpoint, *place.pages})
        for place in PLACES
    ]


def page(template: str, **given: Any) -> str:
    given.setdefault("errors", [])
    return render_template(f"administration/{template}.html", **given)


def said(error: InvalidForm) -> dict[str, str]:
    """What is wrong, by field, in the reader's language."""
    return {one.path: words.said(one.message) for one in error.errors}


def written(*names: str) -> dict[str, str]:
    """The posted fields, without blanks around them."""
    return {name: request.form.get(name, "").strip() for name in names}


def roles() -> list[tuple[str, str]]:
    """Every role of every deployed pack, and the administrator's: (key, title in the reader's language)."""
    found = {role.key: words.words(role.title) for pack in words.titles().packs.values() for role in pack.roles}
    return sorted({**found, ADMINISTRATOR: _(ROLE_OF_ADMINISTRATORS)}.items(), key=lambda role: role[1])


def organisation_choices() -> list[tuple[str, str]]:
    """Every organisation by name: (code, name)."""
    return sorted(
        ((code, words.words(name)) for code, name in words.titles().organisations.items()), key=lambda one: one[1]
    )


def download(table: Table, kind: str, suffix: str) -> Response:
    """A list as Excel or CSV, as shown on its page."""
    if suffix not in FORMATS:
        abort(404)
    now, locale = context.now(), language.current()
    pack = next(iter(words.titles().packs.values()), None)
    if suffix == "csv" or pack is None:
        content, suffix = csv_bytes(table, locale), "csv"
    else:
        content = workbook_of_tables([table], About(table.title, now, now, locale), translator(pack, locale))
    answer = Response(content, content_type=FORMATS[suffix])
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(kind, suffix, now)}"'
    return answer
