"""Stores a process pack: its words and numbers as a new pack version, each changed process as a new definition."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, case, insert, select, update

from engine.bpmn.findings import InvalidPack
from engine.bpmn.profile import check_pack
from engine.bpmn.walk import demand_proof
from engine.commands.administration import note
from engine.database.tables import organisation, pack_version, process_definition
from engine.database.workplace_tables import administration_event
from engine.packs import Pack, ProcessFiles, load_pack, read_processes
from engine.people import Person


@dataclass(frozen=True)
class Deployed:
    """What a deployment stored: (process key, its version now, whether it is new) for every process."""

    pack_key: str
    pack_version: int
    versions: tuple[tuple[str, int, bool], ...]


@dataclass(frozen=True)
class ProvedPack:
    """A pack as it was read, with every process, and found without fault."""

    pack: Pack
    processes: dict[str, ProcessFiles]


def deploy_pack(connection: Connection, now: datetime, folder: Path) -> Deployed:
    """Prove a pack and store what has changed. Raises InvalidPack, with every finding, and then stores nothing."""
    return store_pack(connection, now, read_proved_pack(connection, folder))


def read_proved_pack(connection: Connection, folder: Path) -> ProvedPack:
    """Read a pack and prove it, unless it is deployed. Seconds of work that change nothing. Raises InvalidPack."""
    findings = check_pack(folder)
    if findings:
        raise InvalidPack(findings)
    pack, processes = load_pack(folder), read_processes(folder)
    if not _is_stored(connection, pack, processes):
        demand_proof(pack, processes)
    return ProvedPack(pack, processes)


def store_pack(connection: Connection, now: datetime, proved: ProvedPack) -> Deployed:
    """Store what has changed, whatever stands in the pack's folder by now."""
    pack, processes = proved.pack, proved.processes
    version = _store_pack(connection, now, pack)
    versions = tuple(_store_process(connection, now, pack, files) for files in processes.values())
    _store_organisations(connection, pack)
    return Deployed(pack.key, version, versions)


def note_deployment(
    connection: Connection, now: datetime, person: Person, deployed: Deployed, states: int | None = None
) -> None:
    """Write in the administrators' log what was deployed; `states`: in how many it had been proved, if it was."""
    new = [f"{key} {number}" for key, number, is_new in deployed.versions if is_new]
    said = {"version": deployed.pack_version, "processes": new, "states": states}
    note(connection, now, person, "pack_deployed", deployed.pack_key, after=said)


def _is_stored(connection: Connection, pack: Pack, processes: dict[str, ProcessFiles]) -> bool:
    """Whether nothing has changed since the last deployment, which proved it."""
    newest = _newest_pack(connection, pack.key)
    if newest is None or newest.content_hash != pack.content_hash:
        return False
    stored = [_newest_process(connection, pack.key, key) for key in processes]
    hashes = [files.content_hash for files in processes.values()]
    return [row.content_hash if row else None for row in stored] == hashes


def _newest_pack(connection: Connection, pack_key: str) -> Any:
    return connection.execute(
        select(pack_version.c.version, pack_version.c.content_hash)
        .where(pack_version.c.pack_key == pack_key)
        .order_by(pack_version.c.version.desc())
        .limit(1)
    ).first()


def _newest_process(connection: Connection, pack_key: str, process_key: str) -> Any:
    return connection.execute(
        select(process_definition.c.version, process_definition.c.content_hash)
        .where(process_definition.c.pack_key == pack_key, process_definition.c.process_key == process_key)
        .order_by(process_definition.c.version.desc())
        .limit(1)
    ).first()


def _store_pack(connection: Connection, now: datetime, pack: Pack) -> int:
    newest = _newest_pack(connection, pack.key)
    if newest and newest.content_hash == pack.content_hash:
        return int(newest.version)
    version = newest.version + 1 if newest else 1
    row = {
        "id": uuid4().hex,
        "pack_key": pack.key,
        "version": version,
        "content_hash": pack.content_hash,
        "content": pack.to_content(),
        "deployed_at": now,
    }
    connection.execute(insert(pack_version).values(row))
    return int(version)


def _store_process(connection: Connection, now: datetime, pack: Pack, files: ProcessFiles) -> tuple[str, int, bool]:
    """A version is known by its content: what was deployed before is not stored again."""
    newest = _newest_process(connection, pack.key, files.key)
    if newest and newest.content_hash == files.content_hash:
        return files.key, int(newest.version), False
    number = newest.version if newest else 0
    row = {
        "id": uuid4().hex,
        "pack_key": pack.key,
        "process_key": files.key,
        "version": number + 1,
        "content_hash": files.content_hash,
        "bpmn": files.bpmn,
        "decisions": files.decisions,
        "forms": files.forms,
        "deployed_at": now,
    }
    connection.execute(insert(process_definition).values(row))
    return files.key, number + 1, True


def _store_organisations(connection: Connection, pack: Pack) -> None:
    for item in pack.catalogues.get("organisations", []):
        values: dict[str, Any] = {"name": item["title"], "kind": item["kind"]}
        # A name that an administrator has given stays.
        renamed = select(administration_event.c.subject).where(administration_event.c.kind == "organisation_renamed")
        kept = case((organisation.c.code.in_(renamed), organisation.c.name), else_=values["name"])
        known = update(organisation).where(organisation.c.code == item["key"]).values({**values, "name": kept})
        if connection.execute(known).rowcount == 0:
            connection.execute(insert(organisation).values(code=item["key"], **values))
