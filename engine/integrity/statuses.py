"""Plays the changes of agreements' status again, in memory, from what the history tells, and compares the register.

Which agreement follows or stands under which other is taken from the register of agreements. Events from before the
history told of days (`agreement` in their data) say only what became of an agreement: the days are let be.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, create_engine, delete, insert, literal, or_, select, update

from engine.database.register_tables import agreement, agreement_status
from engine.database.tables import event, process_definition, process_instance
from engine.definitions import definition_by_id
from engine.registers import agreements
from engine.work import Instance, Work

Change = tuple[Any, ...]  # agreement, since, status, valid to
_PUBLISH, _SET = "publish_agreement", "set_agreement_status"


def differing(connection: Connection) -> Iterator[str]:
    """Changes of status that the history does not tell, or tells and the register does not have."""
    wanted, found = Counter(_played(connection)), Counter(_found(connection).values())
    for key, since, status, valid_to in sorted((wanted - found).elements(), key=str):
        told = f"{status} ({valid_to})" if valid_to else status
        yield f"Registret agreement_status saknar {told} för {key} från {since:%Y-%m-%d %H:%M:%S}."
    for key, since, status, valid_to in sorted((found - wanted).elements(), key=str):
        told = f"{status} ({valid_to})" if valid_to else status
        yield f"Historiken känner inte till {told} för {key} från {since:%Y-%m-%d %H:%M:%S} i agreement_status."


def rebuild(connection: Connection) -> None:
    """Take away what the history does not tell, and add what is missing."""
    wanted = Counter(_played(connection))
    for row_id, change in _found(connection).items():
        if wanted[change] > 0:
            wanted[change] -= 1
        else:
            connection.execute(delete(agreement_status).where(agreement_status.c.id == row_id))
    for key, since, status, valid_to in wanted.elements():
        agreements.note_status(Work(connection, since), key, status, valid_to)


def _found(connection: Connection) -> dict[str, Change]:
    return {
        row.id: (row.agreement_key, row.since, row.status, row.valid_to)
        for row in connection.execute(select(agreement_status).order_by(agreement_status.c.id))
    }


def _played(connection: Connection) -> list[Change]:
    """Every change of status as it comes out when what is told is done once more."""
    memory = create_engine("sqlite://")
    try:
        with memory.begin() as scratch:
            agreement.metadata.create_all(scratch, tables=[process_instance, agreement, agreement_status])
            _copy_lives(connection, scratch)
            register = {row["key"]: dict(row) for row in connection.execute(select(agreement)).mappings()}
            days = {(key, since, status): valid_to for key, since, status, valid_to in _found(connection).values()}
            for told in _happenings(connection):
                _play(connection, Work(scratch, told.at), told, register, days)
            return list(_found(scratch).values())
    finally:
        memory.dispose()


def _play(
    connection: Connection, work: Work, told: Row[Any], register: dict[str, dict[str, Any]], days: dict[Change, Any]
) -> None:
    own = process_instance.c.id == told.instance_id
    if told.kind == "started":
        if told.agreement_key in register:
            first = {"status": "preparing", "valid_to": None, "in_force_on": None, "ended_at": None}
            work.connection.execute(insert(agreement).values(register[told.agreement_key] | first))
            agreements.note_status(work, told.agreement_key, "preparing", None)
    elif told.kind == "passed":
        _change(work, told, _said(connection, told), days)
    else:
        work.connection.execute(update(process_instance).where(own).values(status=told.kind))
        if told.kind == "cancelled":
            life = work.connection.execute(select(process_instance).where(own)).one()
            agreements.end_cancelled(work, Instance.from_row(life))


def _change(work: Work, told: Row[Any], said: dict[str, Any], days: dict[Change, Any]) -> None:
    key, status = told.agreement_key, said["status"]
    from_register = days.get((key, told.at, status)) if "days_unknown" in said else None
    valid_to = date.fromisoformat(said["valid_to"]) if "valid_to" in said else from_register
    if said["topic"] == _PUBLISH:
        agreements.publish(work, key, told.at.date(), valid_to)
    else:
        agreements.move_on(work, key, status, valid_to)


def _said(connection: Connection, told: Row[Any]) -> dict[str, Any]:
    """What the service task did: its topic and, as the event tells or else the model, the agreement's new status."""
    element = definition_by_id(connection, _definition_then(connection, told)).element(told.element_id)
    if "agreement" in told.data:
        return {"topic": element.topic, **told.data["agreement"]}
    status = agreements.IN_FORCE if element.topic == _PUBLISH else element.properties.get("status", "")
    return {"topic": element.topic, "status": status, "days_unknown": True}


def _definition_then(connection: Connection, told: Row[Any]) -> str:
    """The version that the instance was on: that from which it was next migrated, or the one that it is on."""
    later = (event.c.instance_id == told.instance_id, event.c.kind == "migrated", event.c.sequence > told.sequence)
    query = select(event.c.data).where(*later).order_by(event.c.sequence).limit(1)
    moved = connection.execute(query).scalar()
    if moved is None:
        return str(told.definition_id)
    versions = process_definition.c
    of_process = (versions.pack_key == told.pack_key, versions.process_key == told.process_key)
    query = select(versions.id).where(*of_process, versions.version == moved["from_version"])
    return str(connection.execute(query).scalar_one())


def _happenings(connection: Connection) -> Iterator[Row[Any]]:
    """What may change an agreement's status, in order of time; of one moment, the older instance comes first."""
    columns = process_instance.c
    lives = and_(event.c.kind.in_(("started", "completed", "cancelled")), _is_life())
    changing = and_(event.c.kind == "passed", event.c.element_id.in_(_elements(connection)))
    query = (
        select(event, columns.agreement_key, columns.definition_id, columns.pack_key, columns.process_key)
        .join(process_instance, columns.id == event.c.instance_id)
        .where(columns.agreement_key.is_not(None), or_(lives, changing))
        .order_by(event.c.at, columns.started_at, event.c.instance_id, event.c.sequence)
    )
    for told in connection.execute(query):
        if told.kind != "passed" or _changes_status(connection, told):
            yield told


def _changes_status(connection: Connection, told: Row[Any]) -> bool:
    """Another process may have an element of the same name."""
    element = definition_by_id(connection, _definition_then(connection, told)).model.elements.get(told.element_id)
    return element is not None and element.topic in (_PUBLISH, _SET)


def _elements(connection: Connection) -> list[str]:
    """The ids of all service tasks that change an agreement's status, in any version."""
    found: set[str] = set()
    for definition_id in connection.execute(select(process_definition.c.id)).scalars().all():
        elements = definition_by_id(connection, definition_id).model.elements.values()
        found.update(element.id for element in elements if element.topic in (_PUBLISH, _SET))
    return sorted(found)


def _is_life() -> Any:
    """The instance is an agreement's own."""
    columns = process_instance.c
    return and_(columns.agreement_key == columns.business_key, columns.parent_id.is_(None))


def _copy_lives(connection: Connection, scratch: Connection) -> None:
    """The agreements' own instances, all running: they end as the history tells."""
    given: dict[str, Any] = {"state": literal(b""), "status": literal("active")}
    columns = [given[one.name].label(one.name) if one.name in given else one for one in process_instance.c]
    rows = [dict(row) for row in connection.execute(select(*columns).where(_is_life())).mappings()]
    if rows:
        scratch.execute(insert(process_instance), rows)
