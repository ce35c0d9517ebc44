"""Which files may be kept: told by their content, not by their name. Nothing that can run, hide or swell is let in."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO

import puremagic

from engine.errors import Invalid

MAX_BYTES = 20 * 1024 * 1024
_MAX_PARTS = 10_000
_MAX_UNPACKED = 500 * 1024 * 1024
_MAX_RATIO = 200  # what is packed tighter than this, and is large, was made to swell
_LARGE = 50 * 1024 * 1024
_MAX_READ = 4 * 1024 * 1024

NOT_ALLOWED = "Filtypen går inte att bifoga. Välj pdf, Word, Excel, PowerPoint, OpenDocument, png, jpeg, txt eller csv."
NOT_AS_NAMED = "Innehållet stämmer inte med filens namn. Spara filen på nytt i rätt format och försök igen."
MACROS = "Filen innehåller makron. Spara den utan makron och försök igen."
LOCKED = "Filen är skyddad med lösenord, så att ingen annan kan läsa den. Ta bort skyddet och försök igen."
SWELLING = "Filen packas upp till något orimligt stort och tas därför inte emot."
EMPTY = "Filen är tom."
TOO_LARGE = "Filen är för stor. En fil får vara högst 20 MB."

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "odt": f"{_OPEN}text",
    "ods": f"{_OPEN}spreadsheet",
    "odp": f"{_OPEN}presentation",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": "text/plain",
    "csv": "text/csv",
}
# What browsers offer to choose among.
ACCEPTED = ",".join(f".{ending}" for ending in MEDIA_TYPES)

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # also what a password makes of a new one
_MACRO_PART = re.compile(r"(^|/)(vbaProject\.bin|vbaData\.xml|macrosheets/|activeX/|Basic/|Scripts/)", re.IGNORECASE)
# Never parsed as XML: one attribute is all there is to know.
_CONTENT_TYPE = re.compile(rb"""\bContentType\s*=\s*["']([^"']*)["']""")
_ENCRYPTED_PDF = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R")


def media_type(name: str, content: bytes) -> str:
    """The type that a file of this name and content is kept as. Raises Invalid with what is wrong and what to do."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in MEDIA_TYPES:
        raise Invalid(MACROS if ending in {"docm", "xlsm", "pptm", "dotm", "xltm"} else NOT_ALLOWED)
    if not content:
        raise Invalid(EMPTY)
    if len(content) > MAX_BYTES:
        raise Invalid(TOO_LARGE)
    found = MEDIA_TYPES[ending]
    _CHECKS[found](content, found)
    return found


def _pdf(content: bytes, _: str) -> None:
    _demand_magic(content, "application/pdf")
    if _ENCRYPTED_PDF.search(content):
        raise Invalid(LOCKED)


def _image(content: bytes, wanted: str) -> None:
    _demand_magic(content, wanted)


def _demand_magic(content: bytes, wanted: str) -> None:
    if wanted not in _recognised(content):
        raise Invalid(NOT_AS_NAMED)


def _recognised(content: bytes) -> set[str]:
    try:
        return {match.mime_type for match in puremagic.magic_string(content[:4096])}
    except (puremagic.PureError, ValueError):
        return set()


def _text(content: bytes, _: str) -> None:
    """Text in one of the encodings that offices use; what has the marks of something else is not."""
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in content and not utf_16:
        raise Invalid(NOT_AS_NAMED)
    if content.startswith((b"MZ", b"%PDF", b"PK\x03\x04", b"\x7fELF", b"#!", _OLD_OFFICE)):
        raise Invalid(NOT_AS_NAMED)
    try:
        content.decode("utf-16" if utf_16 else "utf-8")
    except UnicodeDecodeError:
        if utf_16 or any(byte < 9 or 13 < byte < 27 for byte in content):
            raise Invalid(NOT_AS_NAMED) from None


def _office(content: bytes, wanted: str) -> None:
    with _opened(content) as archive:
        types = _read(archive, "[Content_Types].xml")
        if b"macroEnabled" in types or b"vbaProject" in types:
            raise Invalid(MACROS)
        if f"{wanted}.main+xml".encode() not in _CONTENT_TYPE.findall(types):
            raise Invalid(NOT_AS_NAMED)


def _open_document(content: bytes, wanted: str) -> None:
    with _opened(content) as archive:
        if _read(archive, "mimetype").strip() != wanted.encode():
            raise Invalid(NOT_AS_NAMED)
        if b"encryption-data" in _read(archive, "META-INF/manifest.xml"):
            raise Invalid(LOCKED)


def _opened(content: bytes) -> zipfile.ZipFile:
    if content.startswith(_OLD_OFFICE):
        raise Invalid(LOCKED)
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Invalid(NOT_AS_NAMED) from error
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    swells = unpacked > _LARGE and unpacked > _MAX_RATIO * len(content)
    if len(parts) > _MAX_PARTS or unpacked > _MAX_UNPACKED or swells:
        raise Invalid(SWELLING)
    if any(part.flag_bits & 1 for part in parts):
        raise Invalid(LOCKED)
    if any(_MACRO_PART.search(part.filename) for part in parts):
        raise Invalid(MACROS)
    return archive


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """One small part; never more of it than its place demands, whatever it says of its own size."""
    try:
        with archive.open(name) as part:
            return part.read(_MAX_READ)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise Invalid(NOT_AS_NAMED) from error
    except Exception as error:  # zlib.error and lzma's own, whose common root is Exception
        raise Invalid(NOT_AS_NAMED) from error


_CHECKS: dict[str, Callable[[bytes, str], None]] = {
    "application/pdf": _pdf,
    "image/png": _image,
    "image/jpeg": _image,
    "text/plain": _text,
    "text/csv": _text,
    **{kind: _office for ending, kind in MEDIA_TYPES.items() if ending in {"docx", "xlsx", "pptx"}},
    **{kind: _open_document for ending, kind in MEDIA_TYPES.items() if ending in {"odt", "ods", "odp"}},
}
