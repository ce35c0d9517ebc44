"""Two texts for the same questions beside each other, to choose among: own windows, a colleague, a contribution."""

import json
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import commands
from engine.commands.drafts import DraftChanged
from engine.errors import Invalid, InvalidForm
from engine.queries import TaskDetail
from web import context, words
from web.forms.answers import Answer
from web.views import form_page

MINE, OTHER, BOTH = "mine", "other", "both"
LONGEST = 2_000_000


@dataclass(frozen=True)
class Difference:
    """One question that is answered in two ways; `both` says whether one answer can follow the other."""

    name: str
    label: str
    mine: Answer | None
    other: Answer | None
    both: bool


@dataclass(frozen=True)
class Sides:
    """What is compared, and what each side is called on the page."""

    title: str
    lead: str
    mine: str
    other: str
    take_all: str
    proposed: str = MINE


def two_windows(detail: TaskDetail, written: dict[str, Any]) -> str:
    """The person's own draft has changed since the page was opened: what came now beside what is saved."""
    address = url_for("drafts.choose", task_id=detail.task.id)
    return page(detail, written, detail.values, own_windows(), address, carried=written)


def own_windows() -> Sides:
    return Sides(
        title=_("Du har skrivit i två fönster"),
        lead=_("Båda texterna finns kvar. Välj för varje fråga vilken som ska gälla."),
        mine=_("Det du skrev nu"),
        other=_("Det som redan är sparat"),
        take_all=_("Behåll allt som redan är sparat"),
    )


def page(
    detail: TaskDetail,
    mine: dict[str, Any],
    other: dict[str, Any],
    sides: Sides,
    address: str,
    *,
    only: tuple[str, ...] | None = None,
    carried: dict[str, Any] | None = None,
    version: int | str | None = None,
) -> str:
    """The page on which to choose. `only`: these questions. `carried`: what is not saved anywhere but in the page.
    `version`: of the saved text, when it is not the task's own draft.
    """
    return render_template(
        "tasks/compare.html",
        detail=detail,
        task=detail.task,
        sides=sides,
        address=address,
        differences=differences(detail, mine, other, only),
        carried=json.dumps(carried) if carried is not None else None,
        version=detail.draft_version if version is None else version,
    )


def differences(
    detail: TaskDetail, mine: dict[str, Any], other: dict[str, Any], only: tuple[str, ...] | None = None
) -> list[Difference]:
    pack_key = detail.task.pack_key
    left = {answer.name: answer for answer in form_page.read_answers(detail.form, mine, pack_key)}
    right = {answer.name: answer for answer in form_page.read_answers(detail.form, other, pack_key)}
    found = []
    for name, field in detail.form.get("properties", {}).items():
        ours, theirs = mine.get(name) or None, other.get(name) or None
        if ours == theirs or (only is not None and name not in only):
            continue
        label = words.words(str(field.get("title", name)))
        found.append(Difference(name, label, left.get(name), right.get(name), _can_follow(field, ours, theirs)))
    return found


def chosen(mine: dict[str, Any], other: dict[str, Any], found: list[Difference]) -> dict[str, Any]:
    """`mine` with what the posted page takes from `other`."""
    take_all = request.form.get("do") == "all"
    values = dict(mine)
    for difference in found:
        name = difference.name
        choice = OTHER if take_all else request.form.get(f"take.{name}", MINE)
        if choice == BOTH and difference.both:
            values[name] = _together(mine[name], other[name])
        elif choice == OTHER:
            values[name] = other.get(name)
    return {name: value for name, value in values.items() if value is not None}


def carried() -> dict[str, Any]:
    """What the page carried of what is saved nowhere else. Raises Invalid when it is no longer what we wrote."""
    given = request.form.get("carried", "")
    try:
        values = json.loads(given) if len(given) < LONGEST else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise Invalid(_("Sidan kunde inte läsa det som skickades"))
    return values


def save(detail: TaskDetail, values: dict[str, Any], version: int | None) -> Response | tuple[str, int]:
    """Keep what was chosen as the person's draft, and go back to the task."""
    task_id = detail.task.id
    try:
        context.database().run(
            lambda connection: commands.save_draft(
                connection, context.now(), context.person(), task_id, values, version=version
            )
        )
    except DraftChanged as error:
        newer = replace(detail, values=error.saved, draft_version=error.version)
        return two_windows(newer, values), 409
    except InvalidForm as error:
        raise Invalid(error.errors[0].message) from error
    flash(_("Utkastet är sparat med det du valde."))
    return redirect(url_for("tasks.one", task_id=task_id))


def _can_follow(field: dict[str, Any], mine: Any, other: Any) -> bool:
    if isinstance(mine, list) and isinstance(other, list):
        return "x-rows" not in field
    return (
        isinstance(mine, str) and isinstance(other, str) and not {"oneOf", "enum", "x-options", "format"} & set(field)
    )


def _together(mine: Any, other: Any) -> Any:
    if isinstance(mine, list):
        return [*mine, *(one for one in other if one not in mine)]
    return f"{mine}\n\n{other}"
