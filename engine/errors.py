"""Every error that the engine lets out, drawn as a tree.

SamflodeError
├── NotFound           404  no such task, instance, agreement ... (or not for this person to know of)
├── NotPermitted       403  the person may not do this; the message says why
├── Conflict           409  somebody or something got there first
│   ├── AlreadyDone         the task is completed or cancelled
│   └── Stale               the instance changed meanwhile; try again
├── Invalid            422  the input is wrong; nothing was written
│   ├── InvalidForm         ... with an error by field
│   └── InvalidFile         ... with a sentence for each row that is wrong
├── Unavailable        503  the database is away or its disk is full; nothing was written
│   └── Uncertain           ... it went away while it was to commit: look before you do it again
├── ExecutionFailed    500  a model or a handler failed while running; becomes an incident
│   └── Undone              ... after what a person did, which was undone with it
└── Misconfigured      exit 1: a setting is missing or wrong

A message is a whole Swedish sentence for people: what happened and what to do. SpiffWorkflow's and SQLAlchemy's own
exceptions do not pass the doors in `engine.bpmn` and `engine.database`.
"""

from dataclasses import dataclass, field
from typing import Any


class SamflodeError(Exception):
    """The root: catch this at an edge (a view, a CLI command, the worker)."""


class NotFound(SamflodeError):
    """The thing does not exist, or this person is not to know that it does."""


class NotPermitted(SamflodeError):
    """The person has no role that allows this, or four eyes are needed."""


class Conflict(SamflodeError):
    """What was asked for does not fit with what has happened meanwhile."""


class AlreadyDone(Conflict):
    """The task was completed or cancelled before this request came."""


class Stale(Conflict):
    """The process instance was changed by another transaction; load it again and retry."""


class Invalid(SamflodeError):
    """The input is wrong and nothing was written."""


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field. `path` is the field's name, or `table.row.column` (rows count from 0)."""

    path: str
    message: str


class InvalidForm(Invalid):
    """Values that a form does not accept, with an error by field."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("Några uppgifter behöver rättas.")
        self.errors = errors


class InvalidFile(Invalid):
    """A file that cannot be taken in, with everything that is wrong in it. Nothing was written."""

    MOST_SHOWN = 200

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        more = len(faults) - self.MOST_SHOWN
        shown = [*faults[: self.MOST_SHOWN], *([f"och {more} fel till."] if more > 0 else [])]
        super().__init__("\n  ".join(["Filen går inte att läsa in. Inget har ändrats.", *shown]))


class Unavailable(SamflodeError):
    """The database does not answer, or has no room left. Nothing was written."""


class Uncertain(Unavailable):
    """The database went away between being asked to commit and its answer: nobody knows whether it did."""


@dataclass(frozen=True)
class Attempt:
    """What a failing step was set off by: kind `timer`, `message` or `task`, and its id. A task's person and values."""

    kind: str
    subject: str
    person_id: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


class ExecutionFailed(SamflodeError):
    """A model, an expression or a handler failed. Says which element of which process.

    On its way out it learns where it happened: `element_id`, the routing values there, the instances (innermost first).
    """

    def __init__(self, message: str, element_id: str | None = None, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.element_id = element_id
        self.data = data
        self.instance_ids: list[str] = []
        self.attempt: Attempt | None = None


class Undone(ExecutionFailed):
    """What a person did could not be followed by an automatic step; it was undone as a whole."""

    def __init__(self, message: str, cause: ExecutionFailed, attempt: Attempt) -> None:
        super().__init__(message, cause.element_id, cause.data)
        self.reason = str(cause)
        self.instance_ids = cause.instance_ids
        self.attempt = attempt


class Misconfigured(SamflodeError):
    """A setting is missing or wrong; one line says which and what to do."""
