"""Reads the files of a pack one by one; whatever is wrong with a file becomes a finding instead of a traceback."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import orjson
from babel.messages.pofile import PoFileError, read_po

from engine.bpmn.findings import Finding

MAX_BYTES = 2_000_000

T = TypeVar("T")


class PackFiles:
    """The files below one pack's folder, and the findings that reading them has given so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Finding] = []

    def report(self, file: str, reason: str, element_id: str | None = None) -> None:
        self.findings.append(Finding(file, element_id, reason))

    def listed(self, pattern: str) -> list[str]:
        """The files that match, as paths from the pack's folder, in order. Hidden ones do not count."""
        found = (path.relative_to(self.folder) for path in self.folder.glob(pattern) if path.is_file())
        return sorted(path.as_posix() for path in found if not path.name.startswith("."))

    def text(self, file: str) -> str | None:
        """The file's text, or None when it is missing, too big or not UTF-8."""
        return self._guarded(file, lambda: self._text(self.folder / file))

    def toml(self, file: str) -> dict[str, Any] | None:
        text = self.text(file)
        return None if text is None else self._guarded(file, lambda: tomllib.loads(text))

    def json(self, file: str) -> dict[str, Any] | None:
        """The JSON object in the file."""
        text = self.text(file)
        return None if text is None else self._guarded(file, lambda: _json_object(text))

    def translations(self, file: str) -> dict[str, str]:
        """Swedish text to its translation, for every message of a gettext catalogue that is translated."""
        text = self.text(file)
        return {} if text is None else self._guarded(file, lambda: _translated(text)) or {}

    def _text(self, path: Path) -> str:
        if not path.is_file():
            raise ValueError("filen saknas")
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"filen är större än {MAX_BYTES // 1_000_000} MB")
        return path.read_bytes().decode("utf-8-sig")

    def _guarded(self, file: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except OSError as error:
            self.report(file, f"filen går inte att läsa: {error.strerror}")
        except RecursionError:
            self.report(file, "filen är för djupt nästlad")
        except ValueError as error:
            self.report(file, _reason(error))
        return None


def _reason(error: ValueError) -> str:
    match error:
        case UnicodeDecodeError():
            return "filen är inte UTF-8"
        case tomllib.TOMLDecodeError():
            return f"filen är inte giltig TOML: {error}"
        case orjson.JSONDecodeError():
            return f"filen är inte giltig JSON: {error}"
        case _:
            return str(error)


def _json_object(text: str) -> dict[str, Any]:
    value = orjson.loads(text)
    if not isinstance(value, dict):
        raise ValueError("filen ska innehålla ett JSON-objekt")  # noqa: TRY004 - a fault of the file, not of the call
    return value


def _translated(text: str) -> dict[str, str]:
    try:
        messages = list(read_po(text.splitlines(keepends=True), abort_invalid=True))
    except (PoFileError, ValueError, LookupError, TypeError, AttributeError) as error:
        # All but the first are what the reader lets out on odd headers and plurals.
        raise ValueError(f"filen är inte en giltig översättning (gettext): {error}") from error
    return {
        message.id: message.string
        for message in messages
        if isinstance(message.id, str) and isinstance(message.string, str)
        if message.id and message.string and not message.fuzzy
    }
