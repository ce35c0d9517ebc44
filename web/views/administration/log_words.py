"""The administration's log in words: what was done, and the values before and after."""

from typing import Any

from flask_babel import gettext as _

from engine.queries.administration import LogRow
from web import header, words
from web.marking import N_

FIELDS = {
    "name": N_("namn"),
    "email": N_("e-post"),
    "username": N_("användarnamn"),
    "locale": N_("språk"),
    "kind": N_("slag"),
    "scopes": N_("får"),
    "purpose": N_("till"),
    "released": N_("uppgifter som blev fria"),
    "reason": N_("skäl"),
    "version": N_("version"),
    "instances": N_("ärenden"),
    "from_version": N_("från version"),
    "to_version": N_("till version"),
    "refused": N_("gick inte"),
    "from": N_("från"),
    "to": N_("till"),
    "issuer": N_("inloggningstjänst"),
    "subject": N_("identitet"),
    "substitute": N_("ersättare"),
    "receivers": N_("mottagare"),
    "processes": N_("nya versioner"),
    "states": N_("prövade lägen"),
    "new": N_("nya"),
    "changed": N_("ändrade"),
    "same": N_("oförändrade"),
    "removed": N_("borttagna"),
}
UNTOLD = frozenset({"token", "mail", "incident"})


def sentence(row: LogRow) -> str:
    """`Gav Karin Ek en roll`"""
    return _(row.sentence).format(subject=words.words(row.subject_name))


def values(said: dict[str, Any]) -> str:
    """`namn: Karin Ek, e-post: karin@mora.se`; a role as `Mora, processledare`."""
    told = dict(said)
    parts = []
    if "role" in told and "organisation" in told:
        parts.append(header.grant_title(words.titles(), told.pop("role"), told.pop("organisation")))
    parts += [
        f"{_(FIELDS[name]) if name in FIELDS else name}: {_shown(value)}"
        for name, value in told.items()
        if name not in UNTOLD and value not in (None, "", [])
    ]
    return ", ".join(parts)


def after(row: LogRow) -> str:
    """What it became: the values after, or what else the entry tells."""
    others = {name: value for name, value in row.data.items() if name not in {"before", "after"}}
    return ", ".join(part for part in (values(row.data.get("after") or {}), values(others)) if part)


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
