"""What every page needs around its own content, in one statement: names, the person's choices and saved filters."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Select, exists, select

from engine.authorisation import sees_everything
from engine.clock import local_date
from engine.database.tables import person as person_table
from engine.database.tables import user_task
from engine.database.workplace_tables import contribution, preference
from engine.people import Person
from engine.queries import saved_filters
from engine.queries.calendar import CalendarDay
from engine.queries.nearest import nearest_days, nearest_pieces
from engine.queries.pieces import piece, put_together, read_pieces
from engine.queries.saved_filters import SavedFilter
from engine.queries.swedish import swedish_order
from engine.queries.task_rows import TaskCount
from engine.queries.tasks import concerns, my_count_piece
from engine.queries.titles import TITLE_PIECES, Titles, titles_of

TASKS = "tasks"  # the page that a saved filter is for

_ASKED = piece("asked", contribution.c.id).where(
    contribution.c.done_at.is_(None), contribution.c.withdrawn_at.is_(None)
)


@dataclass(frozen=True)
class Surroundings:
    """`preferences` holds what has been chosen: a missing one is the default. `asked`: for parts of others' tasks.

    `mine` counts the person's own open tasks, no further than `MOST_SHOWN` and one more.
    Only on demand: `holders`, the (id, name) of those who have taken over tasks that the person may see, by name, and
    `calendar`, what is next in the person's organisations, else None.
    """

    titles: Titles
    preferences: dict[str, Any]
    filters: list[SavedFilter]
    asked: bool
    mine: TaskCount
    holders: list[tuple[str, str]]
    calendar: list[CalendarDay] | None


def load_surroundings(
    connection: Connection, person: Person, now: datetime, *, holders: bool = False, calendar: bool = False
) -> Surroundings:
    """One statement, whoever it is and whatever there is."""
    pieces = [
        *TITLE_PIECES,
        piece("preference", preference.c.name, preference.c["value"]).where(preference.c.person_id == person.id),
        saved_filters.saved_filters_piece(person, TASKS),
        saved_filters.owners_piece(person, TASKS),
        _ASKED.where(contribution.c.person_id == person.id),
        my_count_piece(person, now),
    ]
    if holders:
        pieces.append(_holders(person))
    if calendar:
        pieces += nearest_pieces(person, local_date(now))
    found = read_pieces(connection, put_together(pieces))
    titles, mine = titles_of(connection, found), found["mine"][0]
    return Surroundings(
        titles=titles,
        preferences={row.one: orjson.loads(row.two) for row in found["preference"]},
        filters=saved_filters.saved_filters_of(found[saved_filters.PIECE], found["owner"]),
        asked=bool(found["asked"]),
        mine=TaskCount(open=int(mine.one), late=int(mine.two)),
        holders=sorted(((row.one, row.two) for row in found["holder"]), key=lambda one: swedish_order(one[1])),
        calendar=nearest_days(found, titles, local_date(now)) if calendar else None,
    )


def _holders(person: Person) -> Select[Any]:
    """Person by person: an index tells at once whether one has an open task, however many tasks there are."""
    held = [user_task.c.assignee == person_table.c.id, user_task.c.state == "open"]
    if not sees_everything(person):
        held.append(concerns(person))
    return piece("holder", person_table.c.id, person_table.c.name).where(exists(select(user_task.c.id).where(*held)))


def preferred(preferences: dict[str, Any], name: str, among: Collection[Any], default: Any) -> Any:
    """What has been chosen under a name, when it is one of the choices there are."""
    chosen = preferences.get(name, default)
    return chosen if chosen in among else default
