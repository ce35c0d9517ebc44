"""A form of a pack on a page: from schema and values to fields, and from what was posted to values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from engine.commands import task_files
from engine.errors import FieldError
from engine.forms import validate
from engine.queries.attachments import AttachmentRow
from web import dates, language, words
from web.forms import answers, parsing, rendering
from web.forms.answers import Answer
from web.forms.fields import Field

Schema = dict[str, Any]


@dataclass(frozen=True)
class Posted:
    """What came: the values, what is wrong with them, and where the focus goes when a row was added or removed."""

    values: dict[str, Any]
    errors: list[FieldError]
    rows_changed: bool = False
    focus: str = ""

    @property
    def unsaved(self) -> bool:
        """Whether what came is kept nowhere but on the page that answers."""
        return self.rows_changed or bool(self.errors)

    @property
    def action(self) -> str:
        return request.form.get("do", "save")


def fields(
    schema: Schema,
    values: dict[str, Any],
    pack_key: str,
    errors: Iterable[FieldError] = (),
    focus: str = "",
    files: Sequence[AttachmentRow] = (),
) -> list[Field]:
    built = rendering.build(
        schema, values, errors, words.catalogues(pack_key), words.words, decimal=_decimal(), focus=focus
    )
    if not files:
        return built
    return [replace(field, files=tuple(row for row in files if row.field == field.path)) for field in built]


def read_posted(schema: Schema, pack_key: str, files: Sequence[AttachmentRow] = ()) -> Posted:
    """What the form of this request holds; complete or not, right or wrong. `files` are what has been attached."""
    catalogues = words.catalogues(pack_key)
    values, unreadable = parsing.parse(schema, catalogues, request.form)
    changed = parsing.with_changed_rows(schema, catalogues, request.form, values)
    if changed is not None:
        return Posted(changed[0], [], rows_changed=True, focus=changed[1])
    named = task_files.named_in(schema, values, files)
    wrong = [error for error in validate(schema, named, catalogues) if not _covered(error, unreadable)]
    return Posted(values, [*unreadable, *wrong])


def error_links(shown: list[Field], errors: Iterable[FieldError]) -> list[tuple[str, str]]:
    return [(target, words.said(sentence)) for target, sentence in rendering.error_links(shown, errors)]


def read_answers(schema: Schema, values: dict[str, Any], pack_key: str) -> list[Answer]:
    """The answers in words."""
    return answers.read_answers(
        schema, values, words.catalogues(pack_key), words.words, decimal=_decimal(), day=dates.short_date
    )


def _covered(error: FieldError, others: list[FieldError]) -> bool:
    """What could not be read is reported once, in the words of the reader."""
    return any(error.path == other.path or other.path.startswith(f"{error.path}.") for other in others)


def _decimal() -> str:
    return "," if language.current() == "sv" else "."
