"""The register of agreements: which there are, whose they are, and every change of their status."""

from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, func, insert, or_, select, update

from engine.database.prepared import Prepared
from engine.database.register_tables import agreement, agreement_status
from engine.database.tables import process_instance
from engine.packs import Pack
from engine.work import Instance, Work

IN_FORCE = "in_force"
ENDED = frozenset({"lapsed", "replaced", "ended"})

_newest = (
    select(agreement.c.key)
    .where(agreement.c.pack_key == bindparam("of_pack"), agreement.c.kind == bindparam("of_kind"))
    .order_by(agreement.c.started_at.desc(), agreement.c.key)
    .limit(1)
)
_NEWEST = Prepared(_newest)
_NEWEST_LOCAL = Prepared(_newest.where(agreement.c.organisation == bindparam("of_organisation")))
_SET_INSTANCE = Prepared(
    update(agreement).where(agreement.c.key == bindparam("of_agreement"), agreement.c.instance_id == "")
)


def owns_agreement(pack: Pack, process_key: str) -> bool:
    """Whether an instance of the process is an agreement's own life (its business key is the agreement's key)."""
    process = pack.process(process_key)
    return process is not None and (process.business_key or "").startswith("{agreement_key}")


def open_for(
    work: Work,
    pack: Pack,
    process_key: str,
    business_key: str,
    organisation: str | None,
    *,
    regional_key: str | None = None,
    predecessor_key: str | None = None,
) -> str | None:
    """The agreement that a new instance belongs to: a new one if the process is an agreement's life, or none."""
    process = pack.process(process_key)
    if process is None or process.agreement == "none":
        return None
    if not owns_agreement(pack, process_key):
        return _running(work, pack, process.agreement, organisation)
    if predecessor_key is None and process.agreement == "local":
        predecessor_key = _running(work, pack, "local", organisation)
    row = {
        "key": business_key,
        "pack_key": pack.key,
        "kind": process.agreement,
        "organisation": organisation,
        "regional_key": regional_key,
        "predecessor_key": predecessor_key,
        "title": title_of(pack, process.agreement, process.title, organisation),
        "instance_id": "",
        "status": "preparing",
        "valid_to": None,  # known when it is published
        "started_at": work.now,
    }
    work.connection.execute(insert(agreement).values(row))
    note_status(work, business_key, "preparing", None)
    return business_key


def set_instance(work: Work, agreement_key: str | None, instance: Instance) -> None:
    """Tell the agreement which instance is its life."""
    if agreement_key is not None:
        _SET_INSTANCE.run(work.connection, {"of_agreement": agreement_key, "instance_id": instance.id})


def end_cancelled(work: Work, instance: Instance) -> None:
    """The instance that is an agreement's life was cancelled: the agreement is ended, unless it already was."""
    mine = (agreement.c.instance_id == instance.id, agreement.c.ended_at.is_(None))
    for key in work.connection.execute(select(agreement.c.key).where(*mine)).scalars().all():
        set_status(work, key, "ended")


def publish(work: Work, key: str, in_force_on: date, valid_to: date | None) -> None:
    """The agreement comes into force, and replaces the one that it follows."""
    set_status(work, key, IN_FORCE, in_force_on=in_force_on, valid_to=valid_to)
    replace_predecessor(work, key)


def move_on(work: Work, key: str, status: str, valid_to: date | None) -> None:
    """The agreement changes its status; where it is valid to another day, so are those under it."""
    set_status(work, key, status, valid_to=valid_to)
    if valid_to is not None:
        extend_local(work, key, valid_to)


def set_status(
    work: Work, key: str, status: str, *, in_force_on: date | None = None, valid_to: date | None = None
) -> None:
    """Change an agreement's status from now on, and, when given, from and to when it is valid."""
    values: dict[str, object] = {"status": status}
    if in_force_on is not None:
        values["in_force_on"] = in_force_on
    if valid_to is not None:
        values["valid_to"] = valid_to
    if status in ENDED:
        values["ended_at"] = work.now
    work.connection.execute(update(agreement).where(agreement.c.key == key).values(values))
    note_status(work, key, status, valid_to)
    if status in ENDED:
        _end_forerunner(work, key, status)


