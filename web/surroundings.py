"""What surrounds the content of every page, read once per request: names, the person's choices, saved filters."""

from flask import g

from engine.queries.surroundings import Surroundings, load_surroundings
from engine.queries.titles import Titles, load_titles
from web import context


def surroundings(*, holders: bool = False, calendar: bool = False) -> Surroundings:
    """For the signed-in person. Whoever needs `holders` or `calendar` asks before anybody else has."""
    if "surroundings" not in g or (calendar and g.surroundings.calendar is None):
        with context.database().read() as connection:
            g.surroundings = load_surroundings(
                connection, context.person(), context.now(), holders=holders, calendar=calendar
            )
    found: Surroundings = g.surroundings
    return found


def titles() -> Titles:
    """Names of organisations and what the deployed packs hold, whoever asks."""
    if context.signed_in_person() is not None:
        return surroundings().titles
    if "titles" not in g:
        with context.database().read() as connection:
            g.titles = load_titles(connection)
    found: Titles = g.titles
    return found
