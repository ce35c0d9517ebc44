"""Puts a task's page together: the form and all that surrounds it."""

from dataclasses import dataclass
from typing import Any

from flask import render_template

from engine.commands.task_files import file_fields
from engine.forms import visible
from engine.people import Person
from engine.queries import TaskDetail
from engine.queries.attachments import AttachmentRow, files_of_task
from engine.queries.comments import CommentRow, comments_of, people_around
from engine.queries.contributions import ContributionRow, contributions_of
from engine.queries.drafts import DraftRow, drafts_of_others, may_see_drafts
from engine.queries.submissions import SubmissionRow
from web import context, words
from web.forms.fields import Field
from web.views import form_page, nearest
from web.views.decision_page import decision_page
from web.views.form_page import Posted

LONG_FORM = 5  # so many questions, rows of tables counted, need a list of them to find one's way


@dataclass(frozen=True)
class OtherDraft:
    """A colleague's draft, and what the questions are called in which it differs from the reader's."""

    draft: DraftRow
    differs_in: list[str]


@dataclass(frozen=True)
class Surroundings:
    """What stands around the form."""

    files: list[AttachmentRow]
    comments: list[CommentRow]
    people: list[Person]
    others: list[OtherDraft]
    contributions: list[ContributionRow]

    @property
    def beside(self) -> list[AttachmentRow]:
        """Files that answer no question of the form."""
        return [row for row in self.files if row.field is None]


@dataclass(frozen=True)
class Mark:
    """A question in the list of them: answered, missing though it has to be answered, or free to leave out."""

    path: str
    id: str
    label: str
    answered: bool
    optional: bool


def show(
    detail: TaskDetail,
    posted: Posted,
    version: int | None = None,
    comment: tuple[str, list[str], str] = ("", [], ""),
) -> str:
    """The page. `posted` is what the form holds; `version` the draft's that it began with, if not the saved one's.

    `comment`: a comment that could not be kept, whom it mentions, and why.
    """
    around = surroundings(detail)
    errors = [error for error in posted.errors if error.path != "_files"]
    shown = form_page.fields(detail.form, posted.values, detail.task.pack_key, errors, posted.focus, around.files)
    return render_template(
        "decisions/one.html" if detail.task.gate else "tasks/one.html",
        detail=detail,
        task=detail.task,
        fields=shown,
        errors=form_page.error_links(shown, errors) + _file_errors(posted) + _comment_errors(comment[2]),
        unsaved=posted.unsaved,
        comment=comment,
        version=detail.draft_version if version is None else version,
        around=around,
        marks=marks(detail, shown, posted.values, around.files),
        cause=_cause(detail),
        nearest=nearest.days_with_deadlines(detail.task.id),
        has_file_field=bool(file_fields(detail.form)),
        read_answers=lambda row: form_page.read_answers(row.form, row.values, detail.task.pack_key),
        **(decision_page(detail) if detail.task.gate else {}),
    )


def surroundings(detail: TaskDetail) -> Surroundings:
    person, task = context.person(), detail.task
    with context.database().read() as connection:
        shares = task.state == "open" and may_see_drafts(person, task)
        drafts = drafts_of_others(connection, person, task.id) if shares else []
        return Surroundings(
            files=files_of_task(connection, task.id),
            comments=comments_of(connection, task.id),
            people=people_around(connection, person, task) if task.state == "open" else [],
            others=[OtherDraft(draft, differing(detail, draft.values)) for draft in drafts],
            contributions=contributions_of(connection, task.id, words.titles()) if shares else [],
        )


def differing(detail: TaskDetail, other: dict[str, Any]) -> list[str]:
    """What the questions are called that are answered in another way in `other`."""
    fields: dict[str, dict[str, Any]] = detail.form.get("properties", {})
    return [
        words.words(str(field.get("title", name)))
        for name, field in fields.items()
        if (detail.values.get(name) or None) != (other.get(name) or None)
    ]


def marks(detail: TaskDetail, shown: list[Field], values: dict[str, Any], files: list[AttachmentRow]) -> list[Mark]:
    """The questions that are asked, with whether each has been answered; none for a short form."""
    if len(shown) < 2 or sum(1 + len(field.rows) for field in shown) < LONG_FORM:
        return []
    asked = visible(detail.form, dict.fromkeys(detail.form.get("properties", {}), True) | values)
    with_files = {row.field for row in files}
    return [
        Mark(
            field.path,
            field.target,
            field.label,
            is_answered(field, values.get(field.path)) or field.path in with_files,
            field.optional,
        )
        for field in shown
        if field.path in asked
    ]


def is_answered(field: Field, value: Any) -> bool:
    """Whether something is filled in that the page shows; rows prefilled from another form may be none of its own."""
    if field.kind == "grid" and isinstance(value, list):
        keys = {row.key for row in field.rows}
        value = [row for row in value if isinstance(row, dict) and row.get("item") in keys]
    return _holds_something(value)


def _holds_something(value: Any) -> bool:
    if isinstance(value, list):
        return any(_holds_something(one) for one in value)
    if isinstance(value, dict):
        return any(_holds_something(one) for name, one in value.items() if name != "item")
    return value not in (None, "")


def _file_errors(posted: Posted) -> list[tuple[str, str]]:
    return [("bifoga", words.said(error.message)) for error in posted.errors if error.path == "_files"]


def _comment_errors(message: str) -> list[tuple[str, str]]:
    return [("kommentar", message)] if message else []


def _cause(detail: TaskDetail) -> SubmissionRow | None:
    """What was handed in when the task opened: that is why it did."""
    came = [row for row in [*detail.context, *detail.previous] if row.submitted_at == detail.task.created_at]
    return came[0] if came else None
