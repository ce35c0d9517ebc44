"""Process instances: find one, see where it stands, and repair it by hand with a reason."""

from collections.abc import Callable
from typing import Any

from flask import Response as Download
from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.commands import Step, cancel_instance, modify_instance, resume_instance, suspend_instance
from engine.commands.modification import Preview, preview_modification
from engine.errors import Conflict, Invalid, InvalidForm
from engine.queries.history import SENTENCES, EventRow
from engine.queries.repair import Repair, find_instances, read_repair
from web import context, words
from web.marking import N_
from web.views.administration.place import blueprint, organisation_choices, page

STATUS_TITLES = {
    "active": N_("Pågår"),
    "suspended": N_("Pausat"),
    "completed": N_("Klart"),
    "cancelled": N_("Avbrutet"),
}
KIND_TITLES = {
    "userTask": N_("uppgift"),
    "callActivity": N_("egen process"),
    "subProcess": N_("delprocess"),
    "serviceTask": N_("automatiskt steg"),
    "businessRuleTask": N_("beslutstabell"),
    "intermediateCatchEvent": N_("väntan"),
    "intermediateThrowEvent": N_("händelse"),
    "startEvent": N_("början"),
    "boundaryEvent": N_("händelse på kanten"),
    "task": N_("uppgift"),
    "call": N_("egen process"),
    "timer": N_("tidsgräns"),
    "message": N_("besked"),
    "signal": N_("signal"),
}
ACTS: dict[str, tuple[Callable[..., None], str]] = {
    "pausa": (suspend_instance, N_("Ärendet är pausat, med allt som hör till det.")),
    "aterta": (resume_instance, N_("Ärendet går vidare.")),
    "avbryt": (cancel_instance, N_("Ärendet är avbrutet.")),
}


@blueprint.app_template_filter("event_sentence")
def _event_sentence(event: EventRow) -> str:
    """`Skriv avsnittet lämnades in`"""
    return _(SENTENCES.get(event.kind, "{what}")).format(what=words.words(event.what))


@blueprint.get("/arenden")
def instances() -> str:
    chosen = {name: request.args.get(name, "").strip() for name in ("sok", "process", "organisation", "lage")}
    cursor = request.args.get("fran")
    with context.database().read() as connection:
        found = find_instances(
            connection,
            context.person(),
            search=chosen["sok"],
            process_key=chosen["process"],
            organisation=chosen["organisation"],
            status=chosen["lage"],
            cursor=cursor,
        )
    kept: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    return page(
        "instances",
        found=found,
        chosen=chosen,
        statuses=[(status, _(title)) for status, title in STATUS_TITLES.items()],
        processes=_processes(),
        organisations=organisation_choices(),
        next_address=url_for("administration.instances", **kept, fran=found.next_cursor) if found.next_cursor else None,
        first_address=url_for("administration.instances", **kept) if cursor else None,
        status_title=_status_title,
    )


@blueprint.get("/arenden/<instance_id>")
def instance(instance_id: str) -> str:
    return _one(instance_id)


@blueprint.get("/arenden/<instance_id>/modell.bpmn")
def instance_model(instance_id: str) -> Download:
    with context.database().read() as connection:
        found = read_repair(connection, context.person(), instance_id)
    return Download(found.diagram.bpmn, content_type="application/xml; charset=utf-8")


@blueprint.post("/arenden/<instance_id>/<act>")
def act(instance_id: str, act: str) -> Response | tuple[str, int]:
    """Suspend, resume or cancel."""
    if act not in ACTS:
        abort(404)
    command, done = ACTS[act]
    person, now, reason = context.person(), context.now(), request.form.get(f"reason-{act}", "")
    try:
        context.database().run(lambda connection: command(connection, now, person, instance_id, reason))
    except (Invalid, Conflict) as error:
        return _one(instance_id, {f"reason-{act}": reason}, {f"reason-{act}": words.said(str(error))}), 422
    flash(_(done))
    return redirect(url_for("administration.instance", instance_id=instance_id))


@blueprint.get("/arenden/<instance_id>/andra")
def modify(instance_id: str) -> str:
    return _modify(instance_id)


@blueprint.post("/arenden/<instance_id>/andra")
def preview(instance_id: str) -> Response | tuple[str, int] | str:
    """Show what would happen; with `do=apply` make it so."""
    person, now, reason = context.person(), context.now(), request.form.get("reason", "")
    steps = _steps()
    try:
        if request.form.get("do") == "apply":
            context.database().run(
                lambda connection: modify_instance(connection, now, person, instance_id, reason, steps)
            )
            flash(_("Ärendet är ändrat. Det står i historiken, med skälet."))
            return redirect(url_for("administration.instance", instance_id=instance_id))
        shown = context.database().run(
            lambda connection: preview_modification(connection, now, person, instance_id, reason, steps)
        )
    except (Invalid, Conflict) as error:
        field = "reason" if not reason.strip() else "cancel"
        told = error.errors[0].message if isinstance(error, InvalidForm) else str(error)
        return _modify(instance_id, wrong={field: words.said(told)}), 422
    return _modify(instance_id, shown)


def _steps() -> list[Step]:
    steps = [Step("cancel", element_id) for element_id in request.form.getlist("cancel")]
    how, _separator, element_id = request.form.get("start", "").partition(":")
    return [*steps, Step(how, element_id)] if element_id else steps


def _one(instance_id: str, written: dict[str, str] | None = None, wrong: dict[str, str] | None = None) -> str:
    with context.database().read() as connection:
        found = read_repair(connection, context.person(), instance_id)
    return page(
        "instance",
        found=found,
        status_title=_status_title,
        kind_title=_kind_title,
        written=written or {},
        wrong=wrong or {},
        errors=list((wrong or {}).items()),
    )


def _modify(instance_id: str, shown: Preview | None = None, wrong: dict[str, str] | None = None) -> str:
    with context.database().read() as connection:
        found = read_repair(connection, context.person(), instance_id)
    return page(
        "modify",
        found=found,
        kind_title=_kind_title,
        starts=_starts(found),
        cancelled=request.form.getlist("cancel"),
        start=request.form.get("start", ""),
        reason=request.form.get("reason", ""),
        preview=shown,
        status_title=_status_title,
        wrong=wrong or {},
        errors=list((wrong or {}).items()),
    )


def _starts(found: Repair) -> list[tuple[str, str]]:
    """Where work can be started, in words: at a step, or as if it had just been done."""
    choices = []
    for place in found.places:
        name = _("%(name)s (%(kind)s)", name=words.words(place.name), kind=_kind_title(place.kind))
        if place.before:
            choices.append((f"start_before:{place.element_id}", _("Börja med: %(name)s", name=name)))
        if place.after:
            choices.append((f"start_after:{place.element_id}", _("Fortsätt efter: %(name)s", name=name)))
    return choices


def _processes() -> list[tuple[str, str]]:
    found = {one.key: words.words(one.title) for pack in words.titles().packs.values() for one in pack.processes}
    return sorted(found.items(), key=lambda one: one[1])


def _status_title(status: str) -> Any:
    return _(STATUS_TITLES[status]) if status in STATUS_TITLES else status


def _kind_title(kind: str) -> Any:
    return _(KIND_TITLES[kind]) if kind in KIND_TITLES else kind
