"""People, their roles in organisations, and how they prove who they are with a password."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from threading import BoundedSemaphore
from typing import Any
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.alphabet import swedish_order
from engine.database.tables import person as person_table
from engine.database.tables import role_grant, user_task
from engine.errors import Invalid, NotFound, NotPermitted

ADMINISTRATOR = "administrator"
MINIMUM_PASSWORD_LENGTH = 10
NO_SUCH_PERSON = "Personen finns inte, eller har slutat."
WRONG_CREDENTIALS = "Användarnamnet eller lösenordet stämmer inte. Försök igen."

_hasher = PasswordHasher()
# One hash takes 64 MiB; unbounded, a burst of sign-ins would exhaust the memory of a small server.
_hashing = BoundedSemaphore(2)
# Checked against when nobody has the username, so that the answer takes as long as for a real account.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$wGl6s2xz6mOpYVDe9IK3+A$Ru/A+Va0aaJsONpIyhUZ2LnoWVFfzQRM6XElqOhXOqI"


Grant = tuple[str, str]  # role, organisation


@dataclass(frozen=True)
class StandIn:
    """Somebody who is away, and what they lend to a substitute through `last_day` (in Stockholm).

    `in_everything`: not one role only, so that what was assigned to them by name is the substitute's to do as well.
    """

    person_id: str
    name: str
    grants: frozenset[Grant]
    in_everything: bool
    last_day: date

    def covers(self, role: str, organisation: str) -> bool:
        return self.in_everything or (role, organisation) in self.grants


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in. `grants` are (role, organisation) pairs, as they are right now.

    What is lent by somebody who is away is among them when the person was read with `acting_person`; `borrowed` are
    those that are held in no other way. `stood_in_by` are the ids of those who act for the person at the moment.
    A browser's session lasts as long as `session_nonce` is what it was when the session began.
    """

    id: str
    username: str
    name: str
    email: str | None
    locale: str
    grants: frozenset[Grant]
    standing_in: tuple[StandIn, ...] = ()
    borrowed: frozenset[Grant] = frozenset()
    stood_in_by: frozenset[str] = frozenset()
    session_nonce: str = field(default="", repr=False, compare=False)

    def has(self, role: str, organisation: str) -> bool:
        return (role, organisation) in self.grants

    def owns(self, role: str, organisation: str) -> bool:
        """Whether the role is the person's own and not lent."""
        return self.has(role, organisation) and (role, organisation) not in self.borrowed

    def holds(self, role: str) -> bool:
        """Whether the person has the role anywhere."""
        return any(granted == role for granted, _ in self.grants)

    def speaks_for(self, person_id: str | None, role: str, organisation: str) -> bool:
        """Whether what is assigned to `person_id` in this role is for this person to do: oneself, or who is away."""
        return person_id == self.id or any(
            absent.person_id == person_id and absent.covers(role, organisation) for absent in self.standing_in
        )

    def acts_for(self, role: str, organisation: str, assignee: str | None = None) -> str | None:
        """Who is away and in whose place something in this role is done; None when it is done as oneself.

        `assignee`: whom the task is assigned to, if anybody.
        """
        if assignee == self.id:
            return None
        covering = [absent.person_id for absent in self.standing_in if absent.covers(role, organisation)]
        if assignee in covering:
            return assignee
        lenders = [absent.person_id for absent in self.standing_in if (role, organisation) in absent.grants]
        return lenders[0] if lenders and (role, organisation) in self.borrowed else None

    @cached_property
    def counted_as_one(self) -> frozenset[str]:
        """Four eyes see the person, those the person acts for and those who act for the person as one."""
        return frozenset({self.id, *(absent.person_id for absent in self.standing_in)}) | self.stood_in_by

    @cached_property
    def organisations(self) -> frozenset[str]:
        return frozenset(organisation for _, organisation in self.grants)

    @property
    def is_administrator(self) -> bool:
        return self.holds(ADMINISTRATOR)


def create_person(
    connection: Connection,
    now: datetime,
    username: str,
    name: str,
    email: str | None = None,
    password: str | None = None,
) -> str:
    """Add somebody and return the id. Without a password the account cannot sign in with one."""
    if password is not None and len(password) < MINIMUM_PASSWORD_LENGTH:
        raise Invalid(f"Lösenordet behöver minst {MINIMUM_PASSWORD_LENGTH} tecken.")
    person_id = uuid4().hex
    values = {
        "id": person_id,
        "username": username.strip().lower(),
        "name": name.strip(),
        "email": email,
        "password_hash": _hash(password) if password is not None else None,
        "active": True,
        "created_at": now,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(person_table).values(values))
    except IntegrityError as error:
        raise Invalid(f"Användarnamnet {username} är upptaget. Välj ett annat.") from error
    return person_id


