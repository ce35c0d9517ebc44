"""Files that come with a task's form: kept at once, whatever becomes of the rest of the form."""

from flask import request
from flask_babel import gettext as _

from engine.commands.attachments import add_file, remove_file
from engine.commands.task_files import file_fields
from engine.errors import FieldError, Invalid, NotFound
from engine.file_types import MAX_BYTES, TOO_LARGE
from engine.queries import TaskDetail
from engine.queries.attachments import files_of_task
from web import context, words

BESIDE = "_files"
REMOVE = "remove-file:"


def keep(detail: TaskDetail) -> list[FieldError]:
    """Keep each file of this request. What cannot be kept is told; the others are kept all the same."""
    errors = []
    for name in (*file_fields(detail.form), BESIDE):
        for file in request.files.getlist(name):
            if file.filename:
                errors += _keep(detail, name, file.filename, file.stream.read(MAX_BYTES + 1))
            file.close()
    return errors


def removed(task_id: str, action: str) -> str | None:
    """When the button that removes a file was pressed: the file's name, once it is gone."""
    if not action.startswith(REMOVE):
        return None
    attachment_id = action.removeprefix(REMOVE)
    with context.database().read() as connection:
        names = {row.id: row.name for row in files_of_task(connection, task_id)}
    try:
        context.database().run(
            lambda connection: remove_file(connection, context.now(), context.person(), task_id, attachment_id)
        )
    except NotFound:
        return names.get(attachment_id)  # a colleague was faster: it is gone, as was wanted
    return names.get(attachment_id)


def _keep(detail: TaskDetail, field: str, name: str, content: bytes) -> list[FieldError]:
    if len(content) > MAX_BYTES:
        return [FieldError(field, _told(name, TOO_LARGE))]
    try:
        context.database().run(
            lambda connection: add_file(
                connection,
                context.now(),
                context.person(),
                detail.task.id,
                name,
                content,
                field=None if field == BESIDE else field,
            )
        )
    except Invalid as error:
        return [FieldError(field, _told(name, str(error)))]
    return []


def _told(name: str, reason: str) -> str:
    return _("%(name)s: %(reason)s", name=name[:100], reason=words.said(reason))
