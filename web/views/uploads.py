"""Files that come with a form: kept at once, whatever becomes of the rest of the form."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _

from engine.commands.attachments import add_file, remove_file
from engine.commands.task_files import file_fields
from engine.errors import FieldError, Invalid, NotFound
from engine.file_types import MAX_BYTES, TOO_LARGE
from engine.queries import TaskDetail
from engine.queries.attachments import AttachmentRow, files_of_task
from web import context, words
from web.views.form_page import Posted

BESIDE = "_files"
REMOVE = "remove-file:"

Add = Callable[[str | None, str, bytes], object]  # the question that it answers, its name, its content


def keep(detail: TaskDetail) -> list[FieldError]:
    """Keep each file of this request with the task. What cannot be kept is told; the others are kept all the same."""

    def add(field: str | None, name: str, content: bytes) -> None:
        context.database().run(
            lambda connection: add_file(
                connection, context.now(), context.person(), detail.task.id, name, content, field=field
            )
        )

    return keep_each(detail.form, add)


def keep_each(form: dict[str, Any], add: Add) -> list[FieldError]:
    """Let `add` keep each file of this request that a question of the form, or the place beside it, asked for."""
    errors = []
    for field in (*file_fields(form), BESIDE):
        for file in request.files.getlist(field):
            if file.filename:
                content = file.stream.read(MAX_BYTES + 1)
                errors += _keep(add, field, file.filename, content)
            file.close()
    return errors


def removed(task_id: str, action: str) -> str | None:
    """When the button that removes a file was pressed: the file's name, once it is gone."""
    with context.database().read() as connection:
        files = files_of_task(connection, task_id)
    return remove_one(
        action,
        files,
        lambda attachment_id: context.database().run(
            lambda connection: remove_file(connection, context.now(), context.person(), task_id, attachment_id)
        ),
    )


def remove_one(action: str, files: Sequence[AttachmentRow], remove: Callable[[str], object]) -> str | None:
    """Let `remove` take the file away whose button was pressed. Returns its name, None when it was another button."""
    if not action.startswith(REMOVE):
        return None
    attachment_id = action.removeprefix(REMOVE)
    name = next((file.name for file in files if file.id == attachment_id), None)
    try:
        remove(attachment_id)
    except NotFound:
        return name  # a colleague was faster: it is gone, as was wanted
    return name


def errors_beside(posted: Posted) -> list[tuple[str, str]]:
    """What was wrong with files beside the form, for the error summary."""
    return [("bifoga", words.said(error.message)) for error in posted.errors if error.path == BESIDE]


def _keep(add: Add, field: str, name: str, content: bytes) -> list[FieldError]:
    if len(content) > MAX_BYTES:
        return [FieldError(field, _told(name, TOO_LARGE))]
    try:
        add(None if field == BESIDE else field, name, content)
    except Invalid as error:
        return [FieldError(field, _told(name, str(error)))]
    return []


def _told(name: str, reason: str) -> str:
    return _("%(name)s: %(reason)s", name=name[:100], reason=words.said(reason))
