"""Deviations and their patterns, for those who follow up the county; and the same to pass on, without small numbers."""

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.packs import Pack
from engine.queries.deviation_patterns import Chosen, deviation_patterns
from exports.kinds import DEFAULT_THRESHOLD
from exports.monitoring_registers import pattern_tables
from web import context, words
from web.views import monitoring
from web.views.monitoring import blueprint

SHARED = "delning"


@blueprint.get("/avvikelser", defaults={"suffix": ""})
@blueprint.get("/avvikelser.<suffix>")
def deviations(suffix: str) -> str | Response:
    pack = monitoring.chosen_pack()
    with context.database().read() as connection:
        found = deviation_patterns(connection, words.titles(), pack.key, context.person(), context.now(), _chosen(pack))
    threshold = threshold_of(pack) if request.args.get(SHARED) == "ja" else None
    tables = pattern_tables(found, threshold, monitoring.say())
    if suffix:
        return monitoring.file_of(tables, "avvikelsemonster", suffix, _choice(pack, threshold))
    return render_template(
        "county/deviations.html",
        found=found,
        tables=tables,
        threshold=threshold,
        hidden=threshold is not None and 0 < found.total < threshold,
        categories=_categories(pack),
        municipalities=monitoring.municipalities(),
        chosen={name: request.args.get(name, "") for name in ("kommun", "kategori", "fran", "till")},
        most=max((one.number for one in found.months), default=1),
    )


def threshold_of(pack: Pack) -> int:
    """From how many a number may be passed on."""
    given = pack.parameters.get("suppression_threshold")
    return given if isinstance(given, int) else DEFAULT_THRESHOLD


def _categories(pack: Pack) -> list[tuple[str, str]]:
    items = pack.catalogues.get("deviation_categories", [])
    return [(str(item["key"]), words.words(str(item["title"]))) for item in items]


def _chosen(pack: Pack) -> Chosen:
    since, until = monitoring.period()
    category = request.args.get("kategori", "")
    return Chosen(since, until, monitoring.municipality(), category if category in dict(_categories(pack)) else None)


def _choice(pack: Pack, threshold: int | None) -> list[str]:
    chosen = monitoring.choice_words()
    if category := _chosen(pack).category:
        chosen.append(f"{_('Kategori')}: {dict(_categories(pack))[category]}")
    if threshold is not None:
        chosen.append(_("små tal är dolda"))
    return chosen
