"""Decisions: those that are awaited and those that have been taken. A single one is done on its task's page."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import format_decimal

from engine.authorisation import REGION
from engine.queries import RecordedDecision, TaskFilter, list_decisions, list_tasks
from web import context, words
from web.views import decision_words, focus

blueprint = Blueprint("decisions", __name__, url_prefix="/beslut")

MOST_AWAITED = 100
PAGE = 40
TAKEN_BY = ("steering_group", "party", "region", "county")


@dataclass(frozen=True)
class Chosen:
    """The filters of the address; what is not understood is left out."""

    organisation: str | None
    outcome: str | None
    year: int | None
    by: str | None

    @property
    def is_any(self) -> bool:
        return any((self.outcome, self.year, self.by))


@blueprint.app_template_filter("decimal")
def decimal(value: float) -> str:
    """`2,4`, in the reader's language."""
    return str(format_decimal(value, "0.0"))


@blueprint.app_template_global("outcome_words")
def outcome_words(outcome: str) -> tuple[str, str]:
    return decision_words.outcome_words(outcome)


blueprint.app_template_global("decided_by")(decision_words.who)
blueprint.app_template_global("decided_about")(decision_words.about)
blueprint.app_template_global("cell_status_words")(decision_words.cell_words)


@blueprint.get("")
def show() -> str:
    chosen = read_chosen()
    mine_first = TaskFilter(scope="mine", gate=True, organisation=chosen.organisation)
    others = TaskFilter(scope="all", gate=True, organisation=chosen.organisation)
    person = focus.person_in_focus()
    with context.database().read() as connection:
        mine = list_tasks(connection, person, context.now(), mine_first, limit=MOST_AWAITED).items
        seen = list_tasks(connection, context.person(), context.now(), others, limit=MOST_AWAITED).items
        taken = list_decisions(connection, context.person(), organisation=chosen.organisation)
    known = {task.id for task in mine}
    fitting = [one for one in taken if _fits(one, chosen)]
    page = _page()
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if key not in ("sida", "lang") and value}
    more = len(fitting) > page * PAGE
    return render_template(
        "decisions/list.html",
        mine=mine,
        others=[task for task in seen if task.id not in known],
        taken=fitting[(page - 1) * PAGE : page * PAGE],
        count=len(fitting),
        first=(page - 1) * PAGE + 1,
        any_taken=bool(taken),
        chosen=chosen,
        kept=kept,
        years=sorted({one.day.year for one in taken}, reverse=True),
        outcomes=_outcomes(taken),
        next_address=url_for("decisions.show", **{**kept, "sida": str(page + 1)}) if more else None,
        first_address=url_for("decisions.show", **kept) if page > 1 else None,
        municipalities=focus.named(
            [code for pack in words.titles().packs.values() for code in pack.parameters.get("municipalities", [])]  # type: ignore[union-attr]
        ),
    )


def chosen_decisions() -> list[RecordedDecision]:
    """All decisions that the address's filters let through."""
    chosen = read_chosen()
    with context.database().read() as connection:
        taken = list_decisions(connection, context.person(), organisation=chosen.organisation)
    return [one for one in taken if _fits(one, chosen)]


def read_chosen() -> Chosen:
    """The filters in the address of this request."""
    year = request.args.get("ar", "")
    outcome, by = request.args.get("utfall"), request.args.get("vem")
    return Chosen(
        organisation=request.args.get("kommun") or None,
        outcome=outcome if outcome in decision_words.OUTCOMES else None,
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        by=by if by in TAKEN_BY else None,
    )


def _fits(one: RecordedDecision, chosen: Chosen) -> bool:
    return (
        (chosen.outcome is None or one.decision.outcome == chosen.outcome)
        and (chosen.year is None or one.day.year == chosen.year)
        and (chosen.by is None or _taken_by(one) == chosen.by)
    )


def _taken_by(one: RecordedDecision) -> str:
    """Who decided, of those in `TAKEN_BY`: a party for itself, a steering group, or a body of the county's."""
    if one.decision.kind == "party":
        return "region" if one.decision.party == REGION else "party"
    return "steering_group" if one.organisation else "county"


def _outcomes(taken: list[RecordedDecision]) -> list[tuple[str, str]]:
    """The outcomes that occur, with their words, in a fixed order."""
    found = {one.decision.outcome for one in taken}
    return [
        (outcome, decision_words.outcome_words(outcome)[1]) for outcome in decision_words.OUTCOMES if outcome in found
    ]


def _page() -> int:
    given = request.args.get("sida", "")
    return max(1, int(given)) if given.isdecimal() and len(given) < 6 else 1
