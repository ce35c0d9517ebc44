"""What codes and keys are called in words: organisations, roles, stages, processes, catalogue items. All in Swedish."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.database.tables import organisation as organisation_table
from engine.packs import Pack, deployed_packs


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


def load_titles(connection: Connection) -> Titles:
    names = connection.execute(select(organisation_table.c.code, organisation_table.c.name))
    packs = deployed_packs(connection)
    return Titles(organisations={row.code: row.name for row in names}, packs={pack.key: pack for pack in packs})
