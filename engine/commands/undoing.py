"""A person's step and what follows of itself are one whole: when what follows fails, the person is told so plainly."""

from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import AlreadyDone, Attempt, ExecutionFailed, SamflodeError, Stale, Unavailable, Undone

UNDONE = (
    "Uppgiften kunde inte slutföras: ett steg som skulle följa av sig självt gick inte att utföra. Inget har ändrats. "
    "Det du skrev är sparat som utkast, och en administratör ser felet."
)
_FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


@contextmanager
def undone_as_a_whole(attempt: Attempt) -> Iterator[None]:
    """Raise Undone for whatever fails inside, but for what is nobody's fault and may be tried again."""
    try:
        yield
    except (Stale, AlreadyDone, Unavailable):
        raise
    except ExecutionFailed as error:
        raise Undone(UNDONE, error, attempt) from error
    except (SamflodeError, *_FAULTS) as error:
        raise Undone(UNDONE, ExecutionFailed(f"{type(error).__name__}: {error}"), attempt) from error
