"""The deployed packs: their versions, the versions of their processes, and what differs between two of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from engine.authorisation import may_administer
from engine.database.tables import pack_version, process_definition, process_instance
from engine.definitions import latest_definition
from engine.errors import NotFound
from engine.packs import Pack, ProcessFiles, current_pack
from engine.packs.archive import zip_pack
from engine.people import Person
from engine.queries.pack_differences import Difference, compare_models, compare_packs

NO_SUCH_VERSION = "Versionen finns inte."


@dataclass(frozen=True)
class PackVersion:
    """One deployed version of a pack; `written` is the version that its pack.toml gives itself."""

    pack_key: str
    title: str
    version: int
    written: str
    deployed_at: datetime


@dataclass(frozen=True)
class ProcessVersion:
    """One version of a process and how many instances run on it."""

    process_key: str
    version: int
    deployed_at: datetime
    running: int


def list_packs(connection: Connection, person: Person) -> list[PackVersion]:
    """Every version, by pack, the newest first. Raises NotPermitted."""
    may_administer(person).demand()
    query = select(pack_version).order_by(pack_version.c.pack_key, pack_version.c.version.desc())
    return [
        PackVersion(
            row.pack_key,
            row.content["manifest"]["pack"]["title"],
            row.version,
            row.content["manifest"]["pack"]["version"],
            row.deployed_at,
        )
        for row in connection.execute(query)
    ]


def list_processes(connection: Connection, person: Person, pack_key: str) -> list[ProcessVersion]:
    """Every version of every process of a pack, the newest first within each. Raises NotPermitted."""
    may_administer(person).demand()
    definition = process_definition.c
    running = and_(
        process_instance.c.definition_id == definition.id, process_instance.c.status.in_(("active", "suspended"))
    )
    query = (
        select(definition.process_key, definition.version, definition.deployed_at, func.count(process_instance.c.id))
        .select_from(process_definition.outerjoin(process_instance, running))
        .where(definition.pack_key == pack_key)
        .group_by(definition.process_key, definition.version, definition.deployed_at)
        .order_by(definition.process_key, definition.version.desc())
    )
    return [ProcessVersion(*row) for row in connection.execute(query)]


def stored_pack(connection: Connection, pack_key: str) -> tuple[Pack, list[ProcessFiles]]:
    """The newest version of a pack with the newest of each of its processes. Raises NotFound."""
    pack = current_pack(connection, pack_key)
    latest = (latest_definition(connection, pack_key, process.key) for process in pack.processes)
    return pack, [ProcessFiles(one.process_key, one.bpmn, one.decisions, one.forms) for one in latest]


def zipped_pack(connection: Connection, person: Person, pack_key: str) -> bytes:
    """The newest version of a pack as a zip file that can be read in again. Raises NotPermitted, NotFound."""
    may_administer(person).demand()
    return zip_pack(*stored_pack(connection, pack_key))


def pack_differences(
    connection: Connection, person: Person, pack_key: str, before: int, after: int
) -> list[Difference]:
    """What differs between two versions of a pack. Raises NotPermitted, NotFound."""
    may_administer(person).demand()
    return compare_packs(_pack(connection, pack_key, before), _pack(connection, pack_key, after))


def process_differences(
    connection: Connection, person: Person, pack_key: str, process_key: str, before: int, after: int
) -> list[Difference]:
    """What differs between two versions of a process. Raises NotPermitted, NotFound."""
    may_administer(person).demand()
    definition = process_definition.c
    query = select(definition.version, definition.bpmn, definition.forms).where(
        definition.pack_key == pack_key, definition.process_key == process_key, definition.version.in_([before, after])
    )
    found = {row.version: row for row in connection.execute(query)}
    if before not in found or after not in found:
        raise NotFound(NO_SUCH_VERSION)
    old, new = found[before], found[after]
    return compare_models(old.bpmn, new.bpmn, old.forms, new.forms)


def _pack(connection: Connection, pack_key: str, version: int) -> Pack:
    query = select(pack_version.c.content).where(pack_version.c.pack_key == pack_key, pack_version.c.version == version)
    content = connection.execute(query).scalar()
    if content is None:
        raise NotFound(NO_SUCH_VERSION)
    return Pack.from_content(content)
