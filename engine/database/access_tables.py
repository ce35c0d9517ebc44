"""Tables of the HTTP API: bearer tokens, and the answers to requests that may be sent again."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from engine.database.tables import BusinessKey, Key, metadata
from engine.database.types import Json, Moment

access_token = Table(
    "access_token",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("secret_hash", Key, nullable=False, unique=True),  # SHA-256: the token itself is random and never stored
    Column("scopes", Json, nullable=False),
    Column("purpose", Text),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
)
Index("ix_access_token_person", access_token.c.person_id)

answered_request = Table(
    "answered_request",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("key", BusinessKey, primary_key=True),  # the sender's own Idempotency-Key
    Column("request_hash", Key, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("location", Text),
    Column("answered_at", Moment, nullable=False),
)
Index("ix_answered_request_answered_at", answered_request.c.answered_at)
