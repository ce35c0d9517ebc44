"""Every file of the shipped packs, damaged: the check answers with findings, and soon, and never with a traceback."""

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn.profile import check_pack
from engine.bpmn.walk import prove_pack
from engine.bpmn.walk.budget import Budget
from engine.packs import load_pack, read_processes, shipped_packs
from tests.processes.mutations import mutated

SECONDS = 10
MEGABYTES = 10_000_000
FILES = sorted(
    file.relative_to(shipped_packs()[0]).as_posix()
    for pattern in ("**/*.bpmn", "**/*.dmn", "**/*.json", "**/*.toml", "**/*.po")
    for file in shipped_packs()[0].glob(pattern)
)
MODELS = [file for file in FILES if file.endswith((".bpmn", ".dmn"))]
fuzzed = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs") / "damaged"
    shutil.copytree(shipped_packs()[0], folder)
    return folder


@contextmanager
def damaged(pack: Path, file: str, content: bytes) -> Iterator[None]:
    """The file with this content, for a while."""
    before = (pack / file).read_bytes()
    (pack / file).write_bytes(content)
    try:
        yield
    finally:
        (pack / file).write_bytes(before)


def check(pack: Path, budget: float = 0.3) -> int:
    """The number of findings, all of which can be told."""
    begun = time.thread_time()
    findings = check_pack(pack)
    if not findings:
        findings = prove_pack(load_pack(pack), read_processes(pack), Budget(seconds=budget)).findings
    assert all(str(finding) for finding in findings)
    assert time.thread_time() - begun < SECONDS
    return len(findings)


@settings(fuzzed, max_examples=30)
@given(st.sampled_from(MODELS), st.integers(0, 2**32))
def test_damaged_models_and_tables(pack: Path, file: str, seed: int) -> None:
    content = mutated(file, (pack / file).read_bytes(), random.Random(seed))
    with damaged(pack, file, content):
        assert check(pack) >= 0  # it answers, soon and in words: see there


@settings(fuzzed, max_examples=30)
@given(st.sampled_from(FILES), st.integers(0, 2**32))
def test_damaged_files_of_every_kind(pack: Path, file: str, seed: int) -> None:
    content = mutated(file, (pack / file).read_bytes(), random.Random(seed))
    with damaged(pack, file, content):
        assert check(pack) >= 0  # it answers, soon and in words: see there


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol0 "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))
    + "]><definitions>&lol9;</definitions>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions>&e;</definitions>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:9/x.dtd"> %e;]><definitions/>'
ATTACKS = {
    "billion laughs": BOMB,
    "external entity": OUTSIDE,
    "parameter entity": PARAMETER,
    "deep": "<a>" * 100_000 + "</a>" * 100_000,
    "wide": "<definitions>" + "<a/>" * 400_000 + "</definitions>",
    "many attributes": "<definitions " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>",
    "10 MB": "<definitions>" + " " * MEGABYTES + "</definitions>",
    "10 MB of one attribute": f'<definitions a="{"x" * MEGABYTES}"/>',
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("file", [next(f for f in MODELS if f.endswith(ending)) for ending in (".bpmn", ".dmn")])
def test_xml_that_is_made_to_hurt(pack: Path, file: str, attack: str) -> None:
    with damaged(pack, file, ATTACKS[attack].encode()):
        assert check(pack) > 0


@pytest.mark.parametrize("file", ["pack.toml", "catalogues/severity.toml", "locale/en.po", FILES[0], FILES[-1]])
@pytest.mark.parametrize("content", [b"a" * MEGABYTES, b"[" * 1_000_000, b'{"a":' * 300_000, b"a = [" * 300_000])
def test_data_that_is_made_to_hurt(pack: Path, file: str, content: bytes) -> None:
    with damaged(pack, file, content):
        assert check(pack) > 0
