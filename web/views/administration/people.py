"""People: search, add, correct, roles, substitute, password, close and open accounts, what is stored, forget."""

from typing import Any

from flask import Response as Download
from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.clock import local_date
from engine.commands.people import (
    add_person,
    anonymise_person,
    change_person,
    close_account,
    give_password,
    grant_role,
    is_anonymous,
    open_account,
    revoke_role,
)
from engine.errors import InvalidForm
from engine.identities import linked_subjects
from engine.people import Person
from engine.queries.administration import PeopleFilter, PersonRow, held_tasks, read_log, read_person, search_people
from engine.tokens import list_tokens
from exports.tables import Column, Table
from web import context, header, words
from web.views import account_access, account_substitutes
from web.views.account_substitutes import Written
from web.views.administration.place import blueprint, download, organisation_choices, page, roles, said, written

STATES = {"": True, "stangda": False, "alla": None}
MOST_SHOWN = 200


@blueprint.get("/personer")
def people() -> str:
    chosen = _filter()
    with context.database().read() as connection:
        rows = search_people(connection, context.person(), chosen)
    return page(
        "people",
        rows=rows[:MOST_SHOWN],
        total=len(rows),
        chosen=chosen,
        state=request.args.get("konton", ""),
        filtered=chosen != PeopleFilter(),
        roles=roles(),
        organisations=organisation_choices(),
        grant_titles=_grant_titles,
        kept=request.args.to_dict(),
    )


@blueprint.get("/personer.<suffix>")
def people_file(suffix: str) -> Download:
    """Exactly the list on the page, as Excel or CSV."""
    with context.database().read() as connection:
        rows = search_people(connection, context.person(), _filter())
    table = Table(
        key="Personer",
        title=_("Personer och roller"),
        columns=[
            Column(_("Namn"), width=28),
            Column(_("Användarnamn"), width=24),
            Column(_("E-post"), width=34),
            Column(_("Roller"), width=60),
            Column(_("Konto"), width=12),
            Column(_("Tillagd"), kind="date", width=12),
        ],
        rows=[
            [
                row.name,
                row.username,
                row.email,
                "; ".join(_grant_titles(row)),
                _("Öppet") if row.active else _("Stängt"),
                local_date(row.created_at),
            ]
            for row in rows
        ],
    )
    return download(table, "people", suffix)


@blueprint.get("/personer/ny")
def add_person_form() -> str:
    return page("person_new", written={"locale": "sv"}, wrong={})


@blueprint.post("/personer/ny")
def add_person_posted() -> Response | tuple[str, int]:
    values = written("name", "username", "email", "locale")
    person, now = context.person(), context.now()
    try:
        added = context.database().run(lambda connection: add_person(connection, now, person, **values))
    except InvalidForm as error:
        wrong = said(error)
        in_order = [(name, wrong[name]) for name in values if name in wrong]
        return page("person_new", written=values, wrong=wrong, errors=in_order), 422
    flash(_("%(name)s är tillagd. Ge en roll och ett lösenord.", name=values["name"]))
    return redirect(url_for("administration.person", person_id=added))


@blueprint.get("/personer/<person_id>")
def person(person_id: str) -> str:
    return person_page(person_id)


@blueprint.post("/personer/<person_id>")
def change(person_id: str) -> Response | tuple[str, int]:
    values = written("name", "email", "locale")
    person, now = context.person(), context.now()
    try:
        context.database().run(lambda connection: change_person(connection, now, person, person_id, **values))
    except InvalidForm as error:
        return person_page(person_id, written=values, wrong=said(error)), 422
    flash(_("Uppgifterna är sparade."))
    return back(person_id)


@blueprint.post("/personer/<person_id>/roller")
def grant(person_id: str) -> Response | tuple[str, int]:
    values = written("role", "organisation")
    person, now = context.person(), context.now()
    known = {key for key, _title in roles()}
    try:
        context.database().run(
            lambda connection: grant_role(
                connection, now, person, person_id, values["role"], values["organisation"], known
            )
        )
    except InvalidForm as error:
        return person_page(person_id, granting=values, wrong=said(error)), 422
    flash(_("Rollen är given. Den gäller genast, även för det som redan har hänt."))
    return back(person_id)


@blueprint.post("/personer/<person_id>/roller/ta-bort")
def revoke(person_id: str) -> Response:
    role, _separator, where = request.form.get("grant", "").partition("/")
    person, now = context.person(), context.now()
    context.database().run(lambda connection: revoke_role(connection, now, person, person_id, role, where))
    flash(_("Rollen är borttagen. Det som personen hade tagit över i rollen är fritt för andra."))
    return back(person_id)


