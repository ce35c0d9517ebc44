"""Finds what has been changed afterwards in what is never changed: events, submissions, definitions, packs."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, RowMapping, Table, Text, select, type_coerce
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from engine.database.tables import event, pack_version, process_definition, process_instance, submission
from engine.database.types import Json, Moment
from engine.history import FIRST_HASH, chain, digest
from engine.packs import Pack, ProcessFiles


class Told(NamedTuple):
    """What an event tells of a submission."""

    instance_id: str
    sequence: int
    digest: str | None


def changed_events(connection: Connection) -> Iterator[str]:
    """The first event of each instance that does not fit the one before it, and ends that are missing."""
    ends = {
        row.id: (row.sequence, row.event_hash)
        for row in connection.execute(
            select(process_instance.c.id, process_instance.c.sequence, process_instance.c.event_hash)
        )
    }
    last: dict[str, tuple[int, str]] = {}
    broken: set[str] = set()
    for raw in _raw(connection, event, event.c.instance_id, event.c.sequence):
        instance_id, sequence = raw["instance_id"], raw["sequence"]
        number, previous = last.get(instance_id, (0, FIRST_HASH))
        last[instance_id] = (sequence, raw["hash"])
        if instance_id in broken:
            continue
        row = _understood(raw, event)
        if row is None or sequence != number + 1 or chain(previous, row) != row["hash"]:
            broken.add(instance_id)
            yield f"Händelse {sequence} i ärende {instance_id} har ändrats eller saknar en granne."
    for instance_id, end in ends.items():
        if instance_id not in broken and last.get(instance_id, (0, FIRST_HASH)) != end:
            yield f"Ärende {instance_id}: de sista händelserna saknas, eller så har ärendets rad ändrats."


def changed_submissions(connection: Connection) -> Iterator[str]:
    """Submissions that are not as the history tells, that it does not know, or that are gone."""
    told = told_submissions(connection)
    for raw in _raw(connection, submission, submission.c.id):
        known = told.pop(raw["id"], None)
        row = _understood(raw, submission)
        if known is None:
            yield f"Underlag {raw['id']} i ärende {raw['instance_id']} saknas i historiken."
        elif row is None or digest(row) != known.digest:
            yield f"Underlag {raw['id']} (händelse {known.sequence} i ärende {known.instance_id}) har ändrats."
    for submission_id, known in told.items():
        yield f"Underlag {submission_id} (händelse {known.sequence} i ärende {known.instance_id}) är borta."


def told_submissions(connection: Connection) -> dict[str, Told]:
    """What the history tells of each submission, by its id."""
    told = {}
    for raw in _raw(connection, event, event.c.instance_id, event.c.sequence):
        data = raw["data"]
        if '"submission"' not in data or (row := _understood(raw, event)) is None:
            continue
        named = row["data"].get("submission")
        if isinstance(named, str):
            told[named] = Told(row["instance_id"], row["sequence"], row["data"].get("digest"))
    return told


def changed_definitions(connection: Connection) -> Iterator[str]:
    """Versions of processes and packs whose content is not what their hash says."""
    for row in connection.execute(select(process_definition)):
        files = ProcessFiles(row.process_key, row.bpmn, row.decisions, row.forms)
        if files.content_hash != row.content_hash:
            yield f"Processen {row.process_key} version {row.version} ({row.id}) har ändrats."
    for row in connection.execute(select(pack_version)):
        if Pack.from_content(row.content).content_hash != row.content_hash:
            yield f"Paketet {row.pack_key} version {row.version} ({row.id}) har ändrats."


def odd_versions(connection: Connection) -> Iterator[str]:
    """Processes and packs whose versions are not counted from 1, or that belong to no pack."""
    packs = connection.execute(select(pack_version.c.pack_key, pack_version.c.version)).all()
    processes = connection.execute(
        select(process_definition.c.pack_key, process_definition.c.process_key, process_definition.c.version)
    ).all()
    counted: dict[str, set[int]] = {}
    for pack_key, version in packs:
        counted.setdefault(f"Paketet {pack_key}", set()).add(version)
    for pack_key, process_key, version in processes:
        counted.setdefault(f"Processen {process_key} i paketet {pack_key}", set()).add(version)
    for name, versions in counted.items():
        if versions != set(range(1, len(versions) + 1)):
            yield f"{name} har versionerna {', '.join(map(str, sorted(versions)))}, som inte är räknade från 1."
    for pack_key in sorted({row.pack_key for row in processes} - {row.pack_key for row in packs}):
        yield f"Paketet {pack_key} har processer men är inte inläst."


def _raw(connection: Connection, table: Table, *order: Any) -> Iterator[RowMapping]:
    """Every row with moments and JSON as the database holds them: nothing is lost by understanding them."""
    columns = [
        type_coerce(column, Text).label(column.name) if isinstance(column.type, Moment | Json) else column
        for column in table.c
    ]
    yield from connection.execute(select(*columns).order_by(*order)).mappings()


def _understood(raw: RowMapping, table: Table) -> dict[str, Any] | None:
    """The row with its moments and JSON values; None when the text is not exactly what we would have written."""
    row = dict(raw)
    for column in table.c:
        kept = row[column.name]
        if kept is None:
            continue
        try:
            if isinstance(column.type, Json):
                row[column.name] = orjson.loads(kept)
                if orjson.dumps(row[column.name]).decode() != kept:
                    return None
            elif isinstance(column.type, Moment):
                row[column.name] = _moment(kept)
        except ValueError:
            return None
    return row


def _moment(kept: Any) -> datetime:
    """Text on SQLite, which is to be written as we write it; a moment on PostgreSQL."""
    if not isinstance(kept, str):
        found: datetime = kept.astimezone(UTC)
        return found
    moment = datetime.fromisoformat(kept)
    if Moment().process_bind_param(moment, SQLiteDialect()) != kept:
        raise ValueError(kept)
    return moment
