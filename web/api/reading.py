"""Reads what a request brings: the parts of its address, its query, its content. Everything else is refused by name."""

import re
from typing import Any

from flask import abort, request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.errors import FieldError
from web.api.json_text import field_name, read_json
from web.api.problems import INVALID, UNSUPPORTED_MEDIA_TYPE, Refused

LARGEST = 5 * 1024 * 1024
LARGEST_WITH_FILES = 40 * 1024 * 1024
LONGEST_PART = 200
_KEY = re.compile(r"[!-~]{1,200}")

# What is wrong, by pydantic's name for it. The rest say it in pydantic's own words.
SENTENCES = {
    "missing": "Fyll i det här fältet.",
    "extra_forbidden": "Fältet finns inte.",
    "string_type": "Skriv text.",
    "dict_type": "Skriv ett JSON-objekt.",
}


def path_parts(parts: dict[str, str]) -> dict[str, str]:
    """Nothing that we have made has such a name, and a database may refuse to look for it."""
    if any("\x00" in part or len(part) > LONGEST_PART for part in parts.values()):
        abort(404)
    return parts


def query(model: type[BaseModel] | None) -> dict[str, BaseModel]:
    """The query as `model`; an unknown name is refused, so that a misspelt filter does not list everything."""
    given: dict[str, Any] = {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Refused(INVALID, "The query is not right.", [FieldError(name, "Ange det bara en gång.")])
        if "\x00" in name or "\x00" in values[0]:
            unfit = FieldError(name.replace("\x00", ""), "Texten innehåller tecken som inte kan sparas.")
            raise Refused(INVALID, "The query is not right.", [unfit])
        given[name] = values[0]
    if model is None:
        if given:
            unknown = [FieldError(name, SENTENCES["extra_forbidden"]) for name in given]
            raise Refused(INVALID, "The query is not right.", unknown)
        return {}
    try:
        return {"query": model.model_validate_strings(given)}
    except ValidationError as error:
        raise _refused(error, "The query is not right.") from error


def body(model: type[BaseModel] | None) -> dict[str, BaseModel]:
    """The content as `model`. A request that may leave everything out may leave the content out, too."""
    takes_files = model is not None and "attachments" in model.model_fields
    request.max_content_length = LARGEST_WITH_FILES if takes_files else LARGEST
    text = request.get_data(cache=True)
    if model is None:
        if text.strip() not in (b"", b"{}"):
            raise Refused(INVALID, "This request takes no content.")
        return {}
    optional = not any(field.is_required() for field in model.model_fields.values())
    if not text and optional:
        return {"body": model()}
    if request.mimetype != "application/json":
        raise Refused(UNSUPPORTED_MEDIA_TYPE, "Send the content as application/json.")
    value = read_json(text)
    if len(text) > LARGEST and len(text) - _of_files(value) > LARGEST:
        abort(413)
    try:
        return {"body": model.model_validate(value, strict=True)}
    except ValidationError as error:
        raise _refused(error, "Some values need to be corrected.") from error


def _of_files(value: Any) -> int:
    """How much of the content is files' content."""
    sent = value.get("attachments") if isinstance(value, dict) else None
    contents = [file.get("content") for file in sent if isinstance(file, dict)] if isinstance(sent, list) else []
    return sum(len(content) for content in contents if isinstance(content, str))


def idempotency_key() -> str | None:
    """The sender's own key for this request, so that sending it twice does it once."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    if not _KEY.fullmatch(given):
        told = FieldError("Idempotency-Key", "Skriv 1 till 200 tecken ur ASCII, utan mellanslag.")
        raise Refused(INVALID, "The header Idempotency-Key cannot be used.", [told])
    return given


def _refused(error: ValidationError, detail: str) -> Refused:
    return Refused(INVALID, detail, [_field_error(each) for each in error.errors(include_url=False)])


def _field_error(error: ErrorDetails) -> FieldError:
    message = SENTENCES.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    return FieldError(field_name(error["loc"]), message)
