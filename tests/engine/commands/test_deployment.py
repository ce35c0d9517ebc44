"""A pack is proved before the transaction that stores it, and what is stored is what was proved."""

from pathlib import Path

from sqlalchemy import func, select

from engine.commands.deployment import deploy_pack, read_proved_pack, store_pack
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


def test_work_that_runs_goes_on_when_a_newer_pack_calls_a_role_something_else(scene: Scene, tmp_path: Path) -> None:
    scene.start("local_agreement")
    folder = build_pack(tmp_path / "pack")
    for file in (folder / "pack.toml", *folder.glob("*/*.bpmn")):
        file.write_text(file.read_text().replace('"Styrgrupp"', '"Lokal styrgrupp"'))
    with scene.database.write() as connection:
        deploy_pack(connection, scene.now, folder)
    scene.complete(scene.open("write").id, activities=[{"activity": "Utbildning"}])
    assert scene.open("approve").role == "steering_group"
