"""The shipped packs are what the profile demands."""

from pathlib import Path

import pytest

from engine.bpmn.profile import check_pack
from engine.bpmn.walk import prove_pack
from engine.bpmn.walk.budget import MOST_STEPS, Budget
from engine.packs import Pack, load_pack, read_processes, shipped_packs

each_pack = pytest.mark.parametrize("folder", shipped_packs(), ids=lambda folder: folder.name)


@each_pack
def test_pack_has_no_findings(folder: Path) -> None:
    assert [str(finding) for finding in check_pack(folder)] == []


@each_pack
def test_pack_is_proved_to_the_end(folder: Path) -> None:
    budget = Budget(seconds=120)  # as a check has it, but for the machine's pace
    proof = prove_pack(load_pack(folder), read_processes(folder), budget)
    assert budget.steps > MOST_STEPS / 2  # there is room for a pack to grow
    assert [str(finding) for finding in proof.findings] == []
    assert [key for key, _, is_whole in proof.walked if not is_whole] == []


@each_pack
def test_pack_survives_storage(folder: Path) -> None:
    pack = load_pack(folder)
    again = Pack.from_content(pack.to_content())
    assert again == pack
    assert again.content_hash == pack.content_hash


@each_pack
def test_pack_holds_no_code(folder: Path) -> None:
    assert [path for path in folder.rglob("*") if path.suffix in {".py", ".js", ".sh", ".html"}] == []
