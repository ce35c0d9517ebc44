"""The page on which a task is done, and what is done with a task beside its form. The list is in `task_list`."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import commands
from engine.errors import InvalidForm
from engine.people import list_people
from engine.queries import TaskDetail, following_tasks, get_task, list_tasks
from web import context, words
from web.views import focus, form_page, task_list
from web.views.decision_page import decision_page
from web.views.form_page import Posted

blueprint = Blueprint("tasks", __name__, url_prefix="/uppgifter")
blueprint.add_url_rule("", "show", task_list.show)


@blueprint.get("/<task_id>")
def one(task_id: str) -> str | Response:
    detail = _detail(task_id)
    if detail.task.state == "completed":
        return redirect(url_for("tasks.done", task_id=task_id))
    return _page(detail, Posted(detail.values, []))


@blueprint.post("/<task_id>")
def submit(task_id: str) -> str | Response | tuple[str, int]:
    detail = _detail(task_id)
    posted = form_page.read_posted(detail.form, detail.task.pack_key)
    if posted.rows_changed:
        return _page(detail, posted)
    if posted.action != "complete":
        return _save(task_id, posted)
    if posted.errors:
        return _page(detail, posted), 422
    try:
        context.database().run(
            lambda connection: commands.complete_task(
                connection, context.now(), context.person(), task_id, posted.values
            )
        )
    except InvalidForm as error:
        return _page(detail, Posted(posted.values, error.errors)), 422
    return redirect(url_for("tasks.done", task_id=task_id))


@blueprint.get("/<task_id>/klar")
def done(task_id: str) -> str | Response:
    """What happens now that the task is done, and the next one for the same person."""
    with context.database().read() as connection:
        detail = get_task(connection, context.person(), context.now(), task_id)
        if detail.task.state == "open":
            return redirect(url_for("tasks.one", task_id=task_id))
        opened = following_tasks(connection, context.person(), detail.task)
        page = list_tasks(connection, focus.person_in_focus(), context.now(), task_list.last_filter(), limit=1)
    person = context.person()
    mine = [task for task in opened if task.assignee_id == person.id or person.has(task.role, task.role_organisation)]
    handed_in = next((row for row in detail.previous if row.submitted_at == detail.task.ended_at), None)
    return render_template(
        "tasks/done.html",
        detail=detail,
        task=detail.task,
        mine=mine,
        others=[task for task in opened if task not in mine],
        next_task=mine[0] if mine else next(iter(page.items), None),
        answers=form_page.read_answers(handed_in.form, handed_in.values, detail.task.pack_key) if handed_in else [],
        handed_in=handed_in,
    )


@blueprint.post("/<task_id>/ta-over")
def claim(task_id: str) -> Response:
    context.database().run(lambda connection: commands.claim_task(connection, context.now(), context.person(), task_id))
    flash(_("Du har tagit över uppgiften. Andra ser att du arbetar med den."))
    return redirect(url_for("tasks.one", task_id=task_id))


@blueprint.post("/<task_id>/slapp")
def release(task_id: str) -> Response:
    context.database().run(
        lambda connection: commands.release_task(connection, context.now(), context.person(), task_id)
    )
    flash(_("Uppgiften är fri igen. Alla som har rollen ser den."))
    return redirect(url_for("tasks.one", task_id=task_id))


@blueprint.get("/<task_id>/lamna-over")
def hand_over(task_id: str) -> str:
    return _hand_over_page(task_id)


@blueprint.post("/<task_id>/lamna-over")
def hand_over_to(task_id: str) -> Response | tuple[str, int]:
    assignee_id = request.form.get("person", "")
    if not assignee_id:
        return _hand_over_page(task_id, _("Välj vem som ska ta över uppgiften")), 422
    context.database().run(
        lambda connection: commands.assign_task(connection, context.now(), context.person(), task_id, assignee_id)
    )
    flash(_("Uppgiften är lämnad över."))
    return redirect(task_list.address())


def _detail(task_id: str) -> TaskDetail:
    with context.database().read() as connection:
        return get_task(connection, context.person(), context.now(), task_id)


def _page(detail: TaskDetail, posted: Posted) -> str:
    shown = form_page.fields(detail.form, posted.values, detail.task.pack_key, posted.errors, posted.focus)
    return render_template(
        "decisions/one.html" if detail.task.gate else "tasks/one.html",
        detail=detail,
        task=detail.task,
        fields=shown,
        errors=form_page.error_links(shown, posted.errors),
        read_answers=lambda row: form_page.read_answers(row.form, row.values, detail.task.pack_key),
        **(decision_page(detail) if detail.task.gate else {}),
    )


def _save(task_id: str, posted: Posted) -> Response:
    context.database().run(
        lambda connection: commands.save_draft(connection, context.now(), context.person(), task_id, posted.values)
    )
    flash(_("Utkastet är sparat. Du kan stänga sidan och fortsätta en annan gång."))
    return redirect(url_for("tasks.one", task_id=task_id))


def _hand_over_page(task_id: str, error: str = "") -> str:
    detail = _detail(task_id)
    with context.database().read() as connection:
        people = list_people(connection, role=detail.task.role, organisation=detail.task.role_organisation)
    return render_template(
        "tasks/hand_over.html",
        task=detail.task,
        may_assign=detail.may_assign,
        people=[person for person in people if person.id != detail.task.assignee_id],
        me=context.person(),
        errors=[("person", error)] if error else [],
        role=words.words(detail.task.role_title),
    )
