"""Reads a pack's folder: pack.toml, catalogues and translations."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from engine.bpmn.findings import Finding, InvalidPack
from engine.packs.files import PackFiles
from engine.packs.manifest import check_catalogue, check_manifest, check_references
from engine.packs.pack import Pack

MANIFEST = "pack.toml"
ENGLISH = "locale/en.po"
SHIPPED = Path(__file__).resolve().parents[2] / "processes"  # beside `engine`, in the repository and when installed


def load_pack(folder: Path) -> Pack:
    """The pack in `folder`. Raises `InvalidPack` with every fault that its shape has."""
    pack, findings = read_pack(folder)
    if pack is None or findings:
        raise InvalidPack(findings)
    return pack


def read_pack(folder: Path) -> tuple[Pack | None, list[Finding]]:
    """The pack and what is wrong with it; no pack when the manifest is beyond use."""
    files = PackFiles(folder)
    manifest = _read_manifest(files)
    catalogues = {Path(file).stem: _read_catalogue(files, file) for file in files.listed("catalogues/*.toml")}
    translations = files.translations(ENGLISH) if (folder / ENGLISH).exists() else {}
    pack = None if manifest is None else Pack.from_manifest(manifest, catalogues, translations)
    return pack, files.findings


def shipped_packs() -> list[Path]:
    """The folders of the packs that come with the product."""
    return sorted(manifest.parent for manifest in SHIPPED.glob(f"*/{MANIFEST}"))


def _read_manifest(files: PackFiles) -> dict[str, Any] | None:
    manifest = files.toml(MANIFEST)
    if manifest is None:
        return None
    before = len(files.findings)
    check_manifest(manifest, lambda reason: files.report(MANIFEST, reason))
    if len(files.findings) > before:
        return None
    check_references(manifest, lambda reason: files.report(MANIFEST, reason))
    return manifest


def _read_catalogue(files: PackFiles, file: str) -> list[dict[str, Any]]:
    content = files.toml(file)
    if content is None:
        return []
    before = len(files.findings)
    check_catalogue(content, lambda reason: files.report(file, reason))
    return [] if len(files.findings) > before else [_plain(item) for item in content["item"]]


def _plain(value: Any) -> Any:
    """A catalogue is shown and stored as JSON; its dates become ISO text."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value
