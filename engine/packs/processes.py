"""Reads the process folders of a pack: model, decisions and forms, as text. Judges nothing but what cannot be read."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from engine.bpmn.findings import InvalidPack
from engine.packs.files import PackFiles


@dataclass(frozen=True)
class ProcessFiles:
    """One process as its author wrote it."""

    key: str
    bpmn: str
    decisions: dict[str, str]  # decision id -> DMN
    forms: dict[str, dict[str, Any]]  # form key -> JSON Schema

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of model, decisions and forms, whatever the order of keys."""
        content = [self.key, self.bpmn, self.decisions, self.forms]
        return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def read_processes(folder: Path) -> dict[str, ProcessFiles]:
    """Every process folder of the pack. Raises `InvalidPack` when a file in one cannot be read."""
    files = PackFiles(folder)
    found = collect_processes(files)
    if files.findings:
        raise InvalidPack(files.findings)
    return found


def collect_processes(files: PackFiles) -> dict[str, ProcessFiles]:
    """Every process that can be read; `files` takes note of the rest."""
    keys = sorted({file.split("/")[0] for pattern in ("*/*.bpmn", "*/forms/*.json") for file in files.listed(pattern)})
    found = (_read_process(files, key) for key in keys)
    return {process.key: process for process in found if process}


def _read_process(files: PackFiles, key: str) -> ProcessFiles | None:
    bpmn = files.text(f"{key}/{key}.bpmn")
    decisions = {Path(file).stem: files.text(file) for file in files.listed(f"{key}/*.dmn")}
    forms = {Path(file).stem: files.json(file) for file in files.listed(f"{key}/forms/*.json")}
    if bpmn is None:
        return None
    return ProcessFiles(
        key,
        bpmn,
        {name: text for name, text in decisions.items() if text is not None},
        {name: form for name, form in forms.items() if form is not None},
    )
