"""What is late and with whom it lies; and what can be done about it at once: remind, or hand over to somebody else."""

from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine import commands
from engine.authorisation import may_assign_task, may_remind
from engine.clock import local_date
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.queries.monitoring_late import Extent, WorkFilter, open_work, role_holders
from exports.monitoring_tables import open_work_table
from web import context, words
from web.views import monitoring
from web.views.monitoring import blueprint

EXTENTS: dict[str, Extent] = {"forsenade": "late", "snart": "soon", "alla": "all"}


@blueprint.get("/sent", defaults={"suffix": ""})
@blueprint.get("/sent.<suffix>")
def late(suffix: str) -> str | Response:
    pack, person, titles = monitoring.chosen_pack(), context.person(), words.titles()
    with context.database().read() as connection:
        found = open_work(connection, titles, person, pack.key, context.now(), _filter())
        holders = {} if suffix else role_holders(connection)
    if suffix:
        return monitoring.file_of([open_work_table(found, monitoring.say())], "sent", suffix, _choice())
    return render_template(
        "county/late.html",
        found=found,
        late=sum(one.task.is_late(context.now()) for one in found),
        holders=holders,
        may_remind={one.task.id for one in found if may_remind(person, one.task)},
        may_assign={one.task.id for one in found if may_assign_task(person, one.task)},
        reminded_today={
            one.task.id for one in found if one.reminded_at and local_date(one.reminded_at) == context.today()
        },
        chosen={name: request.args.get(name, "") for name in ("visa", "kommun", "skede", "roll")},
        municipalities=monitoring.municipalities(),
        stages=[(stage.key, words.words(stage.title)) for stage in pack.stages],
        roles=[(role.key, words.words(role.title)) for role in pack.roles],
        kept=monitoring.kept(),
    )


@blueprint.post("/sent/paminn")
def remind() -> Response:
    """Remind of the tasks that are chosen: each by itself, so that one that cannot be stops no other."""
    chosen = [request.form["en"]] if request.form.get("en") else request.form.getlist("uppgift")
    told, refused = 0, []
    for task_id in dict.fromkeys(chosen):
        try:
            told += len(context.database().run(partial(_remind, task_id)).names)
        except (Conflict, Invalid, NotFound, NotPermitted) as error:
            refused.append(words.said(str(error)))
    if not chosen:
        flash(_("Välj först vilka uppgifter du vill påminna om."))
    if told:
        flash(
            ngettext("Påminnelsen är på väg till %(num)s person.", "Påminnelser är på väg till %(num)s personer.", told)
        )
    for reason in dict.fromkeys(refused):
        number = refused.count(reason)
        flash(ngettext("%(num)s uppgift: %(reason)s", "%(num)s uppgifter: %(reason)s", number, reason=reason))
    return _back()


@blueprint.post("/sent/lamna-over")
def reassign() -> Response:
    """Hand one of the tasks over to somebody who has its role."""
    task_id, assignee_id = request.form.get("uppgift", ""), request.form.get("person", "")
    if not assignee_id:
        flash(_("Välj vem som ska ta över uppgiften."))
        return _back()
    context.database().run(
        lambda connection: commands.assign_task(connection, context.now(), context.person(), task_id, assignee_id)
    )
    flash(_("Uppgiften är lämnad över."))
    return _back()


def _remind(task_id: str, connection: Connection) -> commands.Reminded:
    return commands.remind_task(connection, context.now(), context.person(), task_id)


def _back() -> Response:
    """To the list as it was filtered."""
    names = ("visa", "kommun", "skede", "roll", "paket")
    kept: dict[str, Any] = {name: request.args[name] for name in names if request.args.get(name)}
    return redirect(url_for("county.late", **kept))


def _filter() -> WorkFilter:
    return WorkFilter(
        extent=EXTENTS.get(request.args.get("visa", ""), "late"),
        organisation=monitoring.municipality(),
        stage=monitoring.stage(),
        role=request.args.get("roll") or None,
    )


def _choice() -> list[str]:
    extents = {"late": _("Försenade"), "soon": _("Försenade och de närmaste fyra veckorna"), "all": _("Alla öppna")}
    chosen = [f"{_('Visa')}: {extents[_filter().extent]}", *monitoring.choice_words()]
    if role := _filter().role:
        chosen.append(f"{_('Väntar på')}: {words.words(words.titles().role(monitoring.chosen_pack().key, role))}")
    return chosen
