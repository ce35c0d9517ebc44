"""Ersättare: the page where somebody names who acts for them while they are away, and what the form says."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.commands.substitutions import end_substitution, name_substitute
from engine.errors import InvalidForm
from engine.people import Person
from engine.queries.substitutions import SubstitutionRow, list_substitutions, possible_substitutes
from web import context, header, words

blueprint = Blueprint("substitutes", __name__, url_prefix="/installningar/ersattare")


@dataclass(frozen=True)
class Written:
    """The form as it was posted, and what is wrong with it by field."""

    values: dict[str, str]
    errors: dict[str, str]


@blueprint.get("")
def show() -> str:
    return _page()


@blueprint.post("")
def name() -> Response | tuple[str, int]:
    refused = name_from_form(context.person().id)
    return redirect(url_for("substitutes.show")) if refused is None else (_page(refused), 422)


@blueprint.post("/<substitution_id>/avsluta")
def end(substitution_id: str) -> Response:
    end_named(substitution_id)
    return redirect(url_for("substitutes.show"))


def _page(refused: Written | None = None) -> str:
    here = content(context.person()) | (form_state(refused) if refused else {})
    return render_template("accounts/stand_in.html", here=here, errors=list(here["errors"].items()))


def name_from_form(absent_id: str) -> Written | None:
    """Name the substitute that the posted form says; None when that was done, else what has to be corrected."""
    values = {key: request.form.get(key, "").strip() for key in ("substitute", "role", "first_day", "last_day")}
    errors: dict[str, str] = {}
    if not values["substitute"]:
        errors["substitute"] = _("Välj vem som ska ersätta")
    days = {key: _day(values[key]) for key in ("first_day", "last_day")}
    if days["first_day"] is None:
        errors["first_day"] = _("Skriv första dagen")
    if days["last_day"] is None:
        errors["last_day"] = _("Skriv sista dagen")
    first, last = days["first_day"], days["last_day"]
    if errors or first is None or last is None:
        return Written(values, errors)
    role, _separator, organisation = values["role"].partition("/")
    person, now = context.person(), context.now()

    def change(connection: Connection) -> str:
        return name_substitute(
            connection,
            now,
            person,
            absent_id,
            values["substitute"],
            first,
            last,
            role=role or None,
            organisation=organisation or None,
        )

    try:
        context.database().run(change)
    except InvalidForm as refused:
        said = {error.path: words.said(error.message) for error in refused.errors}
        return Written(values, said)
    flash(_("Ersättaren är utsedd. Båda får veta det med mejl."))
    return None


def end_named(substitution_id: str) -> None:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: end_substitution(connection, now, person, substitution_id))
    flash(_("Ersättaren är inte längre utsedd."))


def form_state(written: Written) -> dict[str, Any]:
    return {"values": written.values, "errors": written.errors}


def content(absent: Person) -> dict[str, Any]:
    """What the section shows for somebody: who substitutes for them, whom they substitute for, and the empty form."""
    with context.database().read() as connection:
        rows = list_substitutions(connection, context.now(), absent.id)
        people = possible_substitutes(connection, context.person(), absent)
    own = sorted(absent.grants - absent.borrowed)
    titles = words.titles()
    return {
        "absent": absent,
        "away": [row for row in rows if row.absent_id == absent.id],
        "standing_in": [row for row in rows if row.substitute_id == absent.id],
        "people": [(one.id, _with_roles(one, absent)) for one in people],
        "roles": [(f"{role}/{where}", header.grant_title(titles, role, where)) for role, where in own],
        "values": {"first_day": context.today().isoformat()},
        "errors": {},
        "scope": _scope,
        "today": context.today(),
    }


def _with_roles(candidate: Person, absent: Person) -> str:
    """`Eva Persdotter (Mora, styrgrupp)`: the name, and what the person does where whoever is away works."""
    titles = words.titles()
    shared = [grant for grant in sorted(candidate.grants) if grant[1] in absent.organisations] or candidate.grants
    roles = [header.grant_title(titles, role, where) for role, where in shared]
    more = "" if len(roles) < 3 else " ..."
    return f"{candidate.name} ({'; '.join(roles[:2])}{more})" if roles else candidate.name


def _scope(row: SubstitutionRow) -> str:
    if row.role is None or row.organisation is None:
        return _("i alla roller")
    return header.grant_title(words.titles(), row.role, row.organisation)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
