"""Who acts for whom at a moment: a person's own roles together with those that somebody who is away lends them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    String,
    and_,
    bindparam,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)

from engine.alphabet import swedish_order
from engine.clock import local_date
from engine.database.prepared import Prepared
from engine.database.tables import person as person_table
from engine.database.tables import role_grant
from engine.database.types import Moment
from engine.database.workplace_tables import substitution
from engine.errors import NotFound
from engine.people import ADMINISTRATOR, NO_SUCH_PERSON, Grant, Person, StandIn

OWN, LENT, STOOD_IN_BY = "own", "lent", "stood_in_by"


def in_force(day: Any, now: Any) -> ColumnElement[bool]:
    """Substitutions that hold on `day` (in Stockholm) and have not been ended by `now`."""
    return and_(
        substitution.c.first_day <= day,
        substitution.c.last_day >= day,
        or_(substitution.c.ended_at.is_(None), substitution.c.ended_at > now),
    )


def lends() -> ColumnElement[bool]:
    """Grants that a substitution lends, of those that whoever is away holds."""
    return and_(
        role_grant.c.revoked_at.is_(None),
        role_grant.c.role != ADMINISTRATOR,
        or_(substitution.c.role.is_(None), substitution.c.role == role_grant.c.role),
        or_(substitution.c.organisation.is_(None), substitution.c.organisation == role_grant.c.organisation),
    )


def acting_person(connection: Connection, now: datetime, person_id: str) -> Person:
    """The active person with all that they may do at the moment, as themselves and as a substitute.

    A substitute has what the absent person has at this moment, their own roles only: what they are lent themselves is
    not lent on, nor is the administrator's role. One statement. Raises NotFound.
    """
    found = _ACTING.all(connection, {"person_id": person_id, "day": local_date(now), "now": now})
    own = [row for row in found if row.kind == OWN]
    if not own:
        raise NotFound(NO_SUCH_PERSON)
    grants = _grants(own)
    standing_in = _standing_in([row for row in found if row.kind == LENT])
    lent = frozenset().union(*(absent.grants for absent in standing_in))
    return Person(
        id=own[0].id,
        username=own[0].username,
        name=own[0].name,
        email=own[0].email,
        locale=own[0].locale,
        grants=grants | lent,
        standing_in=standing_in,
        borrowed=lent - grants,
        stood_in_by=frozenset(row.id for row in found if row.kind == STOOD_IN_BY),
        session_nonce=own[0].session_nonce,
    )


def _grants(rows: Sequence[Any]) -> frozenset[Grant]:
    return frozenset((row.role, row.organisation) for row in rows if row.role is not None)


def _standing_in(rows: Sequence[Any]) -> tuple[StandIn, ...]:
    by_substitution: dict[str, list[Any]] = {}
    for row in rows:
        by_substitution.setdefault(row.substitution_id, []).append(row)
    found = [
        StandIn(lent[0].id, lent[0].name, _grants(lent), lent[0].in_everything, lent[0].last_day)
        for lent in by_substitution.values()
    ]
    return tuple(sorted(found, key=lambda absent: (swedish_order(absent.name), absent.person_id, absent.last_day)))


_wanted: BindParameter[str] = bindparam("person_id")
_now_in_force = in_force(bindparam("day", type_=Date), bindparam("now", type_=Moment))
_person = (
    person_table.c.id,
    person_table.c.username,
    person_table.c.name,
    person_table.c.email,
    person_table.c.locale,
    person_table.c.session_nonce,
)
_no_grant = (cast(null(), String).label("role"), cast(null(), String).label("organisation"))
_no_substitution = (
    cast(null(), String).label("substitution_id"),
    cast(null(), Boolean).label("in_everything"),
    cast(null(), Date).label("last_day"),
)
_has_grant = and_(role_grant.c.person_id == person_table.c.id, role_grant.c.revoked_at.is_(None))
_ACTING = Prepared(
    union_all(
        select(literal(OWN).label("kind"), *_person, role_grant.c.role, role_grant.c.organisation, *_no_substitution)
        .select_from(person_table.outerjoin(role_grant, _has_grant))
        .where(person_table.c.id == _wanted, person_table.c.active),
        # Whoever is away, with what they lend; also with nothing to lend, for what is assigned to them by name.
        select(
            literal(LENT).label("kind"),
            *_person,
            role_grant.c.role,
            role_grant.c.organisation,
            substitution.c.id.label("substitution_id"),
            substitution.c.role.is_(None).label("in_everything"),
            substitution.c.last_day,
        )
        .select_from(
            substitution.join(person_table, person_table.c.id == substitution.c.person_id).outerjoin(
                role_grant, and_(role_grant.c.person_id == person_table.c.id, lends())
            )
        )
        .where(substitution.c.substitute_id == _wanted, _now_in_force, person_table.c.active),
        select(literal(STOOD_IN_BY).label("kind"), *_person, *_no_grant, *_no_substitution)
        .select_from(substitution.join(person_table, person_table.c.id == substitution.c.substitute_id))
        .where(substitution.c.person_id == _wanted, _now_in_force, person_table.c.active),
    )
)
