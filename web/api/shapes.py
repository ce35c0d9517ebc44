"""What several resources give and take: moments, days, pages, and the base of every model."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

MOST_ROWS = 200
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")


def _iso_day(given: Any) -> Any:
    if isinstance(given, str) and not _DAY.fullmatch(given):
        raise ValueError("Skriv datumet som år-månad-dag, till exempel 2026-11-24.")
    return given


def _rfc_moment(given: Any) -> Any:
    if isinstance(given, str) and not _MOMENT.fullmatch(given):
        raise ValueError("Skriv tiden enligt RFC 3339, till exempel 2026-11-24T08:00:00Z.")
    return given


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("Tiden ligger utanför kalendern.") from error


Day = Annotated[date, BeforeValidator(_iso_day)]
Moment = Annotated[datetime, BeforeValidator(_rfc_moment), AfterValidator(_in_utc)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Variables = dict[str, Any]


class Given(BaseModel):
    """What is given: read from the engine's frozen rows."""

    model_config = ConfigDict(from_attributes=True)


class Taken(BaseModel):
    """What is taken: nothing but what is named."""

    model_config = ConfigDict(extra="forbid")


class Paged(Taken):
    """The part of a query that asks for one page of a list."""

    cursor: Annotated[str | None, Field(max_length=400, description="`next_cursor` of the page before")] = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50


Item = TypeVar("Item", bound=BaseModel)


class PageOf(Given, Generic[Item]):
    """One page; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None
