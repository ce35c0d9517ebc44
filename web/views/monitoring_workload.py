"""How much lies with whom: per process leader, and per role in each organisation."""

from flask import render_template, request
from werkzeug.wrappers import Response

from engine.authorisation import may_follow_up
from engine.queries.workload import workload as read_workload
from exports.monitoring_tables import leader_table, role_table
from web import context, words
from web.views import monitoring
from web.views.monitoring import blueprint


@blueprint.get("/arbetsbelastning", defaults={"suffix": ""})
@blueprint.get("/arbetsbelastning.<suffix>")
def workload(suffix: str) -> str | Response:
    may_follow_up(context.person()).demand()
    pack, code = monitoring.chosen_pack(), monitoring.municipality()
    with context.database().read() as connection:
        found = read_workload(connection, words.titles(), pack.key, context.now(), code)
    say = monitoring.say()
    tables = [leader_table(found, say), role_table(found, say)]
    if suffix:
        return monitoring.file_of(tables, "arbetsbelastning", suffix, monitoring.choice_words())
    return render_template(
        "county/workload.html",
        tables=tables,
        late=sum(one.load.late for one in found.roles),
        open=sum(one.load.open for one in found.roles),
        municipalities=monitoring.municipalities(),
        chosen=request.args.get("kommun", ""),
    )
