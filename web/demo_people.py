"""The made-up people that a visitor of the demo can be, picked from a list instead of signing in with a password."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from engine.alphabet import swedish_order
from engine.database.tables import user_task
from engine.people import Person, list_people
from engine.queries.titles import Titles, load_titles
from web.header import grant_title

# The roles through which the product is understood fastest: of each, whoever has most to do. The rest are in a list.
FIRST = (
    "process_leader",
    "steering_group",
    "working_group",
    "municipality_decision",
    "region_decision",
    "rss",
    "deviation_handler",
    "reporter",
    "administrator",
)


@dataclass(frozen=True)
class DemoPerson:
    username: str
    name: str
    roles: str
    tasks: int


def demo_people(connection: Connection) -> tuple[list[DemoPerson], list[DemoPerson]]:
    """(the first to try, everybody else by role)"""
    titles = load_titles(connection)
    waiting = _waiting(connection)
    people = list_people(connection)
    chosen: list[Person] = []
    for role in FIRST:
        holders = [person for person in people if person.holds(role) and person not in chosen]
        if holders:
            chosen.append(max(holders, key=lambda person: (_tasks(person, role, waiting), -len(person.grants))))
    described = {person.username: _described(person, titles, waiting) for person in people}
    first = [described.pop(person.username) for person in chosen]
    return first, sorted(
        described.values(), key=lambda person: (swedish_order(person.roles), swedish_order(person.name))
    )


def _waiting(connection: Connection) -> Counter[tuple[str, str]]:
    """Open tasks that nobody has taken over, by role and organisation."""
    query = (
        select(user_task.c.role, user_task.c.role_organisation, func.count())
        .where(user_task.c.state == "open", user_task.c.assignee.is_(None))
        .group_by(user_task.c.role, user_task.c.role_organisation)
    )
    return Counter({(role, organisation): count for role, organisation, count in connection.execute(query)})


def _tasks(person: Person, role: str, waiting: Counter[tuple[str, str]]) -> int:
    return sum(waiting[grant] for grant in person.grants if grant[0] == role)


def _described(person: Person, titles: Titles, waiting: Counter[tuple[str, str]]) -> DemoPerson:
    roles = sorted(grant_title(titles, role, organisation) for role, organisation in person.grants)
    tasks = sum(waiting[grant] for grant in person.grants)
    return DemoPerson(person.username, person.name, " · ".join(roles), tasks)
