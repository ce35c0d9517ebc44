"""The county picture: every municipality and stage at one moment."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from engine.clock import end_of_day, local_date
from engine.errors import FieldError, NotFound
from engine.packs import deployed_packs
from engine.queries.status import status_picture
from web.api.problems import INVALID, Refused
from web.api.routes import Call, route
from web.api.shapes import Day, Given, Name, Taken

FIRST_DAY = date(2000, 1, 1)


class Cell(Given):
    """Where one agreement stands in one stage. `status`: none, going, wait, late, done or back (sent back)."""

    stage: str
    status: str
    since: datetime | None
    until: datetime | None
    days_late: int
    age_days: int
    round: int
    label: str | None


class StageTitle(Given):
    key: str
    title: str
    group: str


class Municipality(Given):
    """One municipality's row of the matrix; its cells are in the order of the stages."""

    organisation: str
    organisation_name: str
    agreement_key: str | None
    agreement_status: str | None
    in_force_on: date | None
    valid_to: date | None
    status: str
    current_stage: str | None
    stage_since: datetime | None
    days_late: int
    reason: str | None
    waiting_for: str | None
    last_review: date | None
    next_review: date | None
    open_deviations: int
    cells: list[Cell]


class Matrix(Given):
    """Municipalities by stages."""

    as_of: datetime
    pack: str
    stages: list[StageTitle]
    items: list[Municipality]


class StatusQuery(Taken):
    as_of: Annotated[Day | None, Field(description="the end of this day; now when left out")] = None
    pack: Annotated[Name | None, Field(description="a process pack's key; the first one when left out")] = None


@route("GET", "/status", "Where every municipality stands", query=StatusQuery, gives=Matrix, refusals=(404,))
def get_status(call: Call, query: StatusQuery) -> Matrix:
    packs = {pack.key: pack for pack in deployed_packs(call.connection)}
    wanted = query.pack or next(iter(packs), None)
    if wanted not in packs:
        raise NotFound("Inget sådant processpaket är inläst.")
    picture = status_picture(call.connection, wanted, moment_of(call, query.as_of))
    rows = [
        Municipality.model_validate({**vars(row), "cells": [row.cells[stage.key] for stage in picture.stages]})
        for row in picture.rows
    ]
    stages = [StageTitle.model_validate(stage) for stage in picture.stages]
    return Matrix(as_of=picture.as_of, pack=wanted, stages=stages, items=rows)


def moment_of(call: Call, day: date | None) -> datetime:
    """The end of a day that has been, or now. Raises Refused for a day that has not come, or before there was any."""
    today = local_date(call.now)
    if day is None or day == today:
        return call.now
    if not FIRST_DAY <= day < today:
        told = FieldError("as_of", f"Välj en dag från {FIRST_DAY.isoformat()} till i dag.")
        raise Refused(INVALID, "There is no picture of that day.", [told])
    return end_of_day(day)
