"""Everything that a person reads in a shipped pack has an English translation."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import etree

from engine.packs import load_pack, shipped_packs

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_NOT_READ = {_BPMN + tag for tag in ("message", "error", "inputDataItem", "property", "definitions")}


@pytest.mark.parametrize("folder", shipped_packs(), ids=lambda folder: folder.name)
def test_everything_in_a_pack_is_translated(folder: Path) -> None:
    pack = load_pack(folder)
    missing = [text for text in strings(folder) if text.strip() and not pack.translations.get(text)]
    assert missing == []


def strings(folder: Path) -> Iterator[str]:
    """Every text for people: titles, names, questions, guidance, notices."""
    manifest = tomllib.loads((folder / "pack.toml").read_text())
    yield manifest["pack"]["title"]
    for table in ("role", "stage", "process"):
        for row in manifest[table]:
            yield from (row[name] for name in ("title", "group", "short") if name in row)
    for catalogue in folder.glob("catalogues/*.toml"):
        for item in tomllib.loads(catalogue.read_text())["item"]:
            yield from (item[name] for name in ("title", "text") if name in item)
            yield from item.get("questions", [])
    for model in folder.glob("*/*.bpmn"):
        yield from _model_strings(model)
    for form in folder.glob("*/forms/*.json"):
        yield from _form_strings(orjson.loads(form.read_bytes()))


def _model_strings(model: Path) -> Iterator[str]:
    for element in etree.parse(model).iter(f"{_BPMN}*"):
        if element.tag not in _NOT_READ and element.get("name"):
            yield str(element.get("name"))
    for told in etree.parse(model).iter(f"{_CAMUNDA}property"):
        if told.get("name") == "text":
            yield str(told.get("value"))


def _form_strings(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for inner in part:
            yield from _form_strings(inner)
    if not isinstance(part, dict):
        return
    yield from (part[name] for name in ("title", "description") if isinstance(part.get(name), str))
    for name, inner in part.items():
        # A field may itself be called `title`: below `properties` the names are the form's own.
        for value in inner.values() if name == "properties" else [inner]:
            yield from _form_strings(value)
