"""What codes and keys are called in words: organisations, roles, stages, processes, catalogue items. All in Swedish."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from engine.database.tables import organisation as organisation_table
from engine.database.tables import pack_version
from engine.packs import Pack
from engine.packs.deployed import pack_of_version
from engine.queries.pieces import Pieces, piece, put_together, read_pieces


@dataclass(frozen=True)
class Titles:
    """Names of organisations, and of what the newest deployed packs hold; an unknown key is its own name."""

    organisations: dict[str, str]
    packs: dict[str, Pack]

    def organisation(self, code: str | None) -> str:
        return self.organisations.get(code, code) if code else ""

    def role(self, pack_key: str, role: str) -> str:
        pack = self.packs.get(pack_key)
        return next((known.title for known in pack.roles if known.key == role), role) if pack else role

    def stage(self, pack_key: str, stage: str | None) -> str:
        pack = self.packs.get(pack_key)
        if not stage or pack is None:
            return stage or ""
        return next((known.title for known in pack.stages if known.key == stage), stage)

    def process(self, pack_key: str, process_key: str) -> str:
        pack = self.packs.get(pack_key)
        return (
            next((known.title for known in pack.processes if known.key == process_key), process_key)
            if pack
            else process_key
        )

    def item(self, pack_key: str, catalogue: str | None, item: str | None) -> str | None:
        """The title of a multi-instance task's own item: a catalogue item, else an organisation."""
        if item is None:
            return None
        pack = self.packs.get(pack_key)
        found = pack.item(catalogue, item) if pack and catalogue else None
        return str(found["title"]) if found else self.organisations.get(item, item)

    def choice(self, pack_key: str, catalogue: str, key: str | None) -> str | None:
        """The title of a chosen catalogue item."""
        return self.item(pack_key, catalogue, key)


_other = pack_version.alias("other")
_newest = select(func.max(_other.c.version)).where(_other.c.pack_key == pack_version.c.pack_key).scalar_subquery()
TITLE_PIECES = (
    piece("organisation", organisation_table.c.code, organisation_table.c.name),
    piece("pack", pack_version.c.pack_key, pack_version.c.id).where(pack_version.c.version == _newest),
)
_TITLES = put_together(TITLE_PIECES)


def load_titles(connection: Connection) -> Titles:
    """One statement, and one more for each version of a pack that this program has not read before."""
    return titles_of(connection, read_pieces(connection, _TITLES))


def titles_of(connection: Connection, found: Pieces) -> Titles:
    """The titles from what `TITLE_PIECES` gave, maybe along with other lists."""
    packs = {row.one: pack_of_version(connection, row.two) for row in sorted(found["pack"], key=lambda row: row.one)}
    return Titles(organisations={row.one: row.two for row in found["organisation"]}, packs=packs)
