"""Messages from outside: one receiver, found by its correlation key; the same `message_id` twice is one message."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.commands import effects
from engine.work import SendMessage, Work


def correlate_message(
    connection: Connection,
    now: datetime,
    name: str,
    correlation_key: str,
    variables: dict[str, Any] | None = None,
    message_id: str | None = None,
) -> str | None:
    """Deliver a message. Returns the receiving instance's id, None when it is kept for later or was known.

    Raises Conflict when more than one instance waits for it.
    """
    work = Work(connection, now)
    receiver = effects.send(work, SendMessage(name, correlation_key, variables or {}, message_id))
    effects.drain(work)
    return receiver
