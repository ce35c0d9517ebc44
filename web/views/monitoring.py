"""What the pages of the county picture share: their blueprint, the way between them, their filters and their files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from markupsafe import Markup

from engine.authorisation import may_follow_up
from engine.clock import end_of_day, start_of_day
from engine.errors import NotFound
from engine.packs import Pack
from engine.queries.swedish import swedish_order
from exports.delimited import csv_bytes
from exports.kinds import FORMATS, file_name
from exports.language import Translate, translator
from exports.tables import About, Marked, Missing, Table, Value
from exports.workbook import workbook_of_tables
from web import context, language, words
from web.dates import short_date
from web.marking import N_

blueprint = Blueprint("county", __name__, url_prefix="/lansbild")

FIVE_DIGITS = 10_000


@dataclass(frozen=True)
class Tab:
    """One of the pages. `closed`: only for those who follow up the whole county."""

    endpoint: str
    title: str
    closed: bool = False


TABS = (
    Tab("county.show", N_("Läget")),
    Tab("county.late", N_("Sent")),
    Tab("county.bottlenecks", N_("Flaskhalsar")),
    Tab("county.assessments", N_("Självskattningar")),
    Tab("county.deviations", N_("Avvikelser"), closed=True),
    Tab("county.figures", N_("Nyckeltal")),
    Tab("county.workload", N_("Arbetsbelastning"), closed=True),
)


@dataclass(frozen=True)
class Way:
    """A link to one of the pages; `here` when it is the one being shown."""

    title: str
    address: str
    here: bool


@blueprint.app_template_global("county_ways")
def ways() -> list[Way]:
    """The pages that the reader may see."""
    follows_up = bool(may_follow_up(context.person()))
    return [
        Way(_(tab.title), url_for(tab.endpoint), request.endpoint == tab.endpoint)
        for tab in TABS
        if tab.endpoint in current_app.view_functions and (follows_up or not tab.closed)
    ]


@blueprint.app_template_global("file_address")
def file_address(suffix: str, **changed: str) -> str:
    """Where the page that is shown can be had as a file, with the filters that are chosen."""
    values: dict[str, Any] = {**kept(), **changed, "suffix": suffix}
    return url_for(request.endpoint or "county.show", **values)


@blueprint.app_template_filter("file_value")
def file_value(value: Value) -> str:
    """A value of a file as it is shown on a page: what is missing says why, a status is symbol, word and colour."""
    if isinstance(value, Missing):
        return Markup('<span class="muted">{}</span>').format(value.why)
    if isinstance(value, Marked):
        word = value.text.partition(" ")[2] or value.text
        return Markup(
            '<span class="status status--{tone}"><svg class="icon" aria-hidden="true" focusable="false">'
            '<use href="#s-{tone}"/></svg>{word}</span>'
        ).format(tone=value.tone, word=word)
    if isinstance(value, datetime | date):
        return short_date(value)
    if isinstance(value, int) and abs(value) < FIVE_DIGITS:
        return str(value)  # years stand among the numbers: only longer ones are parted
    if isinstance(value, int | float):
        return str(format_decimal(value))
    return value or ""


@blueprint.app_template_filter("level_cell")
def level_cell(value: Value) -> str:
    """A level in a dense table: the symbol, and the word for those who listen."""
    if not isinstance(value, Marked):
        return Markup('<span class="muted">–<span class="hidden"> {}</span></span>').format(file_value(value))
    return Markup(
        '<span class="level is-{tone}"><svg class="icon" aria-hidden="true" focusable="false">'
        '<use href="#s-{tone}"/></svg><span class="hidden">{word}</span></span>'
    ).format(tone=value.tone, word=value.text.partition(" ")[2])


def kept() -> dict[str, str]:
    """The filters of the address, so that a link or a file shows the same."""
    return {key: value for key, value in request.args.items() if key != "lang" and value}


def chosen_pack() -> Pack:
    """The process pack of the address, else the first. Raises NotFound when none is deployed."""
    packs = words.titles().packs
    if not packs:
        raise NotFound("Inget processpaket är inläst än. Be en administratör läsa in ett.")
    key = request.args.get("paket", "")
    return packs[key] if key in packs else next(iter(packs.values()))


def say() -> Translate:
    """Texts of exports and packs in the reader's language."""
    return translator(chosen_pack(), language.current())


def municipality() -> str | None:
    """The municipality of the address."""
    return _one_of("kommun", dict(municipalities()))


def stage() -> str | None:
    return _one_of("skede", {stage.key: stage.title for stage in chosen_pack().stages})


def municipalities() -> list[tuple[str, str]]:
    """Those of the pack, by name as a Swedish list has them."""
    listed = chosen_pack().parameters.get("municipalities")
    codes = [str(code) for code in listed] if isinstance(listed, list) else []
    named = ((code, words.titles().organisation(code)) for code in codes)
    return sorted(named, key=lambda one: swedish_order(one[1]))


def _one_of(name: str, known: dict[str, str]) -> str | None:
    given = request.args.get(name, "")
    return given if given in known else None


def day(name: str) -> date | None:
    """A day of the address, None when it is none."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def period() -> tuple[datetime | None, datetime | None]:
    """From the first moment of one day to the last of another, each None when nobody has chosen it."""
    first, last = day("fran"), day("till")
    return start_of_day(first) if first else None, end_of_day(last) if last else None


def choice_words() -> list[str]:
    """The filters that municipality, stage and period are, in words, for the file and for the page."""
    chosen = []
    if code := municipality():
        chosen.append(f"{_('Kommun')}: {words.titles().organisation(code)}")
    if key := stage():
        chosen.append(f"{_('Skede')}: {words.words(words.titles().stage(chosen_pack().key, key))}")
    for name, title in (("fran", _("Från")), ("till", _("Till"))):
        if found := day(name):
            chosen.append(f"{title}: {found.isoformat()}")
    return chosen


def file_of(tables: Sequence[Table], kind: str, suffix: str, chosen: Sequence[str] = ()) -> Response:
    """The tables of a page as a workbook, or one of them as CSV (the address's, else the first).

    The workbook says what was chosen.
    """
    if suffix not in FORMATS:
        abort(404)
    locale = language.current()
    if suffix == "csv":
        wanted = request.args.get("tabell", "")
        table = next((table for table in tables if table.key.lower() == wanted), tables[0])
        content = csv_bytes(table, locale)
    else:
        choice = _("Urval: %(chosen)s.", chosen="; ".join(chosen)) if chosen else _("Urval: allt.")
        noted = [replace(table, note=f"{choice} {table.note}".strip()) for table in tables]
        about = About(tables[0].title, context.now(), context.now(), locale)
        content = workbook_of_tables(noted, about, say())
    response = Response(content, content_type=FORMATS[suffix])
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(kind, suffix, context.now())}"'
    return response
