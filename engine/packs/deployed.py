"""The packs that have been deployed, as they stand in the database, kept in memory by content hash."""

from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from engine.database.prepared import Prepared
from engine.database.tables import pack_version
from engine.errors import NotFound
from engine.packs.pack import Pack, Role


def newest_version_id(pack_key: ColumnElement[str]) -> Select[str]:
    """The id of a pack's newest version, as a query to run or to put into another."""
    newest = select(pack_version.c.id).where(pack_version.c.pack_key == pack_key)
    return newest.order_by(pack_version.c.version.desc()).limit(1)


_NEWEST = Prepared(newest_version_id(bindparam("pack_key")))


def current_pack(connection: Connection, pack_key: str) -> Pack:
    """The newest deployed version of a pack. Raises NotFound."""
    version_id = _NEWEST.scalar(connection, {"pack_key": pack_key})
    if version_id is None:
        raise NotFound(f"Processpaketet {pack_key} är inte inläst.")
    return pack_of_version(connection, version_id)


def deployed_packs(connection: Connection) -> list[Pack]:
    """The newest version of every deployed pack, by key."""
    keys = connection.execute(select(pack_version.c.pack_key).distinct().order_by(pack_version.c.pack_key)).scalars()
    return [current_pack(connection, key) for key in keys.all()]


def newest_version(connection: Connection, pack_key: str) -> int:
    """The number of the newest version of a pack, 0 when there is none."""
    numbers = select(func.max(pack_version.c.version)).where(pack_version.c.pack_key == pack_key)
    return connection.execute(numbers).scalar() or 0


@lru_cache(maxsize=1)
def _loaded() -> dict[str, Pack]:
    """Packs by version id. A version never changes, so one read per process is enough."""
    return {}


def pack_of_version(connection: Connection, version_id: str) -> Pack:
    """The pack as that version has it."""
    packs = _loaded()
    if version_id not in packs:
        content = connection.execute(select(pack_version.c.content).where(pack_version.c.id == version_id)).scalar_one()
        packs[version_id] = Pack.from_content(content)
    return packs[version_id]


def role_once_titled(connection: Connection, pack: Pack, title: str) -> Role | None:
    """The role of today that an earlier version of the pack gave this title: models that still run know it by that."""
    versions = select(pack_version.c.id).where(pack_version.c.pack_key == pack.key)
    for version_id in connection.execute(versions.order_by(pack_version.c.version.desc())).scalars().all():
        role = pack_of_version(connection, version_id).role_titled(title)
        if role is not None:
            return pack.role(role.key)
    return None
