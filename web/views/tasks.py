"""The page on which a task is done, and what is done with a task beside its form. The list is in `task_list`."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import commands
from engine.commands.drafts import KEPT_FOR, DraftChanged
from engine.errors import InvalidForm
from engine.people import list_people
from engine.queries import TaskDetail, following_tasks, get_task, list_tasks
from engine.queries.attachments import files_of_task
from engine.queries.comments import comments_of
from engine.queries.drafts import own_draft
from web import context, words
from web.views import compare, focus, form_page, task_list, task_page, uploads
from web.views.form_page import Posted

blueprint = Blueprint("tasks", __name__, url_prefix="/uppgifter")
blueprint.add_url_rule("", "show", task_list.show)

Answer = str | Response | tuple[str, int]


@blueprint.get("/<task_id>")
def one(task_id: str) -> str | Response:
    detail = _detail(task_id)
    if detail.task.state == "completed":
        return redirect(url_for("tasks.done", task_id=task_id))
    return task_page.show(detail, Posted(detail.values, []))


@blueprint.post("/<task_id>")
def submit(task_id: str) -> Answer:
    """What the form was sent for stands in its button: a row, a file, a draft, or handing in."""
    detail = _detail(task_id)
    unkept = uploads.keep(detail)
    with context.database().read() as connection:
        files = files_of_task(connection, task_id)
    posted = form_page.read_posted(detail.form, detail.task.pack_key, files)
    version = sent_version()
    if posted.rows_changed:
        return task_page.show(detail, posted, version)
    if unkept:
        return task_page.show(detail, Posted(posted.values, unkept), version), 422
    if posted.action == "complete":
        return _complete(detail, posted, version)
    return _save(detail, posted, version)


@blueprint.get("/<task_id>/klar")
def done(task_id: str) -> str | Response:
    """What happens now that the task is done, and the next one for the same person."""
    person = context.person()
    with context.database().read() as connection:
        detail = get_task(connection, person, context.now(), task_id)
        if detail.task.state == "open":
            return redirect(url_for("tasks.one", task_id=task_id))
        opened = following_tasks(connection, person, detail.task)
        page = list_tasks(connection, focus.person_in_focus(), context.now(), task_list.last_filter(), limit=1)
        left = own_draft(connection, person, task_id)
        comments = comments_of(connection, task_id)
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
        left=left,
        left_until=(detail.task.ended_at or context.now()) + KEPT_FOR,
        left_answers=form_page.read_answers(detail.form, left.values, detail.task.pack_key) if left else [],
        comments=comments,
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


def sent_version() -> int | None:
    """The version of the draft that the page began with; None when the form does not say."""
    sent = request.form.get("_version", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else None


def _detail(task_id: str) -> TaskDetail:
    with context.database().read() as connection:
        return get_task(connection, context.person(), context.now(), task_id)


def _complete(detail: TaskDetail, posted: Posted, version: int | None) -> Answer:
    if posted.errors:
        return task_page.show(detail, posted, version), 422
    if version is not None and detail.draft_version not in (0, version) and detail.values != posted.values:
        # Handing in removes the draft, in which there is text that this window has never seen.
        return compare.two_windows(detail, posted.values), 409
    try:
        context.database().run(
            lambda connection: commands.complete_task(
                connection, context.now(), context.person(), detail.task.id, posted.values
            )
        )
    except InvalidForm as error:
        return task_page.show(detail, Posted(posted.values, error.errors), version), 422
    return redirect(url_for("tasks.done", task_id=detail.task.id))


def _save(detail: TaskDetail, posted: Posted, version: int | None) -> Answer:
    task_id = detail.task.id
    try:
        context.database().run(
            lambda connection: commands.save_draft(
                connection, context.now(), context.person(), task_id, posted.values, version=version
            )
        )
    except InvalidForm as error:
        return task_page.show(detail, Posted(posted.values, error.errors), version), 422
    except DraftChanged:
        return compare.two_windows(_detail(task_id), posted.values), 409
    if removed := uploads.removed(task_id, posted.action):
        flash(_("Filen är borttagen: %(name)s.", name=removed))
        return redirect(url_for("tasks.one", task_id=task_id, _anchor="bifoga"))
    if posted.action == "attach":
        return redirect(url_for("tasks.one", task_id=task_id, _anchor="bifoga"))
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
