"""What operators do with a whole instance: suspend, resume, cancel. Each demands an administrator and a reason."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, case, false, select, true, update

from engine.authorisation import may_operate
from engine.commands import effects, instance_rows, instances
from engine.commands.administration import note
from engine.commands.reasons import demand_reason
from engine.database.tables import process_instance, subscription, timer
from engine.errors import Conflict
from engine.history import Log
from engine.people import Person
from engine.registers import agreements, deviations
from engine.work import DeliverKept, Instance, Work

OVER = "Ärendet är redan avslutat. Inget har ändrats."
ALREADY_SUSPENDED = "Ärendet är redan pausat. Inget har ändrats."
NOT_SUSPENDED = "Ärendet är inte pausat. Inget har ändrats."
CALLER_SUSPENDED = "Ärendet som det här hör till är pausat. Återuppta det i stället, så följer det här med."
CALLED = "Ärendet är en del av ett annat. Avbryt steget {element} där i stället, eller avbryt hela det ärendet."


def suspend_instance(connection: Connection, now: datetime, person: Person, instance_id: str, reason: str) -> None:
    """Let an instance, with everything that it has called, rest: nothing in it can be completed, fired or delivered.

    Timers wait and fire after resumption; messages are kept. Drafts can be saved. Raises NotFound, NotPermitted,
    Invalid (no reason), Conflict when it is suspended already or over.
    """
    work, instance = _begin(connection, now, person, instance_id, reason, "instance_suspended")
    if (refusal := why_not_suspend(instance.status)) is not None:
        raise Conflict(refusal)
    _switch(work, _with_called(work, instance), "active", "suspended", reason)


def resume_instance(connection: Connection, now: datetime, person: Person, instance_id: str, reason: str) -> None:
    """Let a suspended instance, with everything that it has called, go on: kept messages are delivered, timers fire.

    Raises NotFound, NotPermitted, Invalid (no reason), Conflict when it is not suspended or its caller is.
    """
    work, instance = _begin(connection, now, person, instance_id, reason, "instance_resumed")
    if (refusal := why_not_resume(instance.status, _caller_status(work, instance))) is not None:
        raise Conflict(refusal)
    resumed = _with_called(work, instance)
    _switch(work, resumed, "suspended", "active", reason)
    work.effects.extend(_kept_for(work, [each.id for each in resumed]))
    effects.drain(work)


def cancel_instance(connection: Connection, now: datetime, person: Person, instance_id: str, reason: str) -> None:
    """End an instance, with everything that it has called, before its time.

    An agreement whose life it is, is ended; a deviation is closed. Raises NotFound, NotPermitted, Invalid (no reason),
    Conflict when it is over, or was called by another instance (which would wait for it for ever).
    """
    work, instance = _begin(connection, now, person, instance_id, reason, "instance_cancelled")
    if (refusal := why_not_cancel(instance)) is not None:
        raise Conflict(refusal)
    instances.cancel(work, instance, reason)
    agreements.end_cancelled(work, instance)
    deviations.close(work, instance)


# Rules ---------------------------------------------------------------------------------------------------------------


def why_not_suspend(status: str) -> str | None:
    if status == "suspended":
        return ALREADY_SUSPENDED
    return None if status == "active" else OVER


def why_not_resume(status: str, caller_status: str | None) -> str | None:
    if status != "suspended":
        return NOT_SUSPENDED
    return CALLER_SUSPENDED if caller_status == "suspended" else None


def why_not_cancel(instance: Instance) -> str | None:
    if instance.status not in {"active", "suspended"}:
        return OVER
    return CALLED.format(element=instance.parent_element_id) if instance.parent_id else None


# Writing -------------------------------------------------------------------------------------------------------------


def _begin(
    connection: Connection, now: datetime, person: Person, instance_id: str, reason: str, kind: str
) -> tuple[Work, Instance]:
    may_operate(person).demand()
    demand_reason(reason)
    work = Work(connection, now, person.id, person.grants)
    instance = instance_rows.load(work, instance_id)
    note(connection, now, person, kind, instance.business_key, after={"reason": reason.strip()})
    return work, instance


def _with_called(work: Work, instance: Instance) -> list[Instance]:
    """The instance and all that it has called that is not over, callers first. Their tree is locked."""
    found, callers = [instance], [instance.id]
    while callers:
        called = select(process_instance).where(
            process_instance.c.parent_id.in_(callers), process_instance.c.status.in_(("active", "suspended"))
        )
        rows = [Instance.from_row(row) for row in work.connection.execute(called.order_by(process_instance.c.id))]
        found.extend(rows)
        callers = [row.id for row in rows]
    return found


def _caller_status(work: Work, instance: Instance) -> str | None:
    query = select(process_instance.c.status).where(process_instance.c.id == instance.parent_id)
    return work.connection.execute(query).scalar()


def _switch(work: Work, found: Iterable[Instance], before: str, after: str, reason: str) -> None:
    """Give those in the status `before` the status `after`; their timers rest or go on with them."""
    switched = [instance for instance in found if instance.status == before]
    for instance in switched:
        log = Log(work, instance)
        log.add("suspended" if after == "suspended" else "resumed", None, reason=reason)
        log.write()
        instance.status = after
        instance_rows.write_changes(work, instance, status=after)
    resting = true() if after == "suspended" else false()
    ids = [instance.id for instance in switched]
    work.connection.execute(update(timer).where(timer.c.instance_id.in_(ids)).values(suspended=resting))


def _kept_for(work: Work, instance_ids: list[str]) -> Iterable[DeliverKept]:
    """Messages, and signals for those who waited, may have come while nobody could receive them."""
    of_signal = subscription.c.kind == "signal"
    key = case((of_signal, subscription.c.task_id), else_=subscription.c.correlation_key).label("correlation_key")
    query = (
        select(key, subscription.c.name)
        .where(subscription.c.instance_id.in_(instance_ids))
        .distinct()
        .order_by(key, subscription.c.name)
    )
    return [DeliverKept(row.correlation_key, (row.name,)) for row in work.connection.execute(query)]
