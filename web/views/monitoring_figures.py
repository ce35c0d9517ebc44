"""Key figures by sex and year: official ones, and those that the parties have handed in in Samflöde."""

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.queries.official_figures import official_figures
from engine.queries.register_rows import reported_figures
from exports.monitoring_registers import official_table
from exports.register_tables import FIGURE_KINDS, figures_table
from web import context, words
from web.views import monitoring
from web.views.monitoring import blueprint
from web.views.monitoring_deviations import threshold_of

EVERY = "alla"


@blueprint.get("/nyckeltal", defaults={"suffix": ""})
@blueprint.get("/nyckeltal.<suffix>")
def figures(suffix: str) -> str | Response:
    pack, titles, code = monitoring.chosen_pack(), words.titles(), monitoring.municipality()
    with context.database().read() as connection:
        official = official_figures(connection, code)
        reported = reported_figures(connection, titles, pack.key, context.now(), code)
    known = {one.year for one in official} | {one.year for one in reported if one.year is not None}
    years = sorted(known, reverse=True)
    year, kind = _year(years), request.args.get("slag", "")
    official = [one for one in official if year in (None, one.year) and kind in {"", "officiell"}]
    reported = [one for one in reported if year in (None, one.year) and kind in {"", one.kind}]
    say = monitoring.say()
    tables = [official_table(official, titles, say), figures_table(reported, threshold_of(pack), say)]
    if suffix:
        shown = [table for table in tables if table.rows] or tables
        return monitoring.file_of(shown, "nyckeltal", suffix, _choice(year, kind))
    return render_template(
        "county/figures.html",
        tables=tables,
        official=bool(official),
        years=[*((str(one), str(one)) for one in years), (EVERY, _("Alla år"))],
        kinds=_kinds(),
        municipalities=monitoring.municipalities(),
        chosen={"kommun": request.args.get("kommun", ""), "ar": str(year or EVERY), "slag": kind},
    )


def _kinds() -> list[tuple[str, str]]:
    say = monitoring.say()
    return [("officiell", _("Officiella siffror")), *((key, say(title)) for key, title in FIGURE_KINDS.items())]


def _year(known: list[int]) -> int | None:
    """The year of the address, else the latest there is: eight years of a county are too much for one page."""
    given = request.args.get("ar", "")
    if given == EVERY:
        return None
    return int(given) if given.isdigit() and int(given) in known else next(iter(known), None)


def _choice(year: int | None, kind: str) -> list[str]:
    chosen = monitoring.choice_words()
    if year is not None:
        chosen.append(f"{_('År')}: {year}")
    if kind in dict(_kinds()):
        chosen.append(f"{_('Slag')}: {dict(_kinds())[kind]}")
    return chosen