def _end_forerunner(work: Work, key: str, status: str) -> None:
    """The agreement before it, if that has lived its life and was only kept until this one would replace it."""
    followed = select(agreement.c.predecessor_key).where(agreement.c.key == key).scalar_subquery()
    alive = select(process_instance.c.id).where(process_instance.c.status.in_(("active", "suspended")))
    kept = (agreement.c.key == followed, agreement.c.ended_at.is_(None), agreement.c.instance_id.not_in(alive))
    for old in work.connection.execute(select(agreement.c.key).where(*kept)).scalars().all():
        set_status(work, old, status)


def local_keys(work: Work, regional_key: str) -> list[str]:
    """The local agreements under a regional one that have not ended, by key."""
    query = (
        select(agreement.c.key)
        .where(agreement.c.regional_key == regional_key, agreement.c.ended_at.is_(None))
        .order_by(agreement.c.key)
    )
    return list(work.connection.execute(query).scalars())


def extend_local(work: Work, regional_key: str, valid_to: date) -> None:
    """Local agreements rest on the regional one: when that is valid longer, so are they."""
    running = (agreement.c.regional_key == regional_key, agreement.c.ended_at.is_(None))
    query = select(agreement.c.key, agreement.c.status).where(*running, agreement.c.valid_to < valid_to)
    found = work.connection.execute(query).all()
    for key, status in found:
        work.connection.execute(update(agreement).where(agreement.c.key == key).values(valid_to=valid_to))
        note_status(work, key, status, valid_to)


def in_force_date(work: Work, key: str | None) -> date | None:
    """When the agreement came into force."""
    return work.connection.execute(select(agreement.c.in_force_on).where(agreement.c.key == key)).scalar()


def has_newer(work: Work, key: str) -> bool:
    """Whether another agreement, begun later, already follows this one."""
    return (
        work.connection.execute(select(agreement.c.key).where(agreement.c.predecessor_key == key)).first() is not None
    )


def replace_predecessor(work: Work, key: str) -> None:
    """An agreement in force replaces the one that it follows, if that one is still running."""
    followed = select(agreement.c.predecessor_key).where(agreement.c.key == key).scalar_subquery()
    running = (agreement.c.key == followed, agreement.c.ended_at.is_(None))
    for old in work.connection.execute(select(agreement.c.key).where(*running)).scalars().all():
        set_status(work, old, "replaced")


def regional_key(work: Work, key: str) -> str | None:
    """The regional agreement that a local one stands under."""
    return work.connection.execute(select(agreement.c.regional_key).where(agreement.c.key == key)).scalar()


def successor_key(work: Work, key: str) -> str:
    """A key for the agreement that follows: the same, with the number of its generation after it."""
    first = key.split(":", maxsplit=1)[0]
    query = select(func.count()).where(or_(agreement.c.key == first, agreement.c.key.startswith(f"{first}:")))
    return f"{first}:{work.connection.execute(query).scalar_one() + 1}"


def _running(work: Work, pack: Pack, kind: str, organisation: str | None) -> str | None:
    """The newest agreement of this kind (and of this organisation)."""
    given = {"of_pack": pack.key, "of_kind": kind}
    if kind == "local":
        return _as_key(_NEWEST_LOCAL.scalar(work.connection, {**given, "of_organisation": organisation}))
    return _as_key(_NEWEST.scalar(work.connection, given))


def _as_key(found: Any) -> str | None:
    return None if found is None else str(found)


def note_status(work: Work, key: str, status: str, valid_to: date | None) -> None:
    """Add to the list of changes; the agreement itself is as it was."""
    row = {"id": uuid4().hex, "agreement_key": key, "status": status, "valid_to": valid_to, "since": work.now}
    work.connection.execute(insert(agreement_status).values(row))


def title_of(pack: Pack, kind: str, process_title: str, organisation: str | None) -> str:
    """What an agreement is called: a local one by its municipality."""
    item = pack.item("organisations", organisation) if kind == "local" and organisation else None
    return f"{process_title}, {item['title']}" if item else pack.title
