"""What is wrong with a process pack: one `Finding` per fault, and the error that carries them all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.errors import Invalid


@dataclass(frozen=True, order=True)
class Finding:
    """One fault: in which file (path from the pack's folder), at which element if any, and why, in Swedish.

    `path` are the steps of the shortest way there, where a process has to be run to see the fault.
    """

    file: str
    element_id: str | None
    reason: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.told(str)

    def told(self, say: Callable[[str], str]) -> str:
        """One line, with its sentences put through `say`, for instance into English."""
        where = f"{self.file}: {self.element_id}" if self.element_id else self.file
        way = say(f" (kortaste vägen dit: {' → '.join(self.path)})") if self.path else ""
        return f"{where}: {say(self.reason)}{way}"


class InvalidPack(Invalid):
    """A process pack with faults; nothing was stored. The message has one line per finding."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sort_findings(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, by file, then element, then reason."""
    return sorted(set(findings), key=lambda finding: (finding.file, finding.element_id or "", finding.reason))
