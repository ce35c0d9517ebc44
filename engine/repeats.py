"""Requests that may come twice: the answer is kept in the transaction that did the work, under the sender's own key."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from engine.database.access_tables import answered_request
from engine.database.turns import take_turns
from engine.errors import Invalid

KEPT_FOR = timedelta(days=30)


class KeyReused(Invalid):
    """The key has been used for another request."""


@dataclass(frozen=True)
class Request:
    """What is asked, and by whom. The content is whatever makes two requests the same."""

    person_id: str
    key: str
    content: bytes

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Answer:
    """What was answered, to the letter."""

    status: int
    body: str
    location: str | None = None


def recall(connection: Connection, request: Request) -> Answer | None:
    """The answer that this request got before. Raises KeyReused when another request has the key.

    Whoever asks the same thing at this moment waits until the first of us has answered, and finds that answer.
    """
    take_turns(connection, f"request/{request.person_id}/{request.key}")
    query = select(answered_request).where(
        answered_request.c.person_id == request.person_id, answered_request.c.key == request.key
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    if row.request_hash != request.hash:
        raise KeyReused("Nyckeln i Idempotency-Key har redan använts för något annat. Välj en ny.")
    return Answer(row.status, row.body, row.location)


def remember(connection: Connection, now: datetime, request: Request, answer: Answer) -> None:
    """Keep the answer for a month, and let go of older ones."""
    row = {
        "person_id": request.person_id,
        "key": request.key,
        "request_hash": request.hash,
        "status": answer.status,
        "body": answer.body,
        "location": answer.location,
        "answered_at": now,
    }
    connection.execute(insert(answered_request).values(row))
    connection.execute(delete(answered_request).where(answered_request.c.answered_at < now - KEPT_FOR))
