"""A stored pack as the zip file of the folder that it was: the other way of `upload`.

Words that nobody reads but its author, README files and comments, are not stored and so not there.
"""

import io
import json
import zipfile
from collections.abc import Iterable

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from engine.packs.folder import ENGLISH, MANIFEST
from engine.packs.pack import Pack
from engine.packs.processes import ProcessFiles
from engine.packs.toml_text import toml_text

_MADE = (2000, 1, 1, 0, 0, 0)  # of every file: the same pack gives the same zip


def zip_pack(pack: Pack, processes: Iterable[ProcessFiles]) -> bytes:
    """A zip file with one folder, named as the pack, that can be read in again."""
    folder = pack.key.replace("-", "_")
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(pack_files(pack, processes).items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}", _MADE)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode(), zipfile.ZIP_DEFLATED)
    return written.getvalue()


def pack_files(pack: Pack, processes: Iterable[ProcessFiles]) -> dict[str, str]:
    """The text of each file of the pack's folder, by its path there."""
    files = {MANIFEST: toml_text(pack.manifest)}
    files |= {f"catalogues/{name}.toml": toml_text({"item": items}) for name, items in pack.catalogues.items()}
    if pack.translations:
        files[ENGLISH] = _po(pack.translations)
    for process in processes:
        files[f"{process.key}/{process.key}.bpmn"] = process.bpmn
        files |= {f"{process.key}/{name}.dmn": text for name, text in process.decisions.items()}
        for name, form in process.forms.items():
            files[f"{process.key}/forms/{name}.json"] = json.dumps(form, ensure_ascii=False, indent=2) + "\n"
    return files


def _po(translations: dict[str, str]) -> str:
    catalogue = Catalog(locale="en", charset="utf-8")
    for swedish, english in translations.items():
        catalogue.add(swedish, english)
    written = io.BytesIO()
    write_po(written, catalogue, width=0, omit_header=False)
    return written.getvalue().decode()
