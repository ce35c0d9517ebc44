"""A zip file with a pack is hostile until it has been checked: what it may not be, and that nothing is left behind."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import Invalid
from engine.packs import upload
from engine.packs.files import MAX_BYTES
from engine.packs.upload import unpack

MANIFEST = b"[pack]\n"


def zipped(files: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def entry(name: str, mode: int = stat.S_IFREG, content: bytes = b"x") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = (mode | 0o777) << 16
        archive.writestr(info, content)
    return file.getvalue()


def refused(content: bytes, folder: Path) -> str:
    inside = folder / "inside"
    inside.mkdir(exist_ok=True)
    with pytest.raises(Invalid) as error:
        unpack(content, inside)
    assert [path for path in folder.rglob("*") if path.is_file() and inside not in path.parents] == []
    return str(error.value)


@pytest.mark.parametrize("top", ["", "mitt-paket/"])
def test_a_pack_is_unpacked_from_the_top_or_its_only_folder(tmp_path: Path, top: str) -> None:
    files = {f"{top}pack.toml": MANIFEST, f"{top}drafting/forms/plan.json": b"{}"}
    where = unpack(zipped(files), tmp_path)
    assert (where / "pack.toml").read_bytes() == MANIFEST
    assert (where / "drafting/forms/plan.json").read_bytes() == b"{}"


@pytest.mark.parametrize(
    "name",
    [
        "../pack.toml",
        "a/../../pack.toml",
        "/etc/pack.toml",
        "C:\\pack.toml",
        "a\\..\\pack.toml",
        "a//b.toml",
        ".hidden.toml",
        "a/.git/config.toml",
        "a/b/c/d/e/f/g.toml",
        "x" * 300 + ".toml",
        "a\n.toml",
        "con .toml/ .toml",
    ],
)
def test_a_path_that_leads_elsewhere(tmp_path: Path, name: str) -> None:
    assert "namn som inte får finnas" in refused(entry(name), tmp_path)


@pytest.mark.parametrize("name", ["pack.exe", "run.py", "a.html", "a.svg", "a.toml.sh", "Makefile"])
def test_a_kind_of_file_that_no_pack_has(tmp_path: Path, name: str) -> None:
    assert "hör inte hemma" in refused(zipped({name: b"x"}), tmp_path)


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_or_a_device(tmp_path: Path, mode: int) -> None:
    assert "varken en fil" in refused(entry("pack.toml", mode, b"/etc/passwd"), tmp_path)


def test_a_bomb_stops_before_it_has_gone_off(tmp_path: Path) -> None:
    one = b"\0" * (MAX_BYTES + 1)
    assert "2 MB" in refused(zipped({"pack.toml": MANIFEST, "big.json": one}), tmp_path)
    many = {f"f{number}.json": b"\0" * 1_900_000 for number in range(12)}
    assert "20 MB" in refused(zipped({"pack.toml": MANIFEST, **many}), tmp_path)


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    content = bytearray(zipped({"pack.toml": MANIFEST, "big.json": b"\0" * 30_000_000}))
    for place in (content.rfind(b"PK\x01\x02") + 24, content.rfind(b"PK\x03\x04") + 22):
        content[place : place + 4] = struct.pack("<I", 10)
    told = refused(bytes(content), tmp_path)
    assert "skadad" in told or "2 MB" in told


def test_too_large_too_many_twice_and_locked(tmp_path: Path) -> None:
    assert "5 MB" in refused(b"x" * (upload.MOST_PACKED + 1), tmp_path)
    assert "för många" in refused(zipped({f"{number}.md": b"" for number in range(501)}), tmp_path)
    assert "två gånger" in refused(zipped({"pack.toml": MANIFEST, "PACK.toml": MANIFEST}), tmp_path)
    locked = bytearray(zipped({"pack.toml": MANIFEST}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(mark) + place] |= 1
    assert "lösenord" in refused(bytes(locked), tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", b"PK\x05\x06" + b"\0" * 18, b"<html>" * 100])
def test_what_is_no_zip_or_an_empty_one(tmp_path: Path, content: bytes) -> None:
    assert refused(content, tmp_path)


def test_without_a_manifest(tmp_path: Path) -> None:
    assert "pack.toml saknas" in refused(zipped({"a/b.toml": b"", "c/pack.toml": MANIFEST}), tmp_path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 400), value=st.integers(0, 255))
def test_a_damaged_zip_is_refused_or_read_but_never_a_traceback(tmp_path: Path, place: int, value: int) -> None:
    content = bytearray(zipped({"pack.toml": MANIFEST * 20, "a/b.json": b'{"a": 1}' * 20}))
    content[place % len(content)] = value
    inside = tmp_path / "inside"
    try:
        unpack(bytes(content), inside)
        told = ""
    except Invalid as error:
        told = str(error)
    assert told or (inside / "pack.toml").is_file() or list(inside.rglob("pack.toml"))
