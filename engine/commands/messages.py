"""Messages from outside: one receiver, found by its key; the same `message_id` twice is one. And signals, for all."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.authorisation import may_send_message
from engine.bpmn.profile.forms import RESERVED
from engine.commands import effects
from engine.commands.administration import note
from engine.commands.broadcasts import broadcast
from engine.database.tables import message
from engine.database.turns import take_turns
from engine.errors import FieldError, InvalidForm, NotFound
from engine.forms import is_storable
from engine.people import Person
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


def send_signal(connection: Connection, now: datetime, person: Person, name: str) -> int:
    """Let everybody who waits for a signal now have it. Returns how many that were; it is never kept for later.

    Raises NotPermitted, NotFound when nobody waits: then the name may be wrong.
    """
    may_send_message(person).demand()
    work = Work(connection, now, person.id, person.grants)
    told = broadcast(work, name) if is_storable(name) else 0
    if not told:
        raise NotFound(f"Ingen väntar på signalen {name}. Den är inte sparad.")
    note(connection, now, person, "signal_sent", name, receivers=told)
    effects.drain(work)
    return told


MOST_VALUES = 200
LONGEST_TEXT = 1000


def deliver_message(
    connection: Connection,
    now: datetime,
    person: Person,
    name: str,
    correlation_key: str,
    variables: dict[str, Any] | None = None,
    message_id: str | None = None,
) -> str | None:
    """Deliver a message from a person (or their program) to the one who waits for it now.

    Returns the receiving instance's id; for a `message_id` that has come before, that of the first time. None when it
    is kept, because the one who waits is suspended or has failed with it: it is delivered later.
    Raises NotPermitted, InvalidForm (variables that the engine cannot hold), NotFound when nobody waits, Conflict when
    more than one does.
    """
    may_send_message(person).demand()
    if unfit := list(_unfit(variables or {})):
        raise InvalidForm(unfit)
    if message_id:
        take_turns(connection, f"message/{message_id}")
        known = connection.execute(select(message.c.instance_id).where(message.c.message_id == message_id)).first()
        if known is not None:
            return str(known.instance_id) if known.instance_id else None
    receiver = correlate_message(connection, now, name, correlation_key, variables, message_id)
    if receiver is None and not effects.is_awaited(connection, name, correlation_key):
        raise NotFound(f"Ingen väntar på meddelandet {name} för {correlation_key}. Det är inte sparat.")
    return receiver


def _unfit(variables: dict[str, Any]) -> Iterator[FieldError]:
    """Names that the engine needs itself, and values that would not stay small and plain in an instance's data."""
    for position, (name, value) in enumerate(variables.items()):
        parts = value if isinstance(value, list) else [value]
        if not name.isidentifier() or name.startswith("_") or name in RESERVED:
            yield FieldError(name[:100], "Namnet är upptaget eller kan inte användas.")
        elif len(name) > 100 or position >= MOST_VALUES or len(parts) > MOST_VALUES:
            yield FieldError(name[:100], "Det är för mycket.")
        elif not all(map(_is_plain, parts)):
            yield FieldError(name, "Skicka kort text, heltal, sant eller falskt, eller en lista av sådana.")


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and is_storable(value)
    return value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**53)
