"""Starting something new: what the person may start, and the form that it begins with, kept as a draft meanwhile."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import commands
from engine.authorisation import CANNOT_START
from engine.commands import Started, start_drafts
from engine.commands.drafts import SavedDraft
from engine.commands.start_drafts import StartDraftChanged
from engine.errors import FieldError, InvalidForm, NotPermitted
from engine.queries import Startable, startable
from engine.queries.start_drafts import StartDraftRow, begun_processes, own_start_draft
from web import context
from web.views import autosave, form_page, uploads
from web.views.form_page import Posted
from web.views.tasks import sent_version

blueprint = Blueprint("processes", __name__, url_prefix="/starta")

NO_ORGANISATION = FieldError("_organisation", "Välj vilken kommun det gäller.")
NOT_AS_SHOWN = FieldError("_draft", "")  # drawn as a note of its own

Answer = str | Response | tuple[str, int]


@blueprint.get("")
def show() -> str:
    with context.database().read() as connection:
        found = startable(connection, context.person())
        begun = begun_processes(connection, context.person())
    return render_template("processes/list.html", startable=found, begun=begun)


@blueprint.get("/<process_key>")
def begin(process_key: str) -> str:
    process = _startable(process_key)
    draft = _draft(process)
    chosen = request.args.get("kommun", "") or (draft.organisation if draft else None) or ""
    return _page(process, Posted(draft.values if draft else {}, []), chosen, draft)


@blueprint.post("/<process_key>")
def start(process_key: str) -> Answer:
    """What the form was sent for stands in its button: a row, a file, a draft, or handing in."""
    process = _startable(process_key)
    organisation, seen = _organisation(process), _draft(process)
    unkept = uploads.keep_each(process.form, lambda field, name, content: _add(process, field, name, content))
    draft = _draft(process)
    # The version that the page knew of, with the files that came with it.
    version = _version(seen, draft)
    posted = form_page.read_posted(process.form, process.pack_key, draft.files if draft else ())
    if posted.rows_changed:
        return _page(process, posted, organisation, draft, version)
    if unkept:
        return _page(process, Posted(posted.values, unkept), organisation, draft, version), 422
    try:
        if posted.action == "complete":
            return _start(process, posted, organisation, draft, version)
        return _save(process, posted, organisation, draft, version)
    except StartDraftChanged:
        return _page(process, Posted(posted.values, [NOT_AS_SHOWN]), organisation, _draft(process)), 409


@blueprint.post("/<process_key>/utkast")
def save(process_key: str) -> autosave.Answer:
    """For the page's script: keep what stands in the form now, and say so."""

    def keep() -> autosave.Kept:
        process = _startable(process_key)
        saved = _keep_text(process, form_page.read_posted(process.form, process.pack_key), _organisation(process))
        return autosave.Kept(saved.saved_at, saved.version, [])

    return autosave.tell(keep)


@blueprint.post("/<process_key>/borja-om")
def begin_again(process_key: str) -> Response:
    process = _startable(process_key)
    context.database().run(
        lambda connection: start_drafts.throw_away_start_draft(
            connection, context.person(), process.pack_key, process.process_key
        )
    )
    flash(_("Utkastet är borttaget, med sina filer. Formuläret är tomt igen."))
    return redirect(url_for("processes.begin", process_key=process_key))


def _start(
    process: Startable, posted: Posted, organisation: str, draft: StartDraftRow | None, version: int | None
) -> Answer:
    missing = [NO_ORGANISATION] if process.organisations and not organisation else []
    if missing or posted.errors:
        refused = Posted(posted.values, [*missing, *posted.errors])
        return _page(process, refused, organisation, draft, version), 422
    try:
        started = context.database().run(
            lambda connection: commands.start_process(
                connection,
                context.now(),
                context.person(),
                process.process_key,
                organisation=organisation or None,
                values=posted.values,
                pack_key=process.pack_key,
                draft_version=version,
            )
        )
    except InvalidForm as error:
        return _page(process, Posted(posted.values, error.errors), organisation, draft, version), 422
    flash(_("Tack. Det är registrerat som %(key)s.", key=started.business_key))
    return redirect(_next(process.process_key, started))


