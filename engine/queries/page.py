"""One page of a long list, and the cursor that leads to the next one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from engine.errors import Invalid

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """`next_cursor` is None on the last page, `previous_cursor` on the first; `total` counts all pages."""

    items: list[T]
    next_cursor: str | None
    total: int
    previous_cursor: str | None = None


def write_cursor(moment: datetime, row_id: str) -> str:
    """A cursor is the sort key of the last row shown, so that rows that come and go never shift the pages."""
    return f"{moment.strftime('%Y%m%dT%H%M%S.%fZ')}~{row_id}"


def read_cursor(cursor: str) -> tuple[datetime, str]:
    try:
        moment, row_id = cursor.split("~", 1)
        return read_moment(moment), row_id
    except ValueError as error:
        raise Invalid("Länken till nästa sida går inte att läsa. Börja om från första sidan.") from error


def read_moment(text: str) -> datetime:
    """A cursor's moment. Raises ValueError; takes no other time zone, in which the first and last years end outside."""
    return datetime.strptime(text, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
