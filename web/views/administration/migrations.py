"""Moving running instances to another version of their process: a dry run first, then in bulk, with each result."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.commands import Migrated, MigrationPlan, migrate_instances, plan_migration
from engine.commands.administration import note
from engine.errors import Invalid, NotFound
from engine.queries.repair import RunningVersion, running_versions
from web import context, words
from web.marking import N_
from web.views.administration.place import blueprint, page

FATES = {
    "kept": (N_("Fortsätter som det är"), "done"),
    "moved": (N_("Flyttas till ett annat steg"), "going"),
    "dropped": (N_("Tas bort"), "wait"),
    "lost": (N_("Finns inte i den nya versionen"), "late"),
    "added": (N_("Kommer till"), "going"),
}
KINDS = {
    "task": N_("uppgift"),
    "draft": N_("utkast"),
    "timer": N_("tidsgräns"),
    "subscription": N_("väntan på besked"),
    "call": N_("egen process"),
    "scope": N_("delprocess"),
}
DROP = "-"


@blueprint.get("/flytta")
def migrate() -> str:
    chosen = _chosen(request.args)
    if chosen is None:
        return _page(None)
    try:
        return _page(_plan(chosen))
    except (Invalid, NotFound) as error:
        return _page(None, wrong={"version": words.said(str(error))})


@blueprint.post("/flytta")
def migrate_all() -> Response | tuple[str, int] | str:
    chosen = _chosen(request.form)
    if chosen is None:
        return redirect(url_for("administration.migrate"))
    pack_key, process_key, from_version, to_version = chosen
    person, now, reason = context.person(), context.now(), request.form.get("reason", "").strip()
    database = context.database()
    try:
        done = migrate_instances(
            database,
            now,
            person,
            process_key,
            from_version,
            to_version,
            reason,
            _mapping(request.form),
            pack_key=pack_key,
        )
    except Invalid as error:
        return _page(_plan(chosen), reason=reason, wrong={"reason": words.said(str(error))}), 422
    refused = sum(bool(one.refusals) for one in done)
    said = {
        "from_version": from_version,
        "to_version": to_version,
        "instances": len(done) - refused,
        "refused": refused,
        "reason": reason,
    }
    database.run(lambda connection: note(connection, now, person, "instances_migrated", process_key, after=said))
    flash(_("%(n)s ärenden är flyttade.", n=len(done) - refused))
    return _page(None, done=done)


Chosen = tuple[str, str, int, int]  # pack, process, from version, to version


def _chosen(given: MultiDict[str, str]) -> Chosen | None:
    """The process and its two versions as the form says them, e.g. `pack/process/3` and `4`."""
    parts = given.get("version", "").split("/")
    to_version = given.get("till", "")
    if len(parts) != 3 or not parts[2].isdecimal() or not to_version.isdecimal():
        return None
    if len(parts[2]) > 9 or len(to_version) > 9:
        return None
    return parts[0], parts[1], int(parts[2]), int(to_version)


def _mapping(given: MultiDict[str, str]) -> dict[str, str | None]:
    """Where the tokens of elements go that the new version does not have; None drops them."""
    chosen = {name[2:]: value for name, value in given.items() if name.startswith("m.") and value}
    return {element: None if to == DROP else to for element, to in chosen.items()}


def _plan(chosen: Chosen) -> MigrationPlan:
    pack_key, process_key, from_version, to_version = chosen
    mapping = _mapping(request.values)
    with context.database().read() as connection:
        return plan_migration(
            connection,
            context.now(),
            context.person(),
            process_key,
            from_version,
            to_version,
            mapping,
            pack_key=pack_key,
        )


def _page(
    plan: MigrationPlan | None,
    *,
    reason: str = "",
    wrong: dict[str, str] | None = None,
    done: tuple[Migrated, ...] | None = None,
) -> str:
    with context.database().read() as connection:
        versions = running_versions(connection, context.person())
    newest: dict[tuple[str, str], int] = {}
    for one in versions:
        newest[one.pack_key, one.process_key] = max(one.version, newest.get((one.pack_key, one.process_key), 0))
    older = [one for one in versions if one.running and one.version < newest[one.pack_key, one.process_key]]
    return page(
        "migrate",
        older=[(f"{one.pack_key}/{one.process_key}/{one.version}", _version_title(one)) for one in older],
        newest={
            f"{one.pack_key}/{one.process_key}/{one.version}": newest[one.pack_key, one.process_key] for one in older
        },
        version=request.values.get("version", ""),
        to_version=request.values.get("till", ""),
        plan=plan,
        lost=_lost(plan),
        mapping=_mapping(request.values),
        possible=sum(one.possible for one in plan.instances) if plan else 0,
        fate=_fate,
        kind=_kind,
        done=done,
        reason=reason,
        wrong=wrong or {},
        errors=list((wrong or {}).items()),
    )


def _lost(plan: MigrationPlan | None) -> list[tuple[str, str]]:
    """Elements that something waits at and that the new version lacks: (id, name)."""
    if plan is None:
        return []
    mapped = _mapping(request.values)
    found = {
        fate.element_id: words.words(fate.name) or fate.element_id
        for one in plan.instances
        for fate in one.fates
        if fate.becomes == "lost" or fate.element_id in mapped
    }
    return sorted(found.items(), key=lambda one: one[1])


def _version_title(one: RunningVersion) -> str:
    return str(
        _(
            "%(process)s, version %(version)s (%(n)s pågår)",
            process=words.words(one.process_title),
            version=one.version,
            n=one.running,
        )
    )


def _fate(becomes: str) -> tuple[str, str]:
    title, tone = FATES.get(becomes, (becomes, "none"))
    return _(title), tone


def _kind(kind: str) -> Any:
    return _(KINDS[kind]) if kind in KINDS else kind
