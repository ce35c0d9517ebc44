"""The list of tasks: whose, in which order, with which filter."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.queries import TaskFilter, list_tasks, standings
from engine.queries.contributions import my_contributions
from engine.queries.tasks import MOST_COUNTED
from web import context
from web.surroundings import surroundings
from web.views import focus, nearest, sharing, task_filter, task_groups
from web.views.task_filter import read_filter

PAGE = 50
MOST_STANDINGS = 4
_LAST = "task_list"  # in the session: the filter of the list that was last looked at
_LONGEST_KEPT = 500  # characters: all of a session has to fit in a cookie


def show() -> str | Response:
    person = focus.person_in_focus()
    chosen = read_filter(request.args)
    cursor, before = request.args.get("efter"), request.args.get("fore")
    around = surroundings(holders=chosen.scope != "mine", calendar=True)
    mine = [code for code, _name in focus.municipalities(person)]
    with context.database().read() as connection:
        page = list_tasks(
            connection, person, context.now(), chosen, cursor=cursor, before=before, limit=PAGE, titles=around.titles
        )
        # Whoever seeks a word looks for a task; the names that it is sought among cost a statement already.
        beside = mine if not chosen.search else []
        standing = standings(connection, context.now(), beside, titles=around.titles) if beside else []
        asked = my_contributions(connection, context.person(), around.titles) if around.asked else []
    if cursor and not page.items:  # what stood there has been done meanwhile
        return redirect(_page_address())
    _remember()
    first = cursor is None and before is None
    return render_template(
        "tasks/list.html",
        page=page,
        groups=task_groups.group(page.items, context.now()),
        lead=task_groups.lead(page, context.now()) if chosen == TaskFilter() and first else None,
        chosen=chosen,
        scopes=_scopes(chosen),
        filtered=chosen != TaskFilter(scope=chosen.scope),
        options=task_filter.choices(person, chosen),
        standings=standing[:MOST_STANDINGS],
        nearest=nearest.days(),
        asked=asked if chosen == TaskFilter() and first else [],
        many=MOST_COUNTED,
        next_address=_page_address(efter=page.next_cursor) if page.next_cursor else None,
        previous_address=_page_address(fore=page.previous_cursor) if page.previous_cursor else None,
        first_address=None if first else _page_address(),
        several_roles=len(person.grants) > 1,
        kept=task_filter.kept(request.args),
        kept_query=urlencode(task_filter.kept(request.args)),
        filters=around.filters,
        opened=_opened(),
        shares=sharing.choices(),
    )


def address() -> str:
    """The list as it was last looked at, filter and page: where a task's page leads back to."""
    kept = session.get(_LAST, "")
    return f"{url_for('tasks.show')}?{kept}" if kept else url_for("tasks.show")


def last_filter() -> TaskFilter:
    """The filter of the list last looked at, among what its reader can do something about."""
    kept = dict(parse_qsl(session.get(_LAST, "")))
    return replace(read_filter(kept), scope="mine")


def _remember() -> None:
    kept = urlencode([(key, value) for key, value in request.args.items() if key != "lang" and value])
    kept = kept if len(kept) <= _LONGEST_KEPT else ""
    if session.get(_LAST, "") != kept:
        session[_LAST] = kept


def _opened() -> str | None:
    """The id of the saved filter that the list shows, if it is one."""
    here = task_filter.kept(request.args)
    return next((one.id for one in surroundings().filters if here and dict(parse_qsl(one.query)) == here), None)


def _scopes(chosen: TaskFilter) -> list[tuple[str, str, bool]]:
    """Whose tasks: title, address, whether it is the one shown. The other filters stay."""
    titles = {"": _("Mina"), "roller": _("Mina rollers"), "alla": _("Alla jag får se")}
    kept = task_filter.kept(request.args, "omfattning")
    return [
        (titles[value], _scope_address(kept, value), scope == chosen.scope)
        for value, scope in task_filter.SCOPES.items()
    ]


def _scope_address(kept: dict[str, Any], scope: str) -> str:
    arguments = kept | {"omfattning": scope} if scope else kept
    return url_for("tasks.show", **arguments)


def _page_address(**place: str) -> str:
    arguments: dict[str, Any] = {**task_filter.kept(request.args), **place}
    return url_for("tasks.show", **arguments)
