"""Files that come with a request, in its JSON: as base64, so that they are there with the rest of it or not at all."""

import base64
import binascii
from typing import Annotated

from pydantic import AfterValidator, Field

from engine.commands.attachments import add_file
from engine.commands.kept_files import MAX_FILES, SentFile
from engine.errors import FieldError, Invalid, InvalidForm
from engine.file_types import ACCEPTED
from web.api.routes import Call
from web.api.shapes import Name, Taken


def _base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("Skriv filens innehåll som base64.") from error
    return text


class SentAttachment(Taken):
    """A file to hand in."""

    name: Annotated[Name, Field(description=f"its ending is one of {ACCEPTED}, and its content is what that says")]
    field: Annotated[
        Name | None, Field(description="the form's question (`x-widget: file`) that it answers; none beside the form")
    ] = None
    content: Annotated[
        str,
        AfterValidator(_base64),
        Field(description="at most 20 MB before base64", json_schema_extra={"contentEncoding": "base64"}),
    ]

    def file(self) -> SentFile:
        return SentFile(self.name, base64.b64decode(self.content), self.field)


Attachments = Annotated[
    list[SentAttachment],
    Field(
        default_factory=list,
        max_length=MAX_FILES,
        description="files that are handed in with it; a request may be at most 40 MB",
    ),
]


def put_with_task(call: Call, task_id: str, attachments: list[SentAttachment]) -> None:
    """Put files with a task that is about to be completed. Raises InvalidForm with an error by file."""
    errors = []
    for number, attachment in enumerate(attachments):
        file = attachment.file()
        try:
            add_file(call.connection, call.now, call.person, task_id, file.name, file.content, field=file.field)
        except Invalid as error:
            errors.append(FieldError(f"attachments.{number}", str(error)))
    if errors:
        raise InvalidForm(errors)
