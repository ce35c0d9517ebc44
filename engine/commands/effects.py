"""Does what a step asked for beyond its own instance: other processes to start, messages to send or to deliver late."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, insert, or_, select, update

from engine.commands import instances, undelivered
from engine.database.tables import message, process_instance, subscription
from engine.database.turns import take_turns
from engine.definitions import latest_definition
from engine.errors import Conflict, ExecutionFailed, Stale
from engine.registers import agreements
from engine.work import DeliverKept, Effect, Instance, SendMessage, StartProcess, Work

KEPT_FOR = timedelta(days=366 * 2)  # a message that nobody waits for yet is kept this long

_KNOWN = select(message.c.id).where(message.c.message_id == bindparam("message_id"))
_KEEP = insert(message)
_DELIVERED = update(message).where(message.c.id == bindparam("row_id"))
_WAITING = (
    select(subscription, process_instance.c.status)
    .join(process_instance, process_instance.c.id == subscription.c.instance_id)
    .where(subscription.c.correlation_key == bindparam("correlation_key"), subscription.c.name == bindparam("name"))
    .order_by(subscription.c.instance_id, subscription.c.task_id)
)
_KEPT = (
    select(message)
    .where(
        message.c.correlation_key == bindparam("correlation_key"),
        message.c.name.in_(bindparam("names", expanding=True)),
        message.c.delivered_at.is_(None),
        or_(message.c.expires_at.is_(None), message.c.expires_at > bindparam("now")),
    )
    .order_by(message.c.created_at)
)


def drain(work: Work) -> None:
    """Do the effects of a command in order, and the effects of those."""
    while work.effects:
        _do(work, work.effects.pop(0))


def send(work: Work, sent: SendMessage) -> str | None:
    """Deliver a message to its one receiver, or keep it until somebody waits for it.

    Returns the receiving instance's id, or None when the message is kept or was sent before (same `message_id`).
    Raises Conflict when more than one waits.
    """
    if sent.message_id and _is_known(work, sent.message_id):
        return None
    row_id = uuid4().hex
    row = {
        "id": row_id,
        "message_id": sent.message_id,
        "name": sent.name,
        "correlation_key": sent.correlation_key,
        "variables": sent.variables,
        "created_at": work.now,
        "expires_at": work.now + KEPT_FOR,
    }
    work.connection.execute(_KEEP, row)
    return _deliver(work, row_id, sent)


def _do(work: Work, effect: Effect) -> None:
    match effect:
        case StartProcess():
            _start(work, effect)
        case SendMessage():
            send(work, effect)
        case DeliverKept():
            _deliver_kept(work, effect)


def _start(work: Work, effect: StartProcess) -> None:
    definition = latest_definition(work.connection, effect.pack_key, effect.process_key)
    pack = work.pack(effect.pack_key)
    agreement_key = agreements.open_for(
        work,
        pack,
        effect.process_key,
        effect.business_key,
        effect.organisation,
        regional_key=effect.regional_key,
        predecessor_key=effect.predecessor_key,
    )
    instance = instances.begin(
        work,
        definition,
        business_key=effect.business_key,
        organisation=effect.organisation,
        agreement_key=agreement_key,
        variables=effect.variables,
    )
    agreements.set_instance(work, agreement_key, instance)


def _is_known(work: Work, message_id: str) -> bool:
    return work.connection.execute(_KNOWN, {"message_id": message_id}).first() is not None


def _deliver(work: Work, row_id: str, sent: SendMessage, *, put_off: bool = True) -> str | None:
    waiting = _receiver(work, sent)
    if waiting is None:
        # Whoever begins to wait at this moment looks for kept messages. One of us has to see the other.
        take_turns(work.connection, sent.correlation_key)
        waiting = _receiver(work, sent)
    if waiting is None:
        return None
    instance: Instance = instances.load(work, waiting.instance_id)
    if _receiver(work, sent) != waiting:
        raise Stale("Ärendet ändrades samtidigt av någon annan. Försök igen.")
    effects, next_tasks = len(work.effects), len(work.next_tasks)
    try:
        with work.connection.begin_nested():
            _hand_over(work, row_id, sent, instance, waiting)
    except ExecutionFailed as error:
        # The sender has done its part: the message is kept, and what the receiver cannot do is an incident there.
        if not put_off:
            raise
        del work.effects[effects:], work.next_tasks[next_tasks:]
        undelivered.put_off(work, row_id, waiting.instance_id, waiting.element_id, error)
        return None
    return instance.id


def _hand_over(work: Work, row_id: str, sent: SendMessage, instance: Instance, waiting: Any) -> None:
    delivered = {"row_id": row_id, "delivered_at": work.now, "instance_id": instance.id}
    work.connection.execute(_DELIVERED, delivered)
    task_id = waiting.task_id
    instances.advance(
        work,
        instance,
        lambda execution: execution.deliver(task_id, sent.variables),
        "message_received",
        waiting.element_id,
        name=sent.name,
    )


def deliver_again(work: Work, message_id: str) -> None:
    """Deliver a message that could not be delivered, if it is still undelivered and somebody waits for it.

    Raises ExecutionFailed when its receiver fails again.
    """
    mine = (message.c.id == message_id, message.c.delivered_at.is_(None))
    row = work.connection.execute(select(message).where(*mine)).first()
    if row is not None:
        _deliver(work, row.id, SendMessage(row.name, row.correlation_key, row.variables), put_off=False)


def _receiver(work: Work, sent: SendMessage) -> Any:
    """The subscription that the message is for, None when nobody waits for it. Raises Conflict when several do."""
    waiting = work.connection.execute(_WAITING, {"correlation_key": sent.correlation_key, "name": sent.name}).all()
    if len({row.instance_id for row in waiting}) > 1:
        raise Conflict(f"Fler än en väntar på meddelandet {sent.name} för {sent.correlation_key}.")
    # For a suspended one the message is kept until it has been resumed.
    return waiting[0] if waiting and waiting[0].status == "active" else None


def _deliver_kept(work: Work, effect: DeliverKept) -> None:
    take_turns(work.connection, effect.correlation_key)
    wanted = {"correlation_key": effect.correlation_key, "names": effect.names, "now": work.now}
    kept = work.connection.execute(_KEPT, wanted).all()
    for row in kept:
        _deliver(work, row.id, SendMessage(row.name, row.correlation_key, row.variables))
