"""Asking a colleague to write a part of a task, writing it, and taking it into the draft."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.authorisation import may_be_asked, may_see_task
from engine.commands.contributions import ask_for_contribution, save_contribution, withdraw_contribution
from engine.commands.drafts import DraftChanged
from engine.commands.task_files import file_fields
from engine.errors import Invalid, InvalidForm, NotFound, NotPermitted
from engine.forms import part
from engine.people import Person, list_people
from engine.queries import TaskDetail, get_task
from engine.queries.contributions import ContributionRow, find_contribution
from web import context, words
from web.dates import short_date
from web.views import autosave, compare, form_page
from web.views.autosave import Kept
from web.views.form_page import Posted
from web.views.tasks import sent_version

blueprint = Blueprint("contributions", __name__, url_prefix="/uppgifter/<task_id>/bidra")

Answer = str | Response | tuple[str, int]


@blueprint.get("")
def ask(task_id: str) -> str:
    return _ask_page(_detail(task_id))


@blueprint.post("")
def send(task_id: str) -> Answer:
    fields, person_id = request.form.getlist("fields"), request.form.get("person", "")
    errors = {}
    if not fields:
        errors["fields"] = _("Välj minst en fråga")
    if not person_id:
        errors["person"] = _("Välj vem du vill fråga")
    due_on = _day(request.form.get("due_on", ""), errors)
    if not errors:
        note = request.form.get("note", "")
        try:
            context.database().run(
                lambda connection: ask_for_contribution(
                    connection, context.now(), context.person(), task_id, person_id, fields, due_on, note
                )
            )
        except Invalid as error:
            errors["due_on" if "dag" in str(error) else "note"] = words.said(str(error))
    if errors:
        return _ask_page(_detail(task_id), errors), 422
    flash(_("Frågan är skickad. Du ser här när svaret kommer."))
    return redirect(url_for("tasks.one", task_id=task_id, _anchor="bidrag"))


@blueprint.get("/<contribution_id>")
def one(task_id: str, contribution_id: str) -> str:
    row = _mine(task_id, contribution_id)
    return _page(row, Posted(row.values if row.saved_at else _first_values(row), []))


@blueprint.post("/<contribution_id>")
def write(task_id: str, contribution_id: str) -> Answer:
    row, detail = _mine(task_id, contribution_id), _detail(task_id)
    posted = form_page.read_posted(part(detail.form, row.fields), detail.task.pack_key)
    done, version = posted.action == "done", request.form.get("_version")
    if posted.rows_changed:
        return _page(row, posted, version)
    if done and posted.errors:
        return _page(row, posted, version), 422
    try:
        _save(row, posted.values, version, done=done)
    except InvalidForm as error:
        return _page(row, Posted(posted.values, error.errors), version), 422
    except DraftChanged:
        return _two_windows(task_id, contribution_id, posted.values), 409
    if done:
        flash(_("Tack. %(name)s har fått besked.", name=row.asked_by_name))
    else:
        flash(_("Det du har skrivit är sparat. Du kan stänga sidan och fortsätta en annan gång."))
    return redirect(url_for("contributions.one", task_id=task_id, contribution_id=contribution_id))


@blueprint.post("/<contribution_id>/utkast")
def keep(task_id: str, contribution_id: str) -> autosave.Answer:
    """For the page's script: keep what stands in the form now, and say so."""

    def save() -> Kept:
        row, detail = _mine(task_id, contribution_id), _detail(task_id)
        posted = form_page.read_posted(part(detail.form, row.fields), detail.task.pack_key)
        saved_at = _save(row, posted.values, request.form.get("_version"))
        return Kept(saved_at, saved_at.isoformat(), [])

    return autosave.tell(save)


@blueprint.post("/<contribution_id>/valj")
def choose(task_id: str, contribution_id: str) -> Answer:
    """One's own two windows: what was chosen among them."""
    row, detail = _mine(task_id, contribution_id), _detail(task_id)
    mine = compare.carried()
    found = compare.differences(detail, mine, row.values, row.fields)
    try:
        _save(row, compare.chosen(mine, row.values, found), request.form.get("_version"))
    except DraftChanged:
        return _two_windows(task_id, contribution_id, mine), 409
    except InvalidForm as error:
        raise Invalid(error.errors[0].message) from error
    flash(_("Utkastet är sparat med det du valde."))
    return redirect(url_for("contributions.one", task_id=task_id, contribution_id=contribution_id))


@blueprint.post("/<contribution_id>/ta-tillbaka")
def withdraw(task_id: str, contribution_id: str) -> Response:
    context.database().run(
        lambda connection: withdraw_contribution(connection, context.now(), context.person(), contribution_id)
    )
    flash(_("Frågan är tillbakatagen, och den du frågade har fått besked."))
    return redirect(url_for("tasks.one", task_id=task_id))