def _save(
    process: Startable, posted: Posted, organisation: str, draft: StartDraftRow | None, version: int | None
) -> Answer:
    try:
        _keep_text(process, posted, organisation, version)
    except InvalidForm as error:
        return _page(process, Posted(posted.values, error.errors), organisation, draft, version), 422
    person, pack_key, process_key = context.person(), process.pack_key, process.process_key
    gone = uploads.remove_one(
        posted.action,
        draft.files if draft else (),
        lambda attachment_id: context.database().run(
            lambda connection: start_drafts.remove_start_file(connection, person, pack_key, process_key, attachment_id)
        ),
    )
    if gone:
        flash(_("Filen är borttagen: %(name)s.", name=gone))
    elif posted.action == "save":
        flash(_("Utkastet är sparat. Du kan stänga sidan och fortsätta en annan gång."))
    anchor = None if posted.action == "save" else "bifoga"
    return redirect(url_for("processes.begin", process_key=process_key, _anchor=anchor))


def _keep_text(process: Startable, posted: Posted, organisation: str, version: int | None = None) -> SavedDraft:
    expected = sent_version() if version is None else version
    return context.database().run(
        lambda connection: start_drafts.save_start_draft(
            connection,
            context.now(),
            context.person(),
            process.pack_key,
            process.process_key,
            posted.values,
            organisation=organisation or None,
            version=expected,
        )
    )


def _add(process: Startable, field: str | None, name: str, content: bytes) -> None:
    context.database().run(
        lambda connection: start_drafts.add_start_file(
            connection,
            context.now(),
            context.person(),
            process.pack_key,
            process.process_key,
            name,
            content,
            field=field,
        )
    )


def _version(seen: StartDraftRow | None, now: StartDraftRow | None) -> int | None:
    """The version that the page began with; the newest one when only files of this request came in between."""
    sent = sent_version()
    return (now.version if now else 0) if sent == (seen.version if seen else 0) else sent


def _draft(process: Startable) -> StartDraftRow | None:
    with context.database().read() as connection:
        return own_start_draft(connection, context.person(), process.pack_key, process.process_key)


def _startable(process_key: str) -> Startable:
    with context.database().read() as connection:
        found = startable(connection, context.person())
    process = next((one for one in found if one.process_key == process_key), None)
    if process is None:
        raise NotPermitted(CANNOT_START)
    return process


def _organisation(process: Startable) -> str:
    """The chosen municipality; the only one when there is no choice."""
    codes = [code for code, _name in process.organisations]
    chosen = request.form.get("_organisation", "")
    return codes[0] if len(codes) == 1 else chosen if chosen in codes else ""


def _next(process_key: str, started: Started) -> str:
    """Where the person wants to be now: at their own next task, else where what was started can be followed."""
    mine = next((task for task in started.next_tasks if task.mine), None)
    if process_key == "deviation":
        return url_for("deviations.one", key=started.business_key)
    if mine is not None:
        return url_for("tasks.one", task_id=mine.id)
    return url_for("agreements.one", key=started.agreement_key) if started.agreement_key else url_for("tasks.show")


def _page(
    process: Startable,
    posted: Posted,
    organisation: str,
    draft: StartDraftRow | None,
    version: int | None = None,
) -> str:
    files = draft.files if draft else ()
    of_form = [error for error in posted.errors if error not in (NO_ORGANISATION, NOT_AS_SHOWN)]
    of_fields = [error for error in of_form if error.path != uploads.BESIDE]
    shown = form_page.fields(process.form, posted.values, process.pack_key, of_fields, posted.focus, files)
    missing = NO_ORGANISATION in posted.errors
    links = form_page.error_links(shown, of_fields) + uploads.errors_beside(posted)
    current: dict[str, Any] = {"files": files, "beside": [file for file in files if file.field is None]}
    return render_template(
        "processes/start.html",
        process=process,
        fields=shown,
        around=current,
        draft=draft if draft and not draft.is_empty else None,
        version=version if version is not None else draft.version if draft else 0,
        changed_elsewhere=NOT_AS_SHOWN in posted.errors,
        errors=[("_organisation", _("Välj vilken kommun det gäller."))] * missing + links,
        organisation_missing=missing,
        organisation=organisation,
    )
