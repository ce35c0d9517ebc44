"""What becomes of a task's files when it is completed: they are named in what is handed in, and stay with it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, select, update

from engine.database.workplace_tables import attachment
from engine.queries.submissions import FILES

_LONGEST_NAME = 200


def not_handed_in(task_id: Any) -> tuple[ColumnElement[bool], ...]:
    """The files of a task that can still be taken away."""
    return attachment.c.task_id == task_id, attachment.c.submission_id.is_(None), attachment.c.removed_at.is_(None)


_WAITING = (
    select(attachment).where(*not_handed_in(bindparam("task_id"))).order_by(attachment.c.added_at, attachment.c.id)
)
_HAND_IN = update(attachment).where(attachment.c.id.in_(bindparam("ids", expanding=True)))


def waiting(connection: Connection, task_id: str) -> Sequence[Row[Any]]:
    """The files that go with the task when it is handed in, in the order in which they came."""
    return connection.execute(_WAITING, {"task_id": task_id}).all()


def file_fields(form: dict[str, Any]) -> list[str]:
    """The names of the form's questions that are answered with a file."""
    return [name for name, field in form.get("properties", {}).items() if field.get("x-widget") == "file"]


def named_in(form: dict[str, Any], values: dict[str, Any], files: Sequence[Any]) -> dict[str, Any]:
    """The values with the files' names as the answers to the questions that ask for them."""
    names: dict[str, list[str]] = {field: [] for field in file_fields(form)}
    for row in files:
        if row.field in names:
            names[row.field].append(row.name)
    return {**values, **{field: ", ".join(given)[:_LONGEST_NAME] for field, given in names.items() if given}}


def told_in(values: dict[str, Any], files: Sequence[Any]) -> dict[str, Any]:
    """The values with the list of files that are handed in with them."""
    if not files:
        return values
    told = [
        {"id": row.id, "name": row.name, "field": row.field, "size": row.size, "sha256": row.sha256} for row in files
    ]
    return {**values, FILES: told}


def hand_in(connection: Connection, files: Sequence[Row[Any]], submission_id: str) -> None:
    """From now on they stay with the submission."""
    connection.execute(_HAND_IN, {"ids": [row.id for row in files], "submission_id": submission_id})
