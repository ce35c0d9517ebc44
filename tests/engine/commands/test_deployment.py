"""A pack is proved before the transaction that stores it, and what is stored is what was proved."""

from pathlib import Path

from sqlalchemy import func, select

from engine.commands.deployment import read_proved_pack, store_pack
from engine.database.tables import organisation, pack_version
from engine.people import create_person
from tests.engine.commands.scene import Scene
from tests.packs import build_pack


def test_others_write_while_a_pack_is_proved(scene: Scene, tmp_path: Path) -> None:
    folder = build_pack(tmp_path / "pack")
    manifest = folder / "pack.toml"
    manifest.write_text(manifest.read_text().replace('title = "Litet"', 'title = "Något större"'))
    with scene.database.read() as reading:
        proved = read_proved_pack(reading, folder)
        with scene.database.write() as connection:
            create_person(connection, scene.now, "other", "Någon annan")
    manifest.write_text("this is not what was proved")
    with scene.database.write() as connection:
        deployed = store_pack(connection, scene.now, proved)
        newest = select(pack_version.c.content).order_by(pack_version.c.version.desc()).limit(1)
        stored = connection.execute(newest).scalar_one()
        places = connection.execute(select(func.count()).select_from(organisation)).scalar_one()
    assert deployed.pack_version == 2
    assert stored["manifest"]["pack"]["title"] == "Något större"
    assert places == len(proved.pack.catalogues["organisations"])
