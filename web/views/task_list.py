"""The list of tasks: whose, in which order, with which filter."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import render_template, request, session, url_for

from engine.queries import TaskFilter, count_tasks, list_tasks, standings
from web import context, header
from web.views import focus, task_groups
from web.views.task_filter import read_filter

PAGE = 50
MOST_STANDINGS = 4
_LAST = "task_list"  # in the session: the filter of the list that was last looked at
_LONGEST_KEPT = 500  # characters: all of a session has to fit in a cookie


def show() -> str:
    person = focus.person_in_focus()
    chosen = read_filter(request.args)
    _remember()
    cursor = request.args.get("efter")
    with context.database().read() as connection:
        page = list_tasks(connection, person, context.now(), chosen, cursor=cursor, limit=PAGE)
        counted = count_tasks(connection, context.person(), context.now())
        mine = [code for code, _name in focus.municipalities(person)]
        standing = standings(connection, context.now(), mine) if mine else []
    header.set_open_tasks(counted.open)
    return render_template(
        "tasks/list.html",
        page=page,
        groups=task_groups.group(page.items, context.now()),
        lead=task_groups.lead(page, context.now()) if chosen == TaskFilter() and not cursor else None,
        chosen=chosen,
        filtered=chosen != TaskFilter(),
        municipalities=focus.municipalities(person),
        stages=focus.stages(),
        standings=standing[:MOST_STANDINGS],
        next_address=_page_address(page.next_cursor) if page.next_cursor else None,
        first_address=_page_address(None) if cursor else None,
        several_roles=len(person.grants) > 1,
        kept={key: value for key, value in request.args.items() if key not in ("efter", "lang") and value},
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


def _page_address(cursor: str | None) -> str:
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if key not in ("efter", "lang") and value}
    if cursor:
        kept["efter"] = cursor
    return url_for("tasks.show", **kept)
