"""Bottlenecks: how long steps and stages take, as tables and as a heat map on a process's own diagram."""

import json
from collections import Counter

from flask import abort, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.definitions import latest_definition
from engine.errors import NotFound
from engine.queries.bottlenecks import Spell, StepTimes, stage_times, step_times
from exports.monitoring_tables import stage_table, step_table
from web import context, words
from web.dates import duration
from web.views import monitoring
from web.views.monitoring import blueprint

# From so many days at the median a step is warm, hot and glowing; below the first it is cool.
HEAT = (7, 21, 60)


@blueprint.get("/flaskhalsar", defaults={"suffix": ""})
@blueprint.get("/flaskhalsar.<suffix>")
def bottlenecks(suffix: str) -> str | Response:
    pack, titles, now = monitoring.chosen_pack(), words.titles(), context.now()
    with context.database().read() as connection:
        steps = step_times(connection, titles, pack.key, now, _spell())
        stages = stage_times(connection, titles, pack.key, now, _spell())
    say = monitoring.say()
    tables = [step_table(steps, say), stage_table(stages, say)]
    if suffix:
        return monitoring.file_of(tables, "flaskhalsar", suffix, _choice())
    drawn = _spell().process_key or _most_done(steps)
    return render_template(
        "county/bottlenecks.html",
        tables=tables,
        steps=steps,
        drawn=drawn,
        drawn_title=words.words(titles.process(pack.key, drawn)) if drawn else "",
        diagram=url_for("county.process_model", process_key=drawn, paket=request.args.get("paket")) if drawn else "",
        heat=json.dumps(_heat(steps, drawn), ensure_ascii=False),
        limits=[duration(days) for days in HEAT],
        processes=[(process.key, words.words(process.title)) for process in pack.processes],
        stages=[(stage.key, words.words(stage.title)) for stage in pack.stages],
        municipalities=monitoring.municipalities(),
        chosen={name: request.args.get(name, "") for name in ("process", "skede", "kommun", "fran", "till")},
    )


@blueprint.get("/flaskhalsar/<process_key>.bpmn")
def process_model(process_key: str) -> Response:
    """The newest model of a process, for the heat map."""
    try:
        with context.database().read() as connection:
            definition = latest_definition(connection, monitoring.chosen_pack().key, process_key)
    except NotFound:
        abort(404)
    return Response(definition.bpmn, mimetype="application/xml")


def heat_of(days: float | None) -> int:
    """0 for a step that nobody has done, then 1 (cool) to 4 (glowing)."""
    return 0 if days is None else 1 + sum(days >= limit for limit in HEAT)


def _most_done(steps: list[StepTimes]) -> str | None:
    """The process to draw when nobody has chosen one: the one with most steps that somebody has done."""
    counted = Counter(step.process_key for step in steps if step.times.done)
    return counted.most_common(1)[0][0] if counted else None


def _heat(steps: list[StepTimes], process_key: str | None) -> dict[str, list[object]]:
    """For the diagram of one process: each step's heat and what stands beside it."""
    return {
        step.element_id: [heat_of(step.times.median), duration(round(step.times.median or 0))]
        for step in steps
        if step.process_key == process_key and step.times.median is not None
    }


def _spell() -> Spell:
    known = {process.key for process in monitoring.chosen_pack().processes}
    process = request.args.get("process", "")
    since, until = monitoring.period()
    return Spell(process if process in known else None, monitoring.stage(), monitoring.municipality(), since, until)


def _choice() -> list[str]:
    process = _spell().process_key
    title = words.words(words.titles().process(monitoring.chosen_pack().key, process)) if process else ""
    return [*([f"Process: {title}"] if title else []), *monitoring.choice_words()]
