"""The made-up people that a visitor of the demo can be, picked from a list instead of signing in with a password."""

from dataclasses import dataclass

from sqlalchemy import Connection

from engine.people import Person, list_people
from engine.queries.titles import Titles, load_titles
from web.header import grant_title

# Those through whose eyes the product is understood fastest; the rest are in a list below them.
FIRST = ("process_leader.falun", "process_leader.norr", "steering_group.falun", "rss", "reporter", "administrator")


@dataclass(frozen=True)
class DemoPerson:
    username: str
    name: str
    roles: str


def demo_people(connection: Connection) -> tuple[list[DemoPerson], list[DemoPerson]]:
    """(the first to try, everybody else by role)"""
    titles = load_titles(connection)
    people = {person.username: _described(person, titles) for person in list_people(connection)}
    known = [next((name for name in people if f"{name}.".startswith(f"{wanted}.")), None) for wanted in FIRST]
    first = [people.pop(username) for username in known if username]
    return first, sorted(people.values(), key=lambda person: (person.roles, person.name))


def _described(person: Person, titles: Titles) -> DemoPerson:
    roles = sorted(grant_title(titles, role, organisation) for role, organisation in person.grants)
    return DemoPerson(person.username, person.name, " · ".join(roles))
