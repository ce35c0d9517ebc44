"""The rows of process instances: read with their tree locked, written when nobody else has written meanwhile.

What an instance does, and what then waits, is `instances`' business.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, update

from engine.database.prepared import Prepared
from engine.database.tables import process_instance
from engine.errors import Conflict, NotFound, Stale
from engine.packs.deployed import newest_version_id, pack_of_version
from engine.work import Instance, Work

SUSPENDED = "Ärendet är pausat. Inget har ändrats. Uppgiften kan göras när en administratör har återupptagit ärendet."
OVER = "Ärendet är avslutat. Inget har ändrats."

# With the pack's newest version, which is needed next.
_pack_version_id = newest_version_id(process_instance.c.pack_key).scalar_subquery().label("pack_version_id")
_INSTANCE = Prepared(
    select(process_instance, _pack_version_id).where(process_instance.c.id == bindparam("instance_id"))
)
_WRITE = Prepared(
    update(process_instance).where(
        process_instance.c.id == bindparam("instance_id"), process_instance.c.revision == bindparam("expected")
    )
)
_ROOT = select(process_instance.c.root_id).where(process_instance.c.id == bindparam("instance_id"))
_TREE = select(process_instance.c.id).where(process_instance.c.id == _ROOT.scalar_subquery())
_LOCK, _LOCK_IF_FREE = Prepared(_TREE.with_for_update()), Prepared(_TREE.with_for_update(skip_locked=True))


def load(work: Work, instance_id: str) -> Instance:
    """The instance, its tree locked until the transaction ends. Raises NotFound."""
    lock_tree(work, instance_id)
    return read(work, instance_id)


def lock_tree(work: Work, instance_id: str, *, wait: bool = True) -> bool:
    """Lock an instance with all its callers and all that they have called, until the transaction ends.

    False when somebody else holds the lock and we do not want to wait. Whoever changes anything of an instance locks
    its tree first. Without that order a called process that ends (and takes its caller on) and a timer of the caller
    (that cancels the called one) would wait for each other.
    """
    if one_writes_at_a_time(work):
        return True
    query = _LOCK if wait else _LOCK_IF_FREE
    return query.first(work.connection, {"instance_id": instance_id}) is not None


def one_writes_at_a_time(work: Work) -> bool:
    """Whether the whole database is locked by whoever writes, so that no tree needs to be."""
    return work.connection.dialect.name == "sqlite"


def locking_tree(query: Select[Any], instance_id: ColumnElement[str]) -> Select[Any]:
    """The query, also locking the tree of an instance as `lock_tree` does. It sees what was there before it waited."""
    here, root = process_instance.alias("here"), process_instance.alias("root")
    return query.join(here, here.c.id == instance_id).join(root, root.c.id == here.c.root_id).with_for_update(of=root)


def read(work: Work, instance_id: str) -> Instance:
    """The instance, whose tree is locked already. Raises NotFound."""
    row = _INSTANCE.first(work.connection, {"instance_id": instance_id})
    if row is None:
        raise NotFound("Ärendet finns inte.")
    work.remember_pack(pack_of_version(work.connection, row.pack_version_id))
    return Instance.from_row(row)


def demand_active(instance: Instance) -> None:
    """Raise Conflict, with what to do, when the instance is suspended or over."""
    if instance.status == "suspended":
        raise Conflict(SUSPENDED)
    if not instance.is_active:
        raise Conflict(OVER)


def write_changes(work: Work, instance: Instance, **values: Any) -> None:
    """Write columns of an instance and what its history has added. Raises Stale when somebody else has written."""
    expected = instance.revision
    instance.revision += 1
    values |= {"instance_id": instance.id, "expected": expected, **bookkeeping(instance)}
    if _WRITE.run(work.connection, values) != 1:
        raise Stale("Ärendet ändrades samtidigt av någon annan. Försök igen.")


def bookkeeping(instance: Instance) -> dict[str, Any]:
    return {"revision": instance.revision, "sequence": instance.sequence, "event_hash": instance.event_hash}
