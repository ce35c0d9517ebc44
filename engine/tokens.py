"""Bearer tokens: what a person gives a program so that it may act for them. Only a hash of a token is ever stored."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, bindparam, insert, or_, select, true, update

from engine.database.access_tables import access_token
from engine.database.prepared import Prepared
from engine.database.tables import person as person_table
from engine.errors import Invalid, NotFound
from engine.people import Person, get_person
from engine.substitutes import acting_person

READ, WORK, OPERATE = "read", "work", "operate"
SCOPES = (READ, WORK, OPERATE)
_PREFIX = "samflode_"  # lets scanners of leaked secrets know one when they see it

_VALID = Prepared(
    select(access_token.c.person_id, access_token.c.scopes).where(
        access_token.c.secret_hash == bindparam("secret_hash"),
        access_token.c.revoked_at.is_(None),
        or_(access_token.c.expires_at.is_(None), access_token.c.expires_at > bindparam("now")),
    )
)


@dataclass(frozen=True)
class NewToken:
    """A token just made. `secret` is shown now and never again."""

    id: str
    secret: str


@dataclass(frozen=True)
class TokenRow:
    """A token that has not been revoked, without its secret."""

    id: str
    username: str
    scopes: tuple[str, ...]
    purpose: str | None
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True)
class Bearer:
    """Who a token speaks for, and for what. It never allows more than the person may do."""

    person: Person
    scopes: frozenset[str]

    def allows(self, scope: str) -> bool:
        """Whoever may do something may also read."""
        return scope in self.scopes or (scope == READ and bool(self.scopes))


def create_token(
    connection: Connection,
    now: datetime,
    person_id: str,
    scopes: Collection[str] = (READ,),
    purpose: str | None = None,
    expires_at: datetime | None = None,
) -> NewToken:
    """Make a token for an active person. Raises NotFound, Invalid for an unknown scope."""
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise Invalid(f"Ange vad nyckeln ska gälla: {', '.join(SCOPES)}.")
    get_person(connection, person_id)
    made = NewToken(uuid4().hex, _PREFIX + secrets.token_urlsafe(32))
    row = {
        "id": made.id,
        "person_id": person_id,
        "secret_hash": _hash(made.secret),
        "scopes": [scope for scope in SCOPES if scope in scopes],
        "purpose": purpose,
        "created_at": now,
        "expires_at": expires_at,
    }
    connection.execute(insert(access_token).values(row))
    return made


def revoke_token(connection: Connection, now: datetime, token_id: str) -> None:
    """Make a token worthless, at once. Raises NotFound when there is none, or when it is so already."""
    valid = (access_token.c.id == token_id, access_token.c.revoked_at.is_(None))
    if connection.execute(update(access_token).where(*valid).values(revoked_at=now)).rowcount == 0:
        raise NotFound(f"Nyckeln {token_id} finns inte, eller är redan återkallad.")


def list_tokens(connection: Connection, person_id: str | None = None) -> list[TokenRow]:
    """Every token that has not been revoked, or a person's, by person, the oldest first."""
    query = (
        select(access_token, person_table.c.username)
        .join(person_table, person_table.c.id == access_token.c.person_id)
        .where(access_token.c.revoked_at.is_(None))
        .where(access_token.c.person_id == person_id if person_id is not None else true())
        .order_by(person_table.c.username, access_token.c.created_at, access_token.c.id)
    )
    return [
        TokenRow(row.id, row.username, tuple(row.scopes), row.purpose, row.created_at, row.expires_at)
        for row in connection.execute(query)
    ]


def bearer_of(connection: Connection, now: datetime, secret: str) -> Bearer | None:
    """Whose token this is; None when it is unknown, revoked or expired, or the person has left."""
    row = _VALID.first(connection, {"secret_hash": _hash(secret), "now": now})
    if row is None:
        return None
    try:
        return Bearer(acting_person(connection, now, row.person_id), frozenset(row.scopes))
    except NotFound:
        return None


def _hash(secret: str) -> str:
    # No salt and no slow hash: the secret is 256 random bits, which nobody guesses, and is looked up at every request.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
