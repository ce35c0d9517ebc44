"""Unpacks a process pack that somebody sends as a zip file. Until it has been checked it is taken for hostile."""

import stat
import zipfile
import zlib
from io import BytesIO
from pathlib import Path, PurePosixPath

from engine.errors import Invalid
from engine.packs.files import MAX_BYTES
from engine.packs.folder import MANIFEST

MOST_PACKED = 5_000_000
MOST_UNPACKED = 20_000_000
MOST_FILES = 500
KINDS = frozenset({".toml", ".bpmn", ".dmn", ".json", ".md", ".po"})
_DEEPEST = 6
_LONGEST_NAME = 200
_PIECE = 64 * 1024

NOT_A_ZIP = "Filen är ingen zip-fil. Packa paketets mapp som zip och försök igen."
TOO_LARGE = f"Filen är för stor. Ett processpaket får vara högst {MOST_PACKED // 1_000_000} MB som zip."
TOO_MANY = f"Zip-filen har för många filer. Ett processpaket får ha högst {MOST_FILES}."
TOO_MUCH = f"Filerna blir för stora när de packas upp. De får vara högst {MOST_UNPACKED // 1_000_000} MB tillsammans."
FILE_TOO_LARGE = "Filen {name} är för stor. En fil i ett paket får vara högst 2 MB."
BAD_NAME = "Filen {name} har ett namn som inte får finnas i ett paket: en sökväg utanför mappen eller udda tecken."
BAD_KIND = "Filen {name} hör inte hemma i ett paket. Där finns bara toml, bpmn, dmn, json, md och po."
NOT_A_FILE = "{name} är varken en fil eller en mapp, till exempel en länk. Packa bara vanliga filer."
LOCKED = "Zip-filen är skyddad med lösenord. Packa den utan lösenord."
TWICE = "Filen {name} finns två gånger, kanske med stora och små bokstäver."
DAMAGED = "Zip-filen är skadad: {name} går inte att packa upp."
NO_MANIFEST = "pack.toml saknas. Den ska ligga överst i zip-filen, eller överst i dess enda mapp."


def unpack(content: bytes, folder: Path) -> Path:
    """Write a pack's files below `folder`, which is empty, and return where its pack.toml lies.

    Raises Invalid, with what is wrong, before anything is written outside what a pack may hold.
    """
    if len(content) > MOST_PACKED:
        raise Invalid(TOO_LARGE)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            wanted = _files(archive)
            top = _top(wanted)
            _write(archive, wanted, folder)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, ValueError, EOFError) as error:
        raise Invalid(NOT_A_ZIP) from error
    return folder / top


def _files(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """What is to be unpacked, by path; raises Invalid for anything that a pack has no use for."""
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise Invalid(TOO_MANY)
    found: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for entry in entries:
        _demand_harmless(entry)
        if entry.is_dir():
            continue
        name = entry.filename
        if PurePosixPath(name).suffix not in KINDS:
            raise Invalid(BAD_KIND.format(name=_shown(name)))
        if name.casefold() in seen:
            raise Invalid(TWICE.format(name=_shown(name)))
        seen.add(name.casefold())
        found[name] = entry
    # What the file says of itself is only a first look; what is really unpacked is counted while it is.
    if sum(entry.file_size for entry in found.values()) > MOST_UNPACKED:
        raise Invalid(TOO_MUCH)
    return found


def _demand_harmless(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if not _is_plain_path(name):
        raise Invalid(BAD_NAME.format(name=_shown(name)))
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Invalid(NOT_A_FILE.format(name=_shown(name)))
    if entry.flag_bits & 0x1:
        raise Invalid(LOCKED)


def _is_plain_path(name: str) -> bool:
    """Relative, inside the folder, without hidden parts, and the same on every system."""
    if not name or len(name) > _LONGEST_NAME or name.startswith("/") or not name.isprintable():
        return False
    if any(sign in name for sign in '\\:*?"<>|\0'):
        return False
    parts = name.rstrip("/").split("/")
    return len(parts) <= _DEEPEST and all(part and not part.startswith(".") and part == part.strip() for part in parts)


def _top(files: dict[str, zipfile.ZipInfo]) -> str:
    """The folder inside the zip that holds pack.toml: the zip itself, or its only folder."""
    if MANIFEST in files:
        return "."
    tops = {name.split("/", 1)[0] for name in files}
    if len(tops) == 1 and f"{(top := next(iter(tops)))}/{MANIFEST}" in files:
        return top
    raise Invalid(NO_MANIFEST)


def _write(archive: zipfile.ZipFile, files: dict[str, zipfile.ZipInfo], folder: Path) -> None:
    left = MOST_UNPACKED
    for name, entry in files.items():
        content = _read(archive, entry, min(MAX_BYTES, left))
        left -= len(content)
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """The file's content, never more of it than `most` in memory, whatever the zip says of its size."""
    pieces, size = [], 0
    try:
        with archive.open(entry) as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                if size > most:
                    raise Invalid(FILE_TOO_LARGE.format(name=_shown(entry.filename)) if most == MAX_BYTES else TOO_MUCH)
                pieces.append(piece)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError) as error:
        raise Invalid(DAMAGED.format(name=_shown(entry.filename))) from error
    return b"".join(pieces)


def _shown(name: str) -> str:
    """A name that somebody else chose, as it can be shown in a sentence."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:80]