@blueprint.get("/<contribution_id>/ta-in")
def look(task_id: str, contribution_id: str) -> str:
    detail, row = _received(task_id, contribution_id)
    sides = compare.Sides(
        title=_("Ta in det som %(name)s har skrivit", name=row.person_name),
        lead=_("Klart %(day)s. Välj vad som ska in i ditt utkast.", day=short_date(row.done_at)),
        mine=_("Ditt utkast"),
        other=_("Skrivet av %(name)s", name=row.person_name),
        take_all=_("Ta in allt från %(name)s", name=row.person_name),
        proposed=compare.OTHER,
    )
    return compare.page(detail, detail.values, row.values, sides, request.path, only=row.fields)


@blueprint.post("/<contribution_id>/ta-in")
def take_in(task_id: str, contribution_id: str) -> Response | tuple[str, int]:
    detail, row = _received(task_id, contribution_id)
    found = compare.differences(detail, detail.values, row.values, row.fields)
    return compare.save(detail, compare.chosen(detail.values, row.values, found), sent_version())


def _detail(task_id: str) -> TaskDetail:
    with context.database().read() as connection:
        return get_task(connection, context.person(), context.now(), task_id)


def _found(task_id: str, contribution_id: str) -> ContributionRow:
    with context.database().read() as connection:
        row = find_contribution(connection, contribution_id)
    if row is None or row.task_id != task_id:
        raise NotFound(_("Det som du blev ombedd att skriva finns inte."))
    return row


def _mine(task_id: str, contribution_id: str) -> ContributionRow:
    row = _found(task_id, contribution_id)
    if row.person_id != context.person().id:
        raise NotPermitted(_("Bara den som blev ombedd att skriva kan göra det."))
    return row


def _first_values(row: ContributionRow) -> dict[str, Any]:
    """What the questions hold before anything is written: the same as on the task's own page."""
    values = _detail(row.task_id).values
    return {name: values[name] for name in row.fields if name in values}


def _received(task_id: str, contribution_id: str) -> tuple[TaskDetail, ContributionRow]:
    detail, row = _detail(task_id), _found(task_id, contribution_id)
    if not detail.may_complete:
        raise NotPermitted(detail.refusal or "")
    if row.done_at is None or row.withdrawn_at is not None:
        raise NotFound(_("Bidraget är inte klart än."))
    return detail, row


def _save(row: ContributionRow, values: dict[str, Any], version: str | None, *, done: bool = False) -> datetime:
    return context.database().run(
        lambda connection: save_contribution(
            connection, context.now(), context.person(), row.id, values, done=done, version=version
        )
    )


def _version(row: ContributionRow) -> str:
    return row.saved_at.isoformat() if row.saved_at else ""


def _two_windows(task_id: str, contribution_id: str, written: dict[str, Any]) -> str:
    """What is saved by now beside what came, question by question."""
    row, detail = _mine(task_id, contribution_id), _detail(task_id)
    address = url_for("contributions.choose", task_id=task_id, contribution_id=contribution_id)
    sides, version = compare.own_windows(), _version(row)
    return compare.page(detail, written, row.values, sides, address, only=row.fields, carried=written, version=version)


def _page(row: ContributionRow, posted: Posted, version: str | None = None) -> str:
    """`version`: of what the form's text began with, when that is not what is saved."""
    detail = _detail(row.task_id)
    form = part(detail.form, row.fields)
    shown = form_page.fields(form, posted.values, detail.task.pack_key, posted.errors, posted.focus)
    return render_template(
        "tasks/contribution.html",
        row=row,
        task=detail.task,
        detail=detail,
        fields=shown,
        errors=form_page.error_links(shown, posted.errors),
        unsaved=posted.unsaved,
        answers=form_page.read_answers(form, row.values, detail.task.pack_key),
        version=_version(row) if version is None else version,
    )


def _ask_page(detail: TaskDetail, errors: dict[str, str] | None = None) -> str:
    if not detail.may_complete:
        raise NotPermitted(detail.refusal or "")
    without = set(file_fields(detail.form))
    questions = [
        (name, words.words(str(field.get("title", name))))
        for name, field in detail.form.get("properties", {}).items()
        if name not in without
    ]
    return render_template(
        "tasks/ask.html",
        task=detail.task,
        questions=questions,
        people=_people(detail),
        errors=list((errors or {}).items()),
        wrong=errors or {},
        given=request.form,
        chosen=request.form.getlist("fields"),
    )


def _people(detail: TaskDetail) -> list[Person]:
    me, task = context.person(), detail.task
    with context.database().read() as connection:
        return [one for one in list_people(connection) if may_be_asked(me, one, task) and may_see_task(one, task)]


def _day(text: str, errors: dict[str, str]) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        errors["due_on"] = _("Skriv datumet som år-månad-dag, till exempel 2026-11-27.")
        return None
