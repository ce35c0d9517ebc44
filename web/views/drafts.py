"""Drafts: saved while somebody types, compared with a colleague's or with one's own other window."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import commands
from engine.commands.drafts import throw_away_draft
from engine.errors import NotFound, NotPermitted
from engine.queries import TaskDetail, get_task
from engine.queries.attachments import files_of_task
from engine.queries.drafts import DraftRow, drafts_of_others, may_see_drafts
from web import context
from web.dates import clock, short_date
from web.views import autosave, compare, form_page, task_page
from web.views.autosave import Kept
from web.views.tasks import sent_version

blueprint = Blueprint("drafts", __name__, url_prefix="/uppgifter")


@blueprint.post("/<task_id>/utkast")
def save(task_id: str) -> autosave.Answer:
    """For the page's script: keep what stands in the form now, and say so."""

    def keep() -> Kept:
        detail = _detail(task_id)
        posted = form_page.read_posted(detail.form, detail.task.pack_key)
        saved = context.database().run(
            lambda connection: commands.save_draft(
                connection, context.now(), context.person(), task_id, posted.values, version=sent_version()
            )
        )
        return Kept(saved.saved_at, saved.version, _answered(detail, posted.values))

    return autosave.tell(keep)


@blueprint.post("/<task_id>/utkast/valj")
def choose(task_id: str) -> Response | tuple[str, int]:
    """One's own two windows: what was chosen among them."""
    detail = _detail(task_id)
    mine = compare.carried()
    found = compare.differences(detail, mine, detail.values)
    if sent_version() != detail.draft_version:
        return compare.two_windows(detail, mine), 409
    return compare.save(detail, compare.chosen(mine, detail.values, found), detail.draft_version)


@blueprint.get("/<task_id>/utkast/<person_id>")
def colleague(task_id: str, person_id: str) -> str:
    detail = _detail(task_id)
    other = _others(detail, person_id)
    when = _("%(day)s kl. %(time)s", day=short_date(other.saved_at), time=clock(other.saved_at))
    sides = compare.Sides(
        title=_("Jämför med utkastet av %(name)s", name=other.person_name),
        lead=_(
            "Utkastet är sparat %(when)s. Det du tar in hamnar i ditt eget utkast; kollegans ändras inte.", when=when
        ),
        mine=_("Ditt utkast"),
        other=_("Utkast av %(name)s", name=other.person_name),
        take_all=_("Ta in allt från %(name)s", name=other.person_name),
    )
    return compare.page(detail, detail.values, other.values, sides, request.path)


@blueprint.post("/<task_id>/utkast/<person_id>")
def take_in(task_id: str, person_id: str) -> Response | tuple[str, int]:
    detail = _detail(task_id)
    other = _others(detail, person_id)
    found = compare.differences(detail, detail.values, other.values)
    return compare.save(detail, compare.chosen(detail.values, other.values, found), sent_version())


@blueprint.post("/<task_id>/utkast/ta-bort")
def throw_away(task_id: str) -> Response:
    """What one wrote in a task that is over, and that was never handed in."""
    context.database().run(lambda connection: throw_away_draft(connection, context.person(), task_id))
    flash(_("Utkastet är borttaget."))
    return redirect(url_for("tasks.one", task_id=task_id))


def _detail(task_id: str) -> TaskDetail:
    with context.database().read() as connection:
        return get_task(connection, context.person(), context.now(), task_id)


def _others(detail: TaskDetail, person_id: str) -> DraftRow:
    person = context.person()
    if not may_see_drafts(person, detail.task) or detail.task.state != "open":
        raise NotPermitted(detail.refusal or _("Du kan inte se utkasten i den här uppgiften."))
    with context.database().read() as connection:
        drafts = drafts_of_others(connection, person, detail.task.id)
    found = next((draft for draft in drafts if draft.person_id == person_id), None)
    if found is None:
        raise NotFound(_("Utkastet finns inte längre."))
    return found


def _answered(detail: TaskDetail, values: dict[str, Any]) -> list[str]:
    """The names of the questions that are answered, for the marks in the list of questions."""
    with context.database().read() as connection:
        files = files_of_task(connection, detail.task.id)
    shown = form_page.fields(detail.form, values, detail.task.pack_key)
    return [mark.path for mark in task_page.marks(detail, shown, values, files) if mark.answered]
