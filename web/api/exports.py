"""Registers to take away as workbooks."""

from typing import Annotated, Literal

from pydantic import Field

from engine.authorisation import may_export
from engine.errors import NotFound
from exports.kinds import FORMATS, KINDS, export, file_name
from web import context
from web.api.routes import Call, File, route
from web.api.shapes import Day, Name, Taken
from web.api.status import moment_of


class ExportQuery(Taken):
    as_of: Annotated[Day | None, Field(description="the end of this day; now when left out")] = None
    organisation: Annotated[Name | None, Field(description="only this municipality")] = None
    locale: Literal["sv", "en"] | None = None


@route(
    "GET",
    "/exports/<kind>.xlsx",
    f"A register as a workbook: {', '.join(KINDS)}",
    query=ExportQuery,
    file_type=FORMATS["xlsx"],
    refusals=(404,),
)
def get_export(call: Call, kind: str, query: ExportQuery) -> File:
    if kind not in KINDS:
        raise NotFound(f"{kind}.xlsx finns inte. Välj {', '.join(KINDS)}.")
    may_export(call.person, kind).demand()
    locale = query.locale or call.person.locale or context.settings().locale
    as_of = moment_of(call, query.as_of)
    content = export(call.connection, kind, "xlsx", as_of, query.organisation, locale, call.now)
    return File(content, file_name(kind, "xlsx", as_of))
