"""One page of a long list, and the cursor that leads to the next one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from engine.errors import Invalid

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """`next_cursor` is None on the last page; `total` counts all pages."""

    items: list[T]
    next_cursor: str | None
    total: int


def write_cursor(moment: datetime, row_id: str) -> str:
    """A cursor is the sort key of the last row shown, so that rows that come and go never shift the pages."""
    return f"{moment.strftime('%Y%m%dT%H%M%S.%fZ')}~{row_id}"


def read_cursor(cursor: str) -> tuple[datetime, str]:
    try:
        moment, row_id = cursor.split("~", 1)
        return datetime.strptime(moment, "%Y%m%dT%H%M%S.%f%z"), row_id
    except ValueError as error:
        raise Invalid("Länken till nästa sida går inte att läsa. Börja om från första sidan.") from error
