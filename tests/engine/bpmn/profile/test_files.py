"""Broken files of a pack: each becomes a finding that names the file, never a traceback."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.bpmn.findings import InvalidPack
from engine.packs import load_pack, read_processes
from tests.engine.bpmn.profile.drawing import plain
from tests.engine.bpmn.profile.packing import MANIFEST, is_told, write_pack

XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'

MODELS: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "filen är inte välformad XML"),
    "broken XML": (plain()[:-20], "filen är inte välformad XML"),
    "external entity": (XXE + plain().replace("begun", "&e;", 1), "filen får inte innehålla DOCTYPE eller ENTITY"),
    "entity bomb": (BOMB, "filen får inte innehålla DOCTYPE eller ENTITY"),
    "other XML": ("<html/>", "filen är ingen BPMN-modell"),
    "no process": (plain().replace("bpmn:process", "bpmn:category"), "modellen innehåller ingen process"),
    "not UTF-8": (plain().replace("begun", "börjat").encode("latin-1"), "filen är inte UTF-8"),
    "UTF-16": (plain().encode("utf-16"), "filen är inte UTF-8"),
    "binary": (b"\x89PNG\x00\x01", "filen är inte UTF-8"),
    "too deep": ("<a>" * 60 + "</a>" * 60, "filen är nästlad i fler än"),
    "far too deep": ("<a>" * 5000 + "</a>" * 5000, "filen är inte välformad XML"),
    "too big": (plain() + " " * 2_000_000, "filen är större än 2 MB"),
    "too many elements": (
        plain(*[f'<bpmn:userTask id="t{n}" name="t"/>' for n in range(1001)]),
        "modellen har fler än 1000",
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_unreadable_model(tmp_path: Path, name: str) -> None:
    bpmn, reason = MODELS[name]
    assert is_told(write_pack(tmp_path, bpmn), "p/p.bpmn", None, reason)


def test_model_outside_the_schema_is_told_at_its_element(tmp_path: Path) -> None:
    bpmn = plain().replace('sourceRef="begun"', 'sourceRef="begun" colour="red"')
    assert is_told(write_pack(tmp_path, bpmn), "p/p.bpmn", "begun_to_write", "stämmer inte med BPMN 2.0, rad 1")


def test_form_that_is_too_deep_to_be_stored_is_told(tmp_path: Path) -> None:
    write_pack(tmp_path, files={"p/forms/deep.json": '{"properties":' * 400 + "{}" + "}" * 400})
    assert is_told(tmp_path, "p/forms/deep.json", None, "formuläret är för djupt nästlat")


def test_deep_json_is_told(tmp_path: Path) -> None:
    write_pack(tmp_path, files={"p/forms/deep.json": '{"a":' * 3000 + "1" + "}" * 3000})
    assert is_told(tmp_path, "p/forms/deep.json", None, "filen är inte giltig JSON")


FILES: dict[str, tuple[str, str, str]] = {
    "broken manifest": ("pack.toml", "[pack", "filen är inte giltig TOML"),
    "empty manifest": ("pack.toml", "", "[pack] saknas"),
    "unknown table": ("pack.toml", MANIFEST + "\n[colours]\n", "tabellen colours är okänd"),
    "text for date": ("pack.toml", MANIFEST.replace("2024-10-01", '"soon"'), "[pack]: valid_from ska vara ett datum"),
    "unknown role": (
        "pack.toml",
        MANIFEST.replace('["steering_group"]', '["king"]'),
        "[deadlines] escalate_to: rollen",
    ),
    "bad duration": ("pack.toml", MANIFEST.replace('"P7D"', '"a week"'), "[deadlines] remind_before"),
    "same key twice": ("pack.toml", MANIFEST.replace('"other"', '"p"'), "[[process]] nyckeln 'p' finns mer än en gång"),
    "odd parameter": ("pack.toml", MANIFEST.replace("limit = 5", "limit = nan"), "[parameters] limit ska vara"),
    "broken catalogue": ("catalogues/organisations.toml", "x", "filen är inte giltig TOML"),
    "catalogue of something else": ("catalogues/stars.toml", "a = 1", "katalogen har inga [[item]]"),
    "item without title": ("catalogues/stars.toml", '[[item]]\nkey = "a"', "[[item]] nummer 1: title saknas"),
    "broken form": ("p/forms/answer.json", "{", "filen är inte giltig JSON"),
    "form that is a list": ("p/forms/answer.json", "[]", "filen ska innehålla ett JSON-objekt"),
    "broken translation": ("locale/en.po", 'msgid "a"\nmsgstr[x] "b"', "filen är inte en giltig översättning"),
}


@pytest.mark.parametrize("name", FILES)
def test_broken_file(tmp_path: Path, name: str) -> None:
    file, text, reason = FILES[name]
    assert is_told(write_pack(tmp_path, files={file: text}), file, None, reason)


def test_missing_manifest(tmp_path: Path) -> None:
    assert is_told(tmp_path / "nowhere", "pack.toml", None, "filen saknas")


def test_missing_model(tmp_path: Path) -> None:
    (write_pack(tmp_path) / "other/other.bpmn").unlink()
    assert is_told(tmp_path, "pack.toml", "other", "processen har ingen modell")


def test_folder_that_the_manifest_does_not_know(tmp_path: Path) -> None:
    write_pack(tmp_path, files={"third/third.bpmn": plain().replace('id="p"', 'id="third"')})
    assert is_told(tmp_path, "third/third.bpmn", None, "processen third finns inte i pack.toml")


@pytest.mark.parametrize("load", [load_pack, read_processes])
def test_loading_a_broken_pack_raises_with_its_findings(tmp_path: Path, load: Callable[[Path], object]) -> None:
    write_pack(tmp_path, files={"pack.toml": "[pack", "p/forms/answer.json": "{"})
    with pytest.raises(InvalidPack) as raised:
        load(tmp_path)
    assert [finding.file for finding in raised.value.findings] in (["pack.toml"], ["p/forms/answer.json"])
