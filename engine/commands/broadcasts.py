"""Who waits for a signal: a broadcast to everybody who waits when it is thrown, kept for nobody who comes later."""

from sqlalchemy import bindparam, select

from engine.database.tables import process_instance, subscription
from engine.work import Broadcast, Instance, Work

EVERYBODY = ""  # the correlation key of those who wait for a signal: there is none to tell them apart

# By tree, as their locks are taken: two who throw at once take them in the same order.
_CATCHERS = (
    select(subscription.c.instance_id, subscription.c.task_id)
    .join(process_instance, process_instance.c.id == subscription.c.instance_id)
    .where(
        subscription.c.correlation_key == EVERYBODY,
        subscription.c.name == bindparam("name"),
        subscription.c.kind == "signal",
    )
    .order_by(process_instance.c.root_id, subscription.c.instance_id, subscription.c.task_id)
)


def broadcast(work: Work, name: str, thrower: Instance | None = None) -> int:
    """Let everybody who waits for a signal now have it, as an effect. Returns how many that are.

    The thrower's own have it already: see `Execution.signals`.
    """
    rows = work.connection.execute(_CATCHERS, {"name": name}).all()
    others = (row for row in rows if thrower is None or row.instance_id != thrower.id)
    catchers = tuple((str(row.instance_id), str(row.task_id)) for row in others)
    if catchers:
        work.effects.append(Broadcast(name, catchers))
    return len(catchers)
