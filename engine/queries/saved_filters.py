"""Filters that people have named and kept, their own and those shared with their roles."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_

from engine.database.tables import person as person_table
from engine.database.workplace_tables import saved_filter
from engine.people import Person
from engine.queries.pieces import piece
from engine.queries.swedish import swedish_order

PIECE = "saved filter"


@dataclass(frozen=True)
class SavedFilter:
    """`query` is as in the address, without the question mark. `owner` is the name of whose it is when it is shared."""

    id: str
    name: str
    query: str
    owner_id: str
    owner: str
    role: str | None
    organisation: str | None

    @property
    def shared(self) -> bool:
        return self.role is not None

    @property
    def sharing(self) -> str:
        """`role/organisation`, `role/` for anywhere, or nothing: as in a form."""
        return f"{self.role}/{self.organisation or ''}" if self.role else ""


def saved_filters_piece(person: Person, page: str) -> Select[Any]:
    """The filters for one page that the person may open; see `engine.queries.pieces`."""
    columns = (saved_filter.c.id, saved_filter.c.name, saved_filter.c.query, saved_filter.c.person_id)
    shared = (saved_filter.c.role, saved_filter.c.organisation)
    return piece(PIECE, *columns, *shared).where(saved_filter.c.page == page, _visible(person))


def owners_piece(person: Person, page: str) -> Select[Any]:
    """What the owners of those filters are called."""
    tables = person_table.join(saved_filter, saved_filter.c.person_id == person_table.c.id)
    named = piece("owner", person_table.c.id, person_table.c.name).select_from(tables)
    return named.where(saved_filter.c.page == page, _visible(person), person_table.c.id != person.id)


def saved_filters_of(rows: Iterable[Row[Any]], owners: Iterable[Row[Any]]) -> list[SavedFilter]:
    """By name, as Swedish lists have them."""
    names = {row.one: row.two for row in owners}
    found = [
        SavedFilter(row.one, row.two, row.three, row.four, names.get(row.four, ""), row.five, row.six) for row in rows
    ]
    return sorted(found, key=lambda one: (swedish_order(one.name), one.id))


def _visible(person: Person) -> ColumnElement[bool]:
    """`engine.authorisation.may_open_filter` as a condition."""
    with_role = [
        and_(
            saved_filter.c.role == role,
            or_(saved_filter.c.organisation.is_(None), saved_filter.c.organisation == organisation),
        )
        for role, organisation in sorted(person.grants)
    ]
    return or_(saved_filter.c.person_id == person.id, *with_role)
