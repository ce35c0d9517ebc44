"""Self-assessments compared: municipality by municipality, item by item, and over time."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.packs import Pack
from engine.queries.assessments_compared import Compared, Round, assessment_rounds, compare, level_values, phases
from exports.monitoring_registers import (
    assessed_items_table,
    assessed_municipalities_table,
    level_mark,
    not_assessed_table,
    rounds_table,
)
from exports.tables import Value
from web import context, words
from web.views import monitoring
from web.views.monitoring import blueprint

# A small picture's own units.
WIDTH, HEIGHT, EDGE = 160, 56, 8


@dataclass(frozen=True)
class Curve:
    """One municipality's self-assessments as a line: points and what the whole says in words."""

    name: str
    points: list[tuple[float, float]]
    words: str

    @property
    def line(self) -> str:
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)


@blueprint.get("/sjalvskattningar", defaults={"suffix": ""})
@blueprint.get("/sjalvskattningar.<suffix>")
def assessments(suffix: str) -> str | Response:
    pack, code = monitoring.chosen_pack(), monitoring.municipality()
    with context.database().read() as connection:
        rounds = assessment_rounds(connection, words.titles(), pack.key, context.now(), code)
    stage = _stage(pack, rounds)
    expected = [one for one in monitoring.municipalities() if code in (None, one[0])]
    found, say = compare(pack, rounds, stage, expected), monitoring.say()
    overview = assessed_municipalities_table(found, say)
    if suffix:
        tables = [assessed_items_table(found, say), overview, rounds_table(found, say), not_assessed_table(found, say)]
        return monitoring.file_of(tables, "sjalvskattningar", suffix, _choice(pack, stage))
    return render_template(
        "county/assessments.html",
        found=found,
        overview=overview,
        rounds=rounds_table(found, say),
        marks=_marks(found),
        curves=_curves(pack, found),
        stage=stage,
        stages=[(key, words.words(words.titles().stage(pack.key, key))) for key in phases(pack)],
        municipalities=monitoring.municipalities(),
        chosen=request.args.get("kommun", ""),
    )


def _stage(pack: Pack, rounds: list[Round]) -> str:
    """The phase that is chosen, else the one that most municipalities have assessed."""
    known = phases(pack)
    given = request.args.get("skede", "")
    if given in known:
        return given
    done = {key: len({one.organisation for one in rounds if one.stage == key}) for key in known}
    return max(known, key=lambda key: done[key], default="")


def _choice(pack: Pack, stage: str) -> list[str]:
    title = words.words(words.titles().stage(pack.key, stage))
    return [f"{_('Skede')}: {title}", *(one for one in monitoring.choice_words() if not one.startswith(_("Skede")))]


def _marks(found: Compared) -> list[tuple[str, list[tuple[Round, Value]]]]:
    """Each item with every municipality's level in it."""
    say = monitoring.say()
    return [
        (title, [(one, level_mark(one.levels.get(key), found, say)) for one in found.latest])
        for key, title in found.items
    ]


def _curves(pack: Pack, found: Compared) -> list[Curve]:
    """A small picture for each municipality, all on the same scale and the same time."""
    values = level_values(pack)
    every = [one.at for rounds in found.over_time.values() for one in rounds]
    if not every:
        return []
    first, last = min(every), max(every)
    return [
        _curve(one.organisation_name, found.over_time[one.organisation], values, first, last) for one in found.latest
    ]


def _curve(name: str, rounds: list[Round], values: dict[str, int], first: datetime, last: datetime) -> Curve:
    span = (last - first).total_seconds() or 1.0
    points, said = [], []
    for one in rounds:
        mean = one.mean(values)
        if mean is None:
            continue
        along = (one.at - first).total_seconds() / span
        points.append(
            (round(EDGE + along * (WIDTH - 2 * EDGE), 1), round(HEIGHT - EDGE - mean * (HEIGHT - 2 * EDGE), 1))
        )
        said.append(f"{round(mean * 100)} %")
    return Curve(name, points, " → ".join(said))
