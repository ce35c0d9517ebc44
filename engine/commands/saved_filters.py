"""Naming a filter of a list to open it again, and sharing it with those who hold a role."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, select, update

from engine.authorisation import may_change_filter, may_share_filter
from engine.database.workplace_tables import saved_filter
from engine.errors import Conflict, Invalid, NotFound
from engine.people import Person

LONGEST_NAME = 100
LONGEST_QUERY = 2000
MOST = 50  # of one person's
NAME_MISSING = "Ge filtret ett namn."
NAME_TOO_LONG = "Namnet är för långt. Skriv högst 100 tecken."
NAME_TAKEN = "Du har redan ett filter med det namnet. Välj ett annat namn."
TOO_LONG = "Filtret är för långt för att sparas. Ta bort något av det du söker på."
TOO_MANY = "Du har 50 sparade filter. Ta bort något som du inte använder och försök igen."
NO_SUCH_FILTER = "Det sparade filtret finns inte längre."

Sharing = tuple[str, str | None]  # a role, and the organisation where it is held; none for anywhere


def save_filter(
    connection: Connection, now: datetime, person: Person, page: str, name: str, query: str, shared: Sharing | None
) -> str:
    """Keep a filter of the list `page` under a name. Returns its id. Raises Invalid, Conflict, NotPermitted."""
    name = _checked(name)
    if len(query) > LONGEST_QUERY:
        raise Invalid(TOO_LONG)
    _demand_sharing(person, shared)
    own = select(func.count()).select_from(saved_filter).where(saved_filter.c.person_id == person.id)
    if connection.execute(own).scalar_one() >= MOST:
        raise Invalid(TOO_MANY)
    _demand_free_name(connection, person, page, name, but=None)
    filter_id = uuid4().hex
    row = {"id": filter_id, "person_id": person.id, "page": page, "name": name, "query": query, "created_at": now}
    role, organisation = shared or (None, None)
    connection.execute(insert(saved_filter).values(row | {"role": role, "organisation": organisation}))
    return filter_id


def change_filter(
    connection: Connection,
    now: datetime,  # noqa: ARG001 - every command takes the moment that it is done
    person: Person,
    filter_id: str,
    name: str,
    shared: Sharing | None,
) -> None:
    """Rename a filter of one's own and say who else sees it. Raises NotFound, NotPermitted, Invalid, Conflict."""
    found = _own(connection, person, filter_id)
    name = _checked(name)
    if shared != _sharing(found):
        _demand_sharing(person, shared)
    _demand_free_name(connection, person, found.page, name, but=filter_id)
    role, organisation = shared or (None, None)
    values = {"name": name, "role": role, "organisation": organisation}
    connection.execute(update(saved_filter).where(saved_filter.c.id == filter_id).values(values))


def remove_filter(connection: Connection, now: datetime, person: Person, filter_id: str) -> None:  # noqa: ARG001
    """Forget a filter of one's own, for everybody. Raises NotFound, NotPermitted."""
    _own(connection, person, filter_id)
    connection.execute(delete(saved_filter).where(saved_filter.c.id == filter_id))


def _own(connection: Connection, person: Person, filter_id: str) -> Any:
    found = connection.execute(select(saved_filter).where(saved_filter.c.id == filter_id)).first()
    if found is None:
        raise NotFound(NO_SUCH_FILTER)
    may_change_filter(person, found.person_id).demand()
    return found


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid(NAME_MISSING)
    if len(name) > LONGEST_NAME:
        raise Invalid(NAME_TOO_LONG)
    return name


def _sharing(row: Any) -> Sharing | None:
    return (row.role, row.organisation) if row.role else None


def _demand_sharing(person: Person, shared: Sharing | None) -> None:
    if shared is not None:
        may_share_filter(person, *shared).demand()


def _demand_free_name(connection: Connection, person: Person, page: str, name: str, *, but: str | None) -> None:
    same = select(saved_filter.c.id).where(
        saved_filter.c.person_id == person.id, saved_filter.c.page == page, saved_filter.c.name == name
    )
    if any(taken != but for taken in connection.execute(same).scalars()):
        raise Conflict(NAME_TAKEN)
