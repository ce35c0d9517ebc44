"""How much lies with whom: open tasks of each process leader, and of each role in each organisation."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from engine.authorisation import PROCESS_LEADER
from engine.clock import local_date
from engine.database.tables import person as person_table
from engine.database.tables import role_grant, user_task
from engine.queries.swedish import swedish_order
from engine.queries.titles import Titles

WEEKS = 4


@dataclass(frozen=True)
class Load:
    """Open tasks; those that are late, those due in each of the weeks to come (seven days from today), the rest."""

    open: int
    late: int
    weeks: tuple[int, ...]
    later: int
    most_late_days: int


@dataclass(frozen=True)
class LeaderLoad:
    """A process leader: tasks taken over, and those that no leader of the person's municipalities has taken yet."""

    person_id: str
    name: str
    organisations: list[tuple[str, str]]
    load: Load


@dataclass(frozen=True)
class RoleLoad:
    """A role in an organisation, and how many people hold it."""

    role: str
    role_title: str
    organisation: str
    organisation_name: str
    holders: int
    load: Load


@dataclass(frozen=True)
class Workload:
    leaders: list[LeaderLoad]
    roles: list[RoleLoad]


def workload(
    connection: Connection, titles: Titles, pack_key: str, now: datetime, organisation: str | None = None
) -> Workload:
    """Who has how much to do, most first: two statements. `organisation` limits it to one municipality's tasks."""
    task = user_task.c
    tasks = select(task.role, task.role_organisation, task.assignee, task.due_at).where(
        task.state == "open", task.pack_key == pack_key
    )
    if organisation is not None:
        tasks = tasks.where(task.organisation == organisation)
    by_holder: dict[str, list[datetime]] = defaultdict(list)
    by_role: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    free: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for row in connection.execute(tasks):
        pair = (row.role, row.role_organisation)
        by_role[pair].append(row.due_at)
        if row.assignee is None:
            free[pair].append(row.due_at)
        else:
            by_holder[row.assignee].append(row.due_at)
    grants, names = _grants(connection)
    leading: dict[str, list[str]] = defaultdict(list)
    for (role, where), people in grants.items():
        if role == PROCESS_LEADER and organisation in (None, where):
            for person_id in people:
                leading[person_id].append(where)
    leaders = [
        LeaderLoad(
            person_id,
            names[person_id],
            sorted(((code, titles.organisation(code)) for code in codes), key=lambda one: swedish_order(one[1])),
            load([*by_holder[person_id], *(due for code in codes for due in free[(PROCESS_LEADER, code)])], now),
        )
        for person_id, codes in leading.items()
    ]
    roles = [
        RoleLoad(
            role=role,
            role_title=titles.role(pack_key, role),
            organisation=where,
            organisation_name=titles.organisation(where),
            holders=len(grants.get((role, where), ())),
            load=load(dues, now),
        )
        for (role, where), dues in by_role.items()
    ]
    return Workload(
        sorted(leaders, key=lambda one: (-one.load.late, -one.load.open, swedish_order(one.name))),
        sorted(roles, key=lambda one: (-one.load.late, -one.load.open, one.role, swedish_order(one.organisation_name))),
    )


def load(dues: Iterable[datetime], now: datetime) -> Load:
    """The tasks due at these moments: late is what the moment has passed, a week is seven days in Stockholm."""
    found, today = list(dues), local_date(now)
    late = [due for due in found if due < now]
    weeks = [0] * WEEKS
    for due in found:
        week = (local_date(due) - today) // timedelta(days=7)
        if due >= now and week < WEEKS:
            weeks[week] += 1
    most = max(((today - local_date(due)).days for due in late), default=0)
    return Load(len(found), len(late), tuple(weeks), len(found) - len(late) - sum(weeks), most)


def _grants(connection: Connection) -> tuple[dict[tuple[str, str], set[str]], dict[str, str]]:
    """Who holds each role where, and what they are called."""
    query = (
        select(role_grant.c.role, role_grant.c.organisation, person_table.c.id, person_table.c.name)
        .join(person_table, person_table.c.id == role_grant.c.person_id)
        .where(role_grant.c.revoked_at.is_(None), person_table.c.active)
    )
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for row in connection.execute(query):
        holders[row.role, row.organisation].add(row.id)
        names[row.id] = row.name
    return holders, names
