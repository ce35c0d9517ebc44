"""Does what a step asked for beyond its own instance: other processes to start, messages to send or to deliver late."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from engine.commands import instance_rows, instances, undelivered
from engine.database.prepared import Prepared
from engine.database.tables import message, process_instance, subscription
from engine.database.turns import take_turns
from engine.definitions import latest_definition
from engine.errors import Conflict, ExecutionFailed, Stale
from engine.registers import agreements
from engine.work import Broadcast, DeliverKept, Effect, Instance, SendMessage, StartProcess, Work

KEPT_FOR = timedelta(days=366 * 2)  # a message that nobody waits for yet is kept this long

_KNOWN = Prepared(select(message.c.id).where(message.c.message_id == bindparam("message_id")))
_KEEP = Prepared(insert(message))
_DELIVERED = Prepared(update(message).where(message.c.id == bindparam("row_id")))
_WAITING = Prepared(
    select(subscription, process_instance.c.status)
    .join(process_instance, process_instance.c.id == subscription.c.instance_id)
    .where(
        subscription.c.correlation_key == bindparam("correlation_key"),
        subscription.c.name == bindparam("name"),
        subscription.c.kind == "message",
    )
    .order_by(subscription.c.instance_id, subscription.c.task_id)
)
_CATCHER = Prepared(
    select(subscription, process_instance.c.status)
    .join(process_instance, process_instance.c.id == subscription.c.instance_id)
    .where(subscription.c.instance_id == bindparam("instance_id"), subscription.c.task_id == bindparam("task_id"))
)
_KEPT = Prepared(
    select(message).where(
        message.c.correlation_key == bindparam("correlation_key"),
        message.c.name == bindparam("name"),
        message.c.delivered_at.is_(None),
        or_(message.c.expires_at.is_(None), message.c.expires_at > bindparam("now")),
    )
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
    _KEEP.run(work.connection, row)
    return _deliver(work, row_id, sent)


def is_awaited(connection: Connection, name: str, correlation_key: str) -> bool:
    """Whether somebody waits for a message, be it that they cannot have it now."""
    return _WAITING.first(connection, {"correlation_key": correlation_key, "name": name}) is not None


def _do(work: Work, effect: Effect) -> None:
    match effect:
        case StartProcess():
            _start(work, effect)
        case SendMessage():
            send(work, effect)
        case Broadcast():
            _tell_all(work, effect)
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


def _tell_all(work: Work, effect: Broadcast) -> None:
    """Give a signal to each who waited for it and still does. A suspended one has it when it is resumed.

    Each share is a message of its own, so that one receiver's failure is an incident there and stops nobody else.
    """
    for instance_id, task_id in effect.catchers:
        instance_rows.lock_tree(work, instance_id)
        sent = SendMessage(effect.name, task_id, catcher=(instance_id, task_id))
        if _catcher(work, sent.catcher) is None:
            continue
        row_id, until = uuid4().hex, work.now + KEPT_FOR
        row = {"id": row_id, "name": sent.name, "correlation_key": task_id, "variables": {}, "instance_id": instance_id}
        _KEEP.run(work.connection, {**row, "created_at": work.now, "expires_at": until})
        _deliver(work, row_id, sent)


def _is_known(work: Work, message_id: str) -> bool:
    return _KNOWN.first(work.connection, {"message_id": message_id}) is not None


def _deliver(work: Work, row_id: str, sent: SendMessage, *, put_off: bool = True) -> str | None:
    waiting = _receiver(work, sent)
    if waiting is None and sent.catcher is None:
        # Whoever begins to wait at this moment looks for kept messages. One of us has to see the other.
        take_turns(work.connection, sent.correlation_key)
        waiting = _receiver(work, sent)
    if waiting is None:
        return None
    instance: Instance = instance_rows.load(work, waiting.instance_id)
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
    _DELIVERED.run(work.connection, delivered)
    task_id = waiting.task_id
    instances.advance(
        work,
        instance,
        lambda execution: execution.deliver(task_id, sent.variables),
        "message_received" if sent.catcher is None else "signal_received",
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
        _deliver(work, row.id, _as_sent(row), put_off=False)


def _as_sent(row: Any) -> SendMessage:
    """A message that is kept. Of a signal's share it is known whom it is for, and its key is the waiting task."""
    catcher = (row.instance_id, row.correlation_key) if row.instance_id else None
    return SendMessage(row.name, row.correlation_key, row.variables, catcher=catcher)


def _catcher(work: Work, catcher: tuple[str, str] | None) -> Any:
    """The subscription of the one that a share of a signal is for, if it still waits."""
    instance_id, task_id = catcher or ("", "")
    return _CATCHER.first(work.connection, {"instance_id": instance_id, "task_id": task_id})


def _receiver(work: Work, sent: SendMessage) -> Any:
    """The subscription that the message is for, None when nobody waits for it. Raises Conflict when several do."""
    if sent.catcher is not None:
        found = _catcher(work, sent.catcher)
        return found if found is not None and found.status == "active" else None
    waiting = _WAITING.all(work.connection, {"correlation_key": sent.correlation_key, "name": sent.name})
    if len({row.instance_id for row in waiting}) > 1:
        raise Conflict(f"Fler än en väntar på meddelandet {sent.name} för {sent.correlation_key}.")
    # For a suspended one the message is kept until it has been resumed.
    return waiting[0] if waiting and waiting[0].status == "active" else None


def _deliver_kept(work: Work, effect: DeliverKept) -> None:
    take_turns(work.connection, effect.correlation_key)
    wanted = {"correlation_key": effect.correlation_key, "now": work.now}
    kept = [row for name in effect.names for row in _KEPT.all(work.connection, {**wanted, "name": name})]
    for row in sorted(kept, key=lambda row: row.created_at):
        _deliver(work, row.id, _as_sent(row))
