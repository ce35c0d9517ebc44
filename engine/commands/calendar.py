"""A person's secret calendar address: made, replaced and withdrawn. Only a hash of it is ever stored."""

import secrets
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, insert, update

from engine.database.workplace_tables import calendar_feed
from engine.people import Person
from engine.queries.calendar import hash_of


def make_feed(connection: Connection, now: datetime, person: Person) -> str:
    """The secret part of a new address, shown now and never again. An earlier address stops working."""
    revoke_feed(connection, now, person)
    secret = secrets.token_urlsafe(32)
    row = {"id": uuid4().hex, "person_id": person.id, "secret_hash": hash_of(secret), "created_at": now}
    connection.execute(insert(calendar_feed).values(row))
    return secret


def revoke_feed(connection: Connection, now: datetime, person: Person) -> bool:
    """Withdraw the person's address. False when there was none."""
    live = (calendar_feed.c.person_id == person.id, calendar_feed.c.revoked_at.is_(None))
    return connection.execute(update(calendar_feed).where(*live).values(revoked_at=now)).rowcount > 0
