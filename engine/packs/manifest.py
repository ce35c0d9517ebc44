"""Checks the shape of pack.toml and of the catalogues: every table, key and type that the rest relies on."""

import math
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from engine.bpmn.moments import is_duration

Report = Callable[[str], None]

KEY = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
PACK_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)

_PACK: dict[str, type] = {
    "key": str,
    "title": str,
    "version": str,
    "valid_from": date,
    "valid_to": date,
    "agreement_key": str,
}
_ROLE: dict[str, type] = {"key": str, "title": str}
_STAGE: dict[str, type] = {"key": str, "title": str, "group": str, "short": str}
_PROCESS: dict[str, type] = {"key": str, "title": str, "agreement": str, "organisation": str}
_DEADLINES: dict[str, type] = {"remind_before": str, "escalate_after": str, "escalate_to": list}
_TYPE_NAMES = {str: "text", date: "ett datum", list: "en lista"}


def check_manifest(manifest: dict[str, Any], report: Report) -> None:
    """Report everything that keeps `manifest` from being a pack."""
    _check_table(manifest.get("pack"), "[pack]", _PACK, report, optional={"locale": str})
    _check_pack_keys(manifest.get("pack"), report)
    _check_rows(manifest, "role", _ROLE, {}, report, needed=True)
    _check_rows(manifest, "stage", _STAGE, {"expected": str}, report)
    _check_rows(manifest, "process", _PROCESS, {"business_key": str, "startable_by": list}, report, needed=True)
    _check_table(manifest.get("deadlines"), "[deadlines]", _DEADLINES, report)
    _check_parameters(manifest.get("parameters", {}), report)
    for name in sorted(manifest.keys() - {"pack", "role", "stage", "process", "deadlines", "parameters"}):
        report(f"tabellen {name} är okänd")


def check_catalogue(content: dict[str, Any], report: Report) -> None:
    """Report what keeps a catalogue file from being a list of [[item]] with key and title."""
    for name in sorted(content.keys() - {"item"}):
        report(f"{name} är okänt; en katalog har bara [[item]]")
    items = content.get("item")
    if not isinstance(items, list) or not items:
        report("katalogen har inga [[item]]")
        return
    for number, item in enumerate(items, 1):
        _check_table(item, f"[[item]] nummer {number}", _ROLE, report, free=True)
    _check_unique(_texts(items, "key"), "nyckeln", report)


def check_references(manifest: dict[str, Any], report: Report) -> None:
    """Report names in a well-shaped manifest that mean nothing: roles, durations, kinds."""
    roles = {role["key"] for role in manifest["role"]} | {"administrator"}
    for process in manifest["process"]:
        where = f"[[process]] {process['key']}"
        _check_choice(process["agreement"], ("regional", "local", "none"), f"{where}: agreement", report)
        _check_choice(process["organisation"], ("municipality", "none"), f"{where}: organisation", report)
        _check_roles(process.get("startable_by", []), roles, f"{where}: startable_by", report)
    deadlines = manifest["deadlines"]
    _check_roles(deadlines["escalate_to"], roles, "[deadlines] escalate_to", report)
    _check_duration(deadlines["remind_before"], "[deadlines] remind_before", report)
    _check_duration(deadlines["escalate_after"], "[deadlines] escalate_after", report)
    for stage in manifest.get("stage", []):
        if "expected" in stage:
            _check_duration(stage["expected"], f"[[stage]] {stage['key']}: expected", report)
    _check_unique([role["title"] for role in manifest["role"]], "rollens titel", report)
    if manifest["pack"]["valid_from"] > manifest["pack"]["valid_to"]:
        report("[pack] valid_from är senare än valid_to")


def _check_pack_keys(pack: object, report: Report) -> None:
    for name in ("key", "agreement_key"):
        value = pack.get(name) if isinstance(pack, dict) else None
        if isinstance(value, str) and not PACK_KEY.fullmatch(value):
            report(f"[pack] {name}: {value!r} ska bestå av små bokstäver, siffror och bindestreck")


def _check_rows(
    manifest: dict[str, Any],
    name: str,
    required: dict[str, type],
    optional: dict[str, type],
    report: Report,
    *,
    needed: bool = False,
) -> None:
    rows = manifest.get(name, [])
    if not isinstance(rows, list) or (needed and not rows):
        report(f"[[{name}]] saknas")
        return
    for number, row in enumerate(rows, 1):
        _check_table(row, f"[[{name}]] nummer {number}", required, report, optional=optional)
    for key in _texts(rows, "key"):
        if not KEY.fullmatch(key):
            report(f"[[{name}]] {key!r}: en nyckel ska vara små bokstäver, siffror och understreck")
    _check_unique(_texts(rows, "key"), f"[[{name}]] nyckeln", report)


def _check_table(
    table: object,
    where: str,
    required: dict[str, type],
    report: Report,
    *,
    optional: dict[str, type] | None = None,
    free: bool = False,
) -> None:
    if not isinstance(table, dict):
        report(f"{where} saknas eller är ingen tabell")
        return
    known = {**required, **(optional or {})}
    for name, kind in known.items():
        if name in table:
            _check_type(table[name], kind, f"{where}: {name}", report)
        elif name in required:
            report(f"{where}: {name} saknas")
    for name in () if free else sorted(table.keys() - known.keys()):
        report(f"{where}: {name} är okänt")


def _check_type(value: object, kind: type, where: str, report: Report) -> None:
    if not isinstance(value, kind) or (kind is date and isinstance(value, datetime)):
        report(f"{where} ska vara {_TYPE_NAMES[kind]}")
    elif isinstance(value, list) and not all(isinstance(item, str) for item in value):
        report(f"{where} ska vara en lista av texter")
    elif isinstance(value, str) and not value.strip():
        report(f"{where} är tom")


def _check_parameters(parameters: object, report: Report) -> None:
    if not isinstance(parameters, dict):
        report("[parameters] är ingen tabell")
        return
    for name, value in parameters.items():
        if not KEY.fullmatch(name):
            report(f"[parameters] {name!r}: ett namn ska vara små bokstäver, siffror och understreck")
        if not _is_parameter(value):
            report(f"[parameters] {name} ska vara text, tal, sant/falskt, datum eller en lista av texter eller tal")


def _is_parameter(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str | int) for item in value)
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str | int | date)


def _check_choice(value: str, choices: tuple[str, ...], where: str, report: Report) -> None:
    if value not in choices:
        report(f"{where}: {value!r} är inte något av {', '.join(choices)}")


def _check_roles(keys: Iterable[str], roles: set[str], where: str, report: Report) -> None:
    for key in keys:
        if key not in roles:
            report(f"{where}: rollen {key!r} finns inte")


def _check_duration(value: str, where: str, report: Report) -> None:
    if not is_duration(value):
        report(f"{where}: {value!r} är ingen tidslängd enligt ISO 8601")


def _texts(rows: list[Any], name: str) -> list[str]:
    return [row[name] for row in rows if isinstance(row, dict) and isinstance(row.get(name), str)]


def _check_unique(values: list[str], what: str, report: Report) -> None:
    for value in sorted({value for value in values if values.count(value) > 1}):
        report(f"{what} {value!r} finns mer än en gång")
