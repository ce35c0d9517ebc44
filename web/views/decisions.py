"""Decisions: those that are awaited and those that have been taken. A single one is done on its task's page."""

from datetime import date

from flask import Blueprint, render_template, request

from engine.clock import local_date
from engine.queries import RecordedDecision, TaskFilter, list_decisions, list_tasks
from web import context, words
from web.views import focus

blueprint = Blueprint("decisions", __name__, url_prefix="/beslut")

MOST_AWAITED = 100


@blueprint.get("")
def show() -> str:
    organisation = request.args.get("kommun") or None
    mine_first = TaskFilter(scope="mine", gate=True, organisation=organisation)
    others = TaskFilter(scope="all", gate=True, organisation=organisation)
    person = focus.person_in_focus()
    with context.database().read() as connection:
        mine = list_tasks(connection, person, context.now(), mine_first, limit=MOST_AWAITED).items
        seen = list_tasks(connection, context.person(), context.now(), others, limit=MOST_AWAITED).items
        taken = list_decisions(connection, organisation)
    known = {task.id for task in mine}
    return render_template(
        "decisions/list.html",
        mine=mine,
        others=[task for task in seen if task.id not in known],
        taken=sorted(taken, key=_day, reverse=True),
        organisation=organisation,
        municipalities=focus.named(
            [code for pack in words.titles().packs.values() for code in pack.parameters.get("municipalities", [])]  # type: ignore[union-attr]
        ),
    )


def _day(recorded: RecordedDecision) -> date:
    """The day that the page shows: when it was decided, else when it was registered."""
    return recorded.decision.decided_on or local_date(recorded.decision.recorded_at)