def grant(connection: Connection, now: datetime, person_id: str, role: str, organisation: str) -> None:
    """Give the role in the organisation; nothing happens when the person already has it."""
    get_person(connection, person_id)
    if connection.execute(select(role_grant.c.id).where(*_current(person_id, role, organisation))).first():
        return
    row = {"id": uuid4().hex, "person_id": person_id, "role": role, "organisation": organisation, "granted_at": now}
    connection.execute(insert(role_grant).values(row))


def revoke(connection: Connection, now: datetime, person_id: str, role: str, organisation: str) -> None:
    """Take the role back, and let go of the open tasks that the person had taken over in it."""
    connection.execute(update(role_grant).where(*_current(person_id, role, organisation)).values(revoked_at=now))
    held = (
        user_task.c.assignee == person_id,
        user_task.c.state == "open",
        user_task.c.role == role,
        user_task.c.role_organisation == organisation,
    )
    connection.execute(update(user_task).where(*held).values(assignee=None, claimed_at=None))


def get_person(connection: Connection, person_id: str) -> Person:
    """The active person with this id and the roles that are their own; raises `NotFound`. See `acting_person`."""
    people = _people(connection, _with_grants().where(person_table.c.id == person_id))
    if not people:
        raise NotFound(NO_SUCH_PERSON)
    return people[0]


def find_person(connection: Connection, username: str) -> Person | None:
    people = _people(connection, _with_grants().where(person_table.c.username == username.strip().lower()))
    return people[0] if people else None


def list_people(connection: Connection, role: str | None = None, organisation: str | None = None) -> list[Person]:
    """Active people by name; with `role` and `organisation` only those who hold such a grant."""
    query = _with_grants()
    if role or organisation:
        wanted: list[ColumnElement[bool]] = [role_grant.c.revoked_at.is_(None)]
        if role:
            wanted.append(role_grant.c.role == role)
        if organisation:
            wanted.append(role_grant.c.organisation == organisation)
        query = query.where(person_table.c.id.in_(select(role_grant.c.person_id).where(*wanted)))
    return sorted(_people(connection, query), key=lambda person: (swedish_order(person.name), person.id))


def set_password(connection: Connection, person_id: str, password: str) -> None:
    """Replace the password and end every session that the old one began. Raises Invalid when it is too short."""
    if len(password) < MINIMUM_PASSWORD_LENGTH:
        raise Invalid(f"Lösenordet behöver minst {MINIMUM_PASSWORD_LENGTH} tecken.")
    values = {"password_hash": _hash(password)}
    connection.execute(update(person_table).where(person_table.c.id == person_id).values(values))
    end_sessions(connection, person_id)


def end_sessions(connection: Connection, person_id: str) -> None:
    """Sign the person out in every browser, at once."""
    # Never a counter: a restored database would count to the same number again.
    ended = update(person_table).where(person_table.c.id == person_id)
    connection.execute(ended.values(session_nonce=uuid4().hex))


def authenticate(connection: Connection, username: str, password: str) -> Person:
    """The person whose username and password these are; raises `NotPermitted` without telling which one is wrong."""
    found = connection.execute(
        select(person_table.c.id, person_table.c.password_hash).where(
            person_table.c.username == username.strip().lower(), person_table.c.active
        )
    ).first()
    stored = found.password_hash if found else None
    if not _verify(stored or _NOBODY, password) or found is None or stored is None:
        raise NotPermitted(WRONG_CREDENTIALS)
    return get_person(connection, found.id)


def _hash(password: str) -> str:
    with _hashing:
        return _hasher.hash(password)


def _verify(stored: str, password: str) -> bool:
    with _hashing:
        try:
            return _hasher.verify(stored, password)
        except (Argon2Error, InvalidHashError):
            return False


def _current(person_id: str, role: str, organisation: str) -> tuple[ColumnElement[bool], ...]:
    return (
        role_grant.c.person_id == person_id,
        role_grant.c.role == role,
        role_grant.c.organisation == organisation,
        role_grant.c.revoked_at.is_(None),
    )


def _with_grants() -> Any:
    """One row per person and grant, so that any number of people is one statement."""
    of_person = and_(role_grant.c.person_id == person_table.c.id, role_grant.c.revoked_at.is_(None))
    columns = (
        person_table.c.id,
        person_table.c.username,
        person_table.c.name,
        person_table.c.email,
        person_table.c.locale,
        person_table.c.session_nonce,
    )
    return (
        select(*columns, role_grant.c.role, role_grant.c.organisation)
        .select_from(person_table.outerjoin(role_grant, of_person))
        .where(person_table.c.active)
        .order_by(person_table.c.name, person_table.c.id)
    )


def _people(connection: Connection, query: Any) -> list[Person]:
    rows: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(query):
        rows.setdefault(row.id, []).append(row)
    return [
        Person(
            id=first.id,
            username=first.username,
            name=first.name,
            email=first.email,
            locale=first.locale,
            grants=frozenset((row.role, row.organisation) for row in of_person if row.role is not None),
            session_nonce=first.session_nonce,
        )
        for of_person in rows.values()
        for first in of_person[:1]
    ]
