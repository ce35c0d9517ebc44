"""What an export is before it is a file: tables of typed values, and what their columns mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

Kind = Literal["text", "long", "number", "decimal", "date", "moment"]
Tone = Literal["none", "going", "wait", "late", "done", "back"]


@dataclass(frozen=True)
class Missing:
    """A value that is not there, and why. Never 0 and never just empty."""

    why: str


@dataclass(frozen=True)
class Marked:
    """A text with a status: it gets the status's colour as well, but says everything in words."""

    text: str
    tone: Tone


Value = str | int | float | date | datetime | Missing | Marked | None


@dataclass(frozen=True)
class Column:
    """One column. `meaning` is what the list of definitions says of it; `width` is in characters."""

    title: str
    meaning: str = ""
    kind: Kind = "text"
    width: float = 16


@dataclass(frozen=True)
class Table:
    """`rows` may be a generator: a long list is written as it is read. `key` names the table inside the file."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    note: str = ""
    pages_wide: int = 1
    pages_high: int = 0  # as many as needed
    long: bool = False  # thousands of rows: one line each, written as they are read
    fixed_columns: int = 1


@dataclass(frozen=True)
class About:
    """What every file says of itself: which moment it shows, and when and in which language it was made."""

    title: str
    as_of: datetime
    generated_at: datetime
    locale: str = "sv"
    lines: Sequence[str] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        for moment in (self.as_of, self.generated_at):
            if moment.tzinfo is None:
                raise ValueError(f"a moment without time zone: {moment!r}")

    @property
    def created(self) -> datetime:
        """The moment of making, in UTC without zone, as document properties want it."""
        return self.generated_at.astimezone(UTC).replace(tzinfo=None)
