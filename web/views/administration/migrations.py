"""Moving running instances to another version of their process: a dry run first, then in bulk, with each result."""

from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.commands import Migrated, MigrationPlan, migrate_instances, plan_migration
from engine.errors import Invalid, NotFound
from engine.queries.migration_targets import Choice, migration_choices
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
MANY = {
    "task": N_("Öppna uppgifter"),
    "draft": N_("Utkast"),
    "timer": N_("Tidsgränser"),
    "subscription": N_("Väntan på besked"),
    "call": N_("Egna processer"),
    "scope": N_("Delprocesser"),
}

Mapping = dict[str, str | None]


@dataclass(frozen=True)
class Trial:
    """A dry run: what becomes of everything, with the mapping it was made with and what can be chosen instead."""

    plan: MigrationPlan
    mapping: Mapping = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    suggested: frozenset[str] = frozenset()  # steps whose place was found by their name, and not chosen by anybody


@blueprint.get("/flytta")
def migrate() -> str:
    chosen = _chosen(request.args)
    if chosen is None:
        return _page(None)
    try:
        return _page(_trial(chosen))
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
        return _page(_trial(chosen), reason=reason, wrong={"reason": words.said(str(error))}), 422
    moved = sum(not one.refusals for one in done)
    flash(ngettext("%(num)s ärende är flyttat.", "%(num)s ärenden är flyttade.", moved))
    return _page(None, done=done)


Chosen = tuple[str, str, int, int]  # pack, process, from version, to version


def _chosen(given: MultiDict[str, str]) -> Chosen | None:
    """The process and its two versions as the form says them, e.g. `pack/process/3` and `4`; empty is the newest."""
    parts = given.get("version", "").split("/")
    to_version = given.get("till", "").strip()
    if len(parts) != 3 or not parts[2].isdecimal() or len(parts[2]) > 9:
        return None
    if not to_version:
        to_version = str(_newest().get((parts[0], parts[1]), ""))
    if not to_version.isdecimal() or len(to_version) > 9:
        return None
    return parts[0], parts[1], int(parts[2]), int(to_version)


def _mapping(given: MultiDict[str, str]) -> dict[str, str | None]:
    """Where the tokens of elements go that the new version does not have; None drops them."""
    chosen = {name[2:]: value for name, value in given.items() if name.startswith("m.") and value}
    return {element: None if to == DROP else to for element, to in chosen.items()}


def _trial(chosen: Chosen) -> Trial:
    """The dry run. Until somebody has chosen, a step that is gone goes to the one that alone has its name."""
    mapping = _mapping(request.values)
    plan = _plan(chosen, mapping)
    choices = _choices(chosen, plan, mapping)
    if any(name.startswith("m.") for name in request.values):
        return Trial(plan, mapping, choices)
    likely: Mapping = {choice.element_id: choice.likely for choice in choices if choice.likely}
    if not likely:
        return Trial(plan, mapping, choices)
    plan = _plan(chosen, likely)
    return Trial(plan, likely, _choices(chosen, plan, likely), frozenset(likely))


def _plan(chosen: Chosen, mapping: Mapping) -> MigrationPlan:
    pack_key, process_key, from_version, to_version = chosen
    person, now = context.person(), context.now()
    with context.database().read() as connection:
        return plan_migration(
            connection, now, person, process_key, from_version, to_version, mapping, pack_key=pack_key
        )


def _choices(chosen: Chosen, plan: MigrationPlan, mapping: Mapping) -> list[Choice]:
    """For every step that something waits at and that the new version lacks, or that has been mapped."""
    fates = (fate for one in plan.instances for fate in one.fates)
    lost = [fate.element_id for fate in fates if fate.becomes == "lost" or fate.element_id in mapping]
    with context.database().read() as connection:
        return migration_choices(connection, context.person(), *chosen, lost, mapping)


def _newest() -> dict[tuple[str, str], int]:
    """The newest version of each process."""
    with context.database().read() as connection:
        versions = running_versions(connection, context.person())
    return {(one.pack_key, one.process_key): one.version for one in reversed(versions)}


def _page(
    trial: Trial | None,
    *,
    reason: str = "",
    wrong: dict[str, str] | None = None,
    done: tuple[Migrated, ...] | None = None,
) -> str:
    with context.database().read() as connection:
        versions = running_versions(connection, context.person())
    newest = {(one.pack_key, one.process_key): one.version for one in reversed(versions)}
    plan = trial.plan if trial else None
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
        trial=trial,
        places=[_place(choice, trial) for choice in trial.choices] if trial else [],
        step_name=_step_names(trial),
        counted=_counted(plan),
        possible=sum(one.possible for one in plan.instances) if plan else 0,
        fate=_fate,
        kind=_kind,
        done=done,
        reason=reason,
        wrong=wrong or {},
        errors=list((wrong or {}).items()),
    )


def _place(choice: Choice, trial: Trial) -> tuple[Choice, list[tuple[str, str]], str]:
    """A select for one step: what it can become, and what is chosen."""
    options = [(target.element_id, words.words(target.name)) for target in choice.targets]
    if choice.droppable:
        options.append((DROP, _("Ta bort den")))
    chosen = trial.mapping.get(choice.element_id, "")
    return choice, options, DROP if chosen is None else chosen


def _step_names(trial: Trial | None) -> dict[str, str]:
    """What the new version's steps are called, of those that something may move to."""
    targets = (target for choice in trial.choices for target in choice.targets) if trial else ()
    return {target.element_id: words.words(target.name) for target in targets}


def _counted(plan: MigrationPlan | None) -> list[tuple[str, int]]:
    """How many things of each kind wait in all the instances."""
    kinds = [fate.kind for one in plan.instances for fate in one.fates if fate.becomes != "added"] if plan else []
    return [(_(title), kinds.count(kind)) for kind, title in MANY.items() if kind in kinds]


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
