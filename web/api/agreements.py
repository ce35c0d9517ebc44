"""Agreements: all of them, and one with its contents."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from engine.queries.agreement_detail import get_agreement
from engine.queries.agreements import search_agreements
from web.api.routes import Call, route
from web.api.shapes import Given, Paged, PageOf
from web.api.status import Cell


class Agreement(Given):
    """A regional agreement, or a municipality's local one."""

    key: str
    kind: str
    title: str
    organisation: str | None
    status: str
    in_force_on: date | None
    valid_to: date | None
    current_stage: str | None
    started_at: datetime
    ended_at: datetime | None
    process_instance_id: Annotated[str, Field(validation_alias="instance_id")]


class Section(Given):
    """One section; no text until somebody has handed one in."""

    key: str
    title: str
    text: str | None
    submitted_at: datetime | None


class Activity(Given):
    """One row of the plan that is current now."""

    activity: str
    when: str | None
    how: str | None
    by: str | None
    with_whom: str | None
    target_groups: list[str]
    follow_up: str | None
    status: str | None
    starts_on: date | None
    ends_on: date | None
    responsible: str | None


class Decision(Given):
    """One recorded decision: a party's own, or a body's at a gate."""

    kind: str
    party: str | None
    outcome: str
    decided_on: date | None
    body: str | None
    case_number: str | None
    reason: str | None
    stage: str | None
    recorded_at: datetime


class AgreementWithContents(Given):
    """One agreement with where it stands and what it says."""

    agreement: Agreement
    predecessor_key: str | None
    successor_key: str | None
    stages: list[Cell]
    sections: list[Section]
    activities: list[Activity]
    decisions: list[Decision]


@route("GET", "/agreements", "Every agreement, the regional ones first", query=Paged, gives=PageOf[Agreement])
def list_all_agreements(call: Call, query: Paged) -> PageOf[Agreement]:
    rows, onwards = search_agreements(call.connection, cursor=query.cursor, limit=query.limit)
    return PageOf[Agreement](items=[Agreement.model_validate(row) for row in rows], next_cursor=onwards)


@route(
    "GET", "/agreements/<path:key>", "One agreement with its contents", gives=AgreementWithContents, refusals=(404,)
)  # fmt: skip
def get_one_agreement(call: Call, key: str) -> AgreementWithContents:
    return AgreementWithContents.model_validate(get_agreement(call.connection, call.person, call.now, key))
