"""The list of tasks: whose, in which order, with which filter."""

from typing import Any

from flask import render_template, request, url_for

from engine.queries import TaskFilter, count_tasks, list_tasks, standings
from web import context, header
from web.views import focus, task_groups
from web.views.task_filter import read_filter

PAGE = 50
MOST_STANDINGS = 4


def show() -> str:
    person = focus.person_in_focus()
    chosen = read_filter(request.args)
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


def _page_address(cursor: str | None) -> str:
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if key not in ("efter", "lang") and value}
    if cursor:
        kept["efter"] = cursor
    return url_for("tasks.show", **kept)