@blueprint.post("/personer/<person_id>/ersattare")
def name_substitute(person_id: str) -> Response | tuple[str, int]:
    refused = account_substitutes.name_from_form(person_id)
    return back(person_id) if refused is None else (person_page(person_id, substitute=refused), 422)


@blueprint.post("/personer/<person_id>/ersattare/<substitution_id>/avsluta")
def end_substitute(person_id: str, substitution_id: str) -> Response:
    account_substitutes.end_named(substitution_id)
    return back(person_id)


@blueprint.post("/personer/<person_id>/losenord")
def password(person_id: str) -> Download:
    """A new password on a page that is shown once and kept nowhere."""
    person, now = context.person(), context.now()
    given = context.database().run(lambda connection: give_password(connection, now, person, person_id))
    with context.database().read() as connection:
        row = read_person(connection, person, person_id)
    answer = Download(page("password", row=row, password=given))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/personer/<person_id>/stang")
def close(person_id: str) -> Response:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: close_account(connection, now, person, person_id))
    flash(_("Kontot är stängt. Öppna uppgifter som personen hade tagit över är fria för andra."))
    return back(person_id)


@blueprint.post("/personer/<person_id>/oppna")
def reopen(person_id: str) -> Response:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: open_account(connection, now, person, person_id))
    flash(_("Kontot är öppet igen, med samma roller."))
    return back(person_id)


@blueprint.get("/personer/<person_id>/anonym")
def anonymise(person_id: str) -> str:
    with context.database().read() as connection:
        row = read_person(connection, context.person(), person_id)
    return page("anonymise", row=row, anonymous=is_anonymous(row.username))


@blueprint.post("/personer/<person_id>/anonym")
def anonymise_posted(person_id: str) -> Response:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: anonymise_person(connection, now, person, person_id))
    flash(_("Personen är anonym. Det som lämnades in finns kvar utan namn."))
    return back(person_id)


def person_page(
    person_id: str,
    *,
    written: dict[str, str] | None = None,
    granting: dict[str, str] | None = None,
    substitute: Written | None = None,
    wrong: dict[str, str] | None = None,
    account: str = "",
) -> str:
    """Somebody's page; what was written in one of its forms, and what is wrong with it, take the place of what is."""
    with context.database().read() as connection:
        row = read_person(connection, context.person(), person_id)
        held = held_tasks(connection, person_id)
        log = read_log(connection, context.person(), subject=person_id, limit=10).items
    wrong = wrong or {}
    errors = {**wrong, **(substitute.errors if substitute else {})}
    return page(
        "person",
        row=row,
        held=held,
        log=log,
        anonymous=is_anonymous(row.username),
        written=written or {"name": row.name, "email": row.email or "", "locale": row.locale},
        granting=granting or {},
        wrong=wrong,
        errors=list(errors.items()),
        roles=roles(),
        organisations=organisation_choices(),
        grants=sorted((header.grant_title(words.titles(), *grant), "/".join(grant)) for grant in row.grants),
        here=_substitutes(row, substitute),
        access=_access(row, account),
    )


def _substitutes(row: PersonRow, refused: Written | None) -> dict[str, Any] | None:
    if not row.active:
        return None
    absent = Person(row.id, row.username, row.name, row.email, row.locale, frozenset(row.grants))
    shown = account_substitutes.content(absent)
    return shown | account_substitutes.form_state(refused) if refused else shown


def _access(row: PersonRow, written: str) -> dict[str, Any]:
    """The ways in; `written` is the account of the identity provider that could not be linked."""
    with context.database().read() as connection:
        return {
            "provider": context.settings().oidc is not None,
            "accounts": linked_subjects(connection, row.id),
            "tokens": list_tokens(connection, row.id),
            "scope_title": account_access.scope_title,
            "written": written,
        }


def _grant_titles(row: PersonRow) -> list[str]:
    return sorted(header.grant_title(words.titles(), role, where) for role, where in row.grants)


def _filter() -> PeopleFilter:
    return PeopleFilter(
        search=request.args.get("sok", "").strip(),
        role=request.args.get("roll", ""),
        organisation=request.args.get("organisation", ""),
        active=STATES.get(request.args.get("konton", ""), True),
    )


def back(person_id: str) -> Response:
    """To the person's page again, when something has been done."""
    return redirect(url_for("administration.person", person_id=person_id))
