"""Deviations: those that you may see, and reporting one."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from engine.commands import start_process
from engine.queries.deviations import get_deviation, search_deviations
from engine.tokens import WORK
from web.api.process_instances import demand_known, pack_with
from web.api.routes import Call, Created, route
from web.api.sent_files import Attachments
from web.api.shapes import Given, Name, Paged, PageOf, Taken, Variables

PROCESS = "deviation"


class Deviation(Given):
    """Something that went wrong, or nearly, in the collaboration."""

    key: str
    organisation: str | None
    receiving_organisation: str | None
    principals: list[str]
    state: str
    reported_at: datetime
    reported_by_name: str
    happened: str
    happened_on: date | None
    place: str | None
    category: str | None
    clause: str | None
    consequence: str | None
    likelihood: str | None
    responsibility: str | None
    responsibility_at: datetime | None
    lesson: str | None
    closed_at: datetime | None
    agreement_key: str | None
    process_instance_id: Annotated[str, Field(validation_alias="instance_id")]


class DeviationQuery(Paged):
    organisation: Name | None = None
    state: Annotated[Literal["open", "all"], Field(description="open: those that are not closed")] = "all"


class Report(Taken):
    organisation: Annotated[Name, Field(description="the municipality's code")]
    variables: Annotated[Variables, Field(description="values of the report's form, by field")]
    attachments: Attachments


@route("GET", "/deviations", "Deviations, the newest first", query=DeviationQuery, gives=PageOf[Deviation])
def list_reported_deviations(call: Call, query: DeviationQuery) -> PageOf[Deviation]:
    rows, onwards = search_deviations(
        call.connection,
        call.person,
        organisation=query.organisation,
        open_only=query.state == "open",
        cursor=query.cursor,
        limit=query.limit,
    )
    return PageOf[Deviation](items=[Deviation.model_validate(row) for row in rows], next_cursor=onwards)


@route("GET", "/deviations/<key>", "One deviation", gives=Deviation, refusals=(404,))
def get_reported_deviation(call: Call, key: str) -> Deviation:
    return Deviation.model_validate(get_deviation(call.connection, call.person, call.now, key).deviation)


@route(
    "POST", "/deviations", "Report a deviation", scope=WORK, body=Report, gives=Deviation, status=201,
    refusals=(404, 409),
)  # fmt: skip
def report_deviation(call: Call, body: Report) -> Created:
    pack = pack_with(call, PROCESS)
    demand_known(pack, body.organisation)
    started = start_process(
        call.connection,
        call.now,
        call.person,
        PROCESS,
        organisation=body.organisation,
        values=body.variables,
        pack_key=pack.key,
        files=[attachment.file() for attachment in body.attachments],
    )
    return Created(get_reported_deviation(call, started.business_key), f"/api/v1/deviations/{started.business_key}")
