"""One field for everything: tasks, agreements and deviations with the words in them."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from engine.queries.search import find_agreements, find_deviations, find_tasks
from web import context, words
from web.marking import N_
from web.views.task_filter import LONGEST_SEARCH

blueprint = Blueprint("search", __name__, url_prefix="/sok")

FEW, PAGE = 5, 50
KINDS = {
    "uppgifter": N_("Öppna uppgifter"),
    "overenskommelser": N_("Överenskommelser"),
    "avvikelser": N_("Avvikelser"),
    "avslutade": N_("Avslutade uppgifter"),
}


@dataclass(frozen=True)
class Group:
    """What was found of one kind. `more` leads to all of it, or to the next page when only this kind is shown."""

    kind: str
    title: str
    rows: list[Any]
    more: str | None


@blueprint.get("")
def show() -> str:
    sought = " ".join(request.args.get("q", "").split())[:LONGEST_SEARCH]
    kind = request.args.get("typ", "")
    groups = [_group(one, sought, alone=kind == one) for one in KINDS if not kind or kind == one] if sought else []
    return render_template(
        "search/results.html",
        sought=sought,
        kind=kind if kind in KINDS else "",
        groups=[group for group in groups if group.rows],
        everything=url_for("search.show", q=sought),
    )


def _group(kind: str, sought: str, *, alone: bool) -> Group:
    """A few of each kind; a page of the one that was chosen."""
    cursor = request.args.get("efter") if alone else None
    rows, following = _find(kind, sought, cursor, PAGE if alone else FEW)
    arguments: dict[str, Any] = {"q": sought, "typ": kind} | ({"efter": following} if alone and following else {})
    return Group(kind, _(KINDS[kind]), rows, url_for("search.show", **arguments) if following else None)


def _find(kind: str, sought: str, cursor: str | None, limit: int) -> tuple[list[Any], str | None]:
    person, titles = context.person(), words.titles()
    with context.database().read() as connection:
        if kind == "avvikelser":
            return find_deviations(connection, person, titles, sought, cursor=cursor, limit=limit)
        if kind == "overenskommelser":
            return _shortened(find_agreements(connection, titles, sought), limit)
        is_open = kind == "uppgifter"
        return find_tasks(connection, person, titles, sought, is_open=is_open, cursor=cursor, limit=limit)


def _shortened(found: list[Any], limit: int) -> tuple[list[Any], str | None]:
    """Agreements are few enough for one page, and so have no next one: only whether there are more than a few."""
    return (found[:limit], "all") if limit == FEW and len(found) > limit else (found, None)
