"""The packs that have been deployed, as they stand in the database, kept in memory by content hash."""

from functools import lru_cache

from sqlalchemy import Connection, bindparam, func, select

from engine.database.tables import pack_version
from engine.errors import NotFound
from engine.packs.pack import Pack

_NEWEST = (
    select(pack_version.c.id)
    .where(pack_version.c.pack_key == bindparam("pack_key"))
    .order_by(pack_version.c.version.desc())
    .limit(1)
)


def current_pack(connection: Connection, pack_key: str) -> Pack:
    """The newest deployed version of a pack. Raises NotFound."""
    version_id = connection.execute(_NEWEST, {"pack_key": pack_key}).scalar()
    if version_id is None:
        raise NotFound(f"Processpaketet {pack_key} är inte inläst.")
    return _pack(connection, version_id)


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


def _pack(connection: Connection, version_id: str) -> Pack:
    packs = _loaded()
    if version_id not in packs:
        content = connection.execute(select(pack_version.c.content).where(pack_version.c.id == version_id)).scalar_one()
        packs[version_id] = Pack.from_content(content)
    return packs[version_id]
