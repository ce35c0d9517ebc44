"""Mina inställningar: what somebody decides for themselves. Each part of the page has a module of its own."""

from typing import Any

from flask import Blueprint

from web import context, header, words
from web.marking import N_
from web.views import account_page

blueprint = Blueprint("account", __name__, url_prefix="/installningar")


@blueprint.get("")
def show() -> str:
    return account_page.page()


def _about() -> dict[str, Any]:
    person = context.person()
    titles = words.titles()
    roles = [header.grant_title(titles, role, organisation) for role, organisation in person.grants]
    return {"person": person, "roles": sorted(roles)}


account_page.add(
    account_page.Section("om-dig", N_("Om dig"), "accounts/about.html", _about, place=10),
)
