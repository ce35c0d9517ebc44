"""What a page needs to draw one question. Made by `rendering`, drawn by templates/components/form.html."""

from dataclasses import dataclass

from engine.queries.attachments import AttachmentRow
from web.forms.reading import Kind


@dataclass(frozen=True)
class Option:
    value: str
    title: str
    hint: str
    chosen: bool
    id: str


@dataclass(frozen=True)
class Condition:
    """When the question is asked: `field` is another field's name in the page, `answers` are what it must be one of."""

    field: str
    answers: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class Row:
    """A row of a table. With a `key` it stands for a catalogue item and cannot be removed."""

    index: int
    title: str
    text: str
    key: str
    cells: tuple["Field", ...]
    error: str
    id: str


@dataclass(frozen=True)
class Field:
    """One question and its answer so far. `path` is both its name in the page and where an error points."""

    kind: Kind
    path: str
    id: str
    label: str
    hint: str
    error: str
    optional: bool
    value: str = ""
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    columns: tuple[str, ...] = ()
    max_length: int | None = None
    whole_number: bool = False
    condition: Condition | None = None
    focus: bool = False
    files: tuple[AttachmentRow, ...] = ()  # those of a question that is answered with files

    @property
    def is_group(self) -> bool:
        """Whether it consists of several controls, so that its label is a legend."""
        return self.kind in ("radio", "yesno", "scale", "checkboxes", "table", "grid")

    @property
    def is_wide(self) -> bool:
        return self.kind in ("textarea", "checkboxes", "radio", "scale", "file")

    @property
    def target(self) -> str:
        """The id of what an error in the summary leads to: the first control."""
        return self.options[0].id if self.options and self.kind != "select" else self.id

    @property
    def described_by(self) -> str:
        return " ".join(f"{self.id}-{part}" for part, there in (("hint", self.hint), ("error", self.error)) if there)
