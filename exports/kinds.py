"""Every kind of file that Samflöde hands out: reads the rows and writes the workbook or the CSV."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from engine.clock import local_date
from engine.errors import Invalid, NotFound
from engine.packs import Pack
from engine.queries.history import stream_events
from engine.queries.register_rows import assessed_items, planned_activities, reported_deviations, reported_figures
from engine.queries.rows import StatusPicture
from engine.queries.status import status_picture
from engine.queries.status_facts import open_tasks
from engine.queries.titles import Titles, load_titles
from exports.delimited import csv_bytes
from exports.language import Translate, translator
from exports.municipalities import municipalities_table
from exports.register_tables import (
    activities_table,
    assessments_table,
    deviations_table,
    figures_table,
    history_table,
)
from exports.status import status_workbook
from exports.tables import About, Table
from exports.task_tables import tasks_table
from exports.workbook import workbook_of_tables

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
DEFAULT_THRESHOLD = 5


@dataclass(frozen=True)
class Order:
    """What is asked for: the rows of one pack at one moment, perhaps of one municipality, in one language."""

    connection: Connection
    titles: Titles
    pack: Pack
    as_of: datetime
    organisation: str | None
    say: Translate

    @property
    def where(self) -> tuple[Connection, Titles, str, datetime, str | None]:
        return self.connection, self.titles, self.pack.key, self.as_of, self.organisation


def export(
    connection: Connection,
    kind: str,
    file_suffix: str,
    as_of: datetime,
    organisation: str | None,
    locale: str,
    generated_at: datetime,
    pack_key: str | None = None,
) -> bytes:
    """A file of the given kind (see `KINDS`) and suffix (xlsx or csv) with the picture at `as_of`.

    Without `pack_key` the first deployed pack is meant. Whether the person may have it is the caller's question.
    Raises Invalid for an unknown kind or suffix, NotFound for an unknown organisation and when no pack is deployed.
    """
    suffix = file_suffix.removeprefix(".")
    if kind not in KINDS or suffix not in FORMATS:
        raise Invalid(f"{kind}.{suffix} går inte att hämta. Välj {', '.join(KINDS)} som xlsx eller csv.")
    titles = load_titles(connection)
    if organisation is not None and organisation not in titles.organisations:
        raise NotFound(f"Organisationen {organisation} finns inte.")
    pack = _pack(titles, pack_key)
    order = Order(connection, titles, pack, as_of, organisation, translator(pack, locale))
    if kind == "status" and suffix == "xlsx":
        return status_workbook(_picture(order), locale, order.say, generated_at)
    table = KINDS[kind](order)
    if suffix == "csv":
        return csv_bytes(table, locale)
    return workbook_of_tables([table], About(table.title, as_of, generated_at, locale), order.say)


def file_name(kind: str, file_suffix: str, as_of: datetime) -> str:
    """`samflode-status-2026-11-24.xlsx`"""
    return f"samflode-{kind}-{local_date(as_of).isoformat()}.{file_suffix.removeprefix('.')}"


def _pack(titles: Titles, pack_key: str | None) -> Pack:
    pack = titles.packs.get(pack_key or next(iter(titles.packs), ""))
    if pack is None:
        raise NotFound("Inget processpaket är inläst. Läs in ett med samflode processes deploy.")
    return pack


def _picture(order: Order) -> StatusPicture:
    picture = status_picture(order.connection, order.pack.key, order.as_of)
    if order.organisation is None:
        return picture
    return replace(
        picture,
        rows=[row for row in picture.rows if row.organisation == order.organisation],
        open_tasks=[task for task in picture.open_tasks if task.organisation == order.organisation],
    )


def _status(order: Order) -> Table:
    return municipalities_table(_picture(order), order.say)


def _activities(order: Order) -> Table:
    return activities_table(planned_activities(*order.where), order.as_of, order.say)


def _assessments(order: Order) -> Table:
    return assessments_table(assessed_items(*order.where), order.say)


def _indicators(order: Order) -> Table:
    threshold = order.pack.parameters.get("suppression_threshold")
    limit = threshold if isinstance(threshold, int) else DEFAULT_THRESHOLD
    return figures_table(reported_figures(*order.where), limit, order.say)


def _deviations(order: Order) -> Table:
    return deviations_table(reported_deviations(*order.where), order.as_of, order.say)


def _tasks(order: Order) -> Table:
    tasks = open_tasks(order.connection, order.titles, order.pack.key, order.as_of)
    wanted = [task for task in tasks if order.organisation in (None, task.organisation)]
    return tasks_table(wanted, order.as_of, order.say)


def _history(order: Order) -> Table:
    events = stream_events(order.connection, organisation=order.organisation, as_of=order.as_of)
    return history_table(events, order.say)


KINDS: dict[str, Callable[[Order], Table]] = {
    "status": _status,
    "activities": _activities,
    "assessments": _assessments,
    "indicators": _indicators,
    "deviations": _deviations,
    "tasks": _tasks,
    "history": _history,
}
