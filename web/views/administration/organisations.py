"""Organisations: list, add, rename, remove while nothing is tied to them."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.commands.organisations import (
    KINDS,
    NO_SUCH,
    add_organisation,
    is_in_use,
    remove_organisation,
    rename_organisation,
)
from engine.errors import InvalidForm, NotFound
from engine.queries.administration import OrganisationRow, list_organisations
from web import context
from web.marking import N_
from web.views.administration.place import blueprint, page, said, written

KIND_TITLES = {"municipality": N_("Kommun"), "region": N_("Region"), "body": N_("Organ i länet")}


@blueprint.get("/organisationer")
def organisations() -> str:
    return _list({}, {})


@blueprint.post("/organisationer")
def add_organisation_posted() -> Response | tuple[str, int]:
    values = written("code", "name", "kind")
    person, now = context.person(), context.now()
    try:
        context.database().run(lambda connection: add_organisation(connection, now, person, **values))
    except InvalidForm as error:
        return _list(values, said(error)), 422
    flash(_("%(name)s är tillagd.", name=values["name"]))
    return redirect(url_for("administration.organisations"))


@blueprint.get("/organisationer/<code>")
def organisation(code: str) -> str:
    return _one(code, None, {})


@blueprint.post("/organisationer/<code>")
def rename(code: str) -> Response | tuple[str, int]:
    values = written("name")
    person, now = context.person(), context.now()
    try:
        context.database().run(lambda connection: rename_organisation(connection, now, person, code, values["name"]))
    except InvalidForm as error:
        return _one(code, values["name"], said(error)), 422
    flash(_("Namnet är ändrat till %(name)s.", name=values["name"]))
    return redirect(url_for("administration.organisations"))


@blueprint.post("/organisationer/<code>/ta-bort")
def remove(code: str) -> Response:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: remove_organisation(connection, now, person, code))
    flash(_("Organisationen är borttagen."))
    return redirect(url_for("administration.organisations"))


def _list(values: dict[str, str], errors: dict[str, str]) -> str:
    with context.database().read() as connection:
        rows = list_organisations(connection, context.person())
    return page(
        "organisations",
        rows=rows,
        kinds=[(kind, _(KIND_TITLES[kind])) for kind in KINDS],
        kind_title=_kind_title,
        written=values,
        wrong=errors,
        errors=list(errors.items()),
    )


def _one(code: str, name: str | None, errors: dict[str, str]) -> str:
    with context.database().read() as connection:
        row = next((one for one in list_organisations(connection, context.person()) if one.code == code), None)
        used = is_in_use(connection, code)
    if row is None:
        raise NotFound(NO_SUCH)
    return page(
        "organisation",
        row=row,
        kind_title=_kind_title,
        name=row.name if name is None else name,
        used=used,
        wrong=errors,
        errors=list(errors.items()),
    )


def _kind_title(row: OrganisationRow) -> Any:
    return _(KIND_TITLES[row.kind]) if row.kind in KIND_TITLES else row.kind
