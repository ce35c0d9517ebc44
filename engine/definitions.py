"""Finds process definitions in the database and keeps the parsed ones in memory (they never change)."""

from collections import OrderedDict
from threading import Lock
from typing import Any

from sqlalchemy import Connection, bindparam, select

from engine.bpmn.definitions import Definition
from engine.database.prepared import Prepared
from engine.database.tables import process_definition
from engine.errors import NotFound

_MOST = 500
_cache: OrderedDict[str, Definition] = OrderedDict()
_lock = Lock()

_BY_ID = Prepared(select(process_definition).where(process_definition.c.id == bindparam("definition_id")))
_NEWEST = Prepared(
    select(process_definition.c.id)
    .where(
        process_definition.c.pack_key == bindparam("pack_key"),
        process_definition.c.process_key == bindparam("process_key"),
    )
    .order_by(process_definition.c.version.desc())
    .limit(1)
)


def definition_by_id(connection: Connection, definition_id: str) -> Definition:
    """The definition with this id. Raises NotFound."""
    with _lock:
        found = _cache.get(definition_id)
        if found is not None:
            _cache.move_to_end(definition_id)
            return found
    row = _BY_ID.first(connection, {"definition_id": definition_id})
    if row is None:
        raise NotFound(f"Processdefinitionen {definition_id} finns inte.")
    return _remember(row)


def latest_definition(connection: Connection, pack_key: str, process_key: str) -> Definition:
    """The newest version of a process. Raises NotFound."""
    definition_id = _NEWEST.scalar(connection, {"pack_key": pack_key, "process_key": process_key})
    if definition_id is None:
        raise NotFound(f"Processen {process_key} finns inte i paketet {pack_key}.")
    return definition_by_id(connection, definition_id)


def definition_of_version(connection: Connection, pack_key: str, process_key: str, version: int) -> Definition:
    """One version of a process. Raises NotFound."""
    query = select(process_definition.c.id).where(
        process_definition.c.pack_key == pack_key,
        process_definition.c.process_key == process_key,
        process_definition.c.version == version,
    )
    definition_id = connection.execute(query).scalar()
    if definition_id is None:
        raise NotFound(f"Processen {process_key} finns inte i version {version} i paketet {pack_key}.")
    return definition_by_id(connection, definition_id)


def _remember(row: Any) -> Definition:
    definition = Definition(row.id, row.pack_key, row.process_key, row.version, row.bpmn, row.decisions, row.forms)
    with _lock:
        _cache[definition.id] = definition
        while len(_cache) > _MOST:
            _cache.popitem(last=False)
    return definition
