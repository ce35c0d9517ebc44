"""A stored pack becomes a folder again, the same as it was."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.commands import deploy_pack
from engine.database import Database
from engine.database.upgrade import upgrade
from engine.errors import Invalid
from engine.packs import load_pack, read_processes, shipped_packs
from engine.packs.archive import zip_pack
from engine.packs.toml_text import toml_text
from engine.packs.upload import unpack
from engine.queries.packs import stored_pack
from tests.engine.build import NOW
from tests.packs import build_pack
from web.cli.county import _folder_of


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAMFLODE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SAMFLODE_DATABASE_URL", raising=False)
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def test_a_pack_comes_out_of_the_database_as_it_went_in(tmp_path: Path) -> None:
    folder = shipped_packs()[0]
    pack, processes = load_pack(folder), read_processes(folder)
    again = unpack(zip_pack(type(pack).from_content(pack.to_content()), processes.values()), tmp_path)
    assert load_pack(again).content_hash == pack.content_hash
    assert {key: one.content_hash for key, one in read_processes(again).items()} == {
        key: one.content_hash for key, one in processes.items()
    }


def test_toml_of_whatever_a_manifest_may_hold() -> None:
    content = {
        "pack": {
            "key": "a-b",
            "from": date(2024, 10, 1),
            "at": datetime(2032, 12, 31, 23, 59, tzinfo=UTC),
            "å": 'citat " och \\',
        },
        "item": [{"key": "x", "text": "två\nrader\t\x7f", "phases": [1, 2], "share": 0.5, "yes": True}, {"key": "y"}],
        "nested": {"inner": {"list": [], "rows": [{"a": 1, "deep": {"b": ["c"]}}]}},
    }
    assert tomllib.loads(toml_text(content)) == content


def test_a_pack_that_is_only_in_the_database_can_be_simulated(home: Path, tmp_path: Path) -> None:
    folder = build_pack(tmp_path / "written")
    database = Database(f"sqlite:///{home / 'samflode.sqlite3'}")
    upgrade(database)
    with database.write() as connection:
        deployed = deploy_pack(connection, NOW, folder)
        assert stored_pack(connection, deployed.pack_key)[0].key == deployed.pack_key
    (tmp_path / "empty").mkdir()
    with pytest.raises(Invalid, match="finns inte"):
        _folder_of("unknown", tmp_path / "empty")
    found = _folder_of(deployed.pack_key, tmp_path / "empty")
    database.close()
    assert load_pack(found).content_hash == load_pack(folder).content_hash
