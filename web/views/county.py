"""The county at a glance: figures, what is late and why, every municipality and stage."""

from dataclasses import replace
from datetime import date, datetime
from functools import partial

from flask import render_template, request, url_for

from engine.authorisation import may_remind, may_start
from engine.clock import end_of_day
from engine.errors import NotFound
from engine.queries import StatusPicture, StatusRow, status_picture
from engine.queries.swedish import swedish_order
from web import context, words
from web.county_map import county_map
from web.views import (  # noqa: F401 - they add their pages to the blueprint
    monitoring,
    monitoring_assessments,
    monitoring_bottlenecks,
    monitoring_deviations,
    monitoring_figures,
    monitoring_late,
    monitoring_workload,
)
from web.views.monitoring import blueprint

__all__ = ["blueprint"]  # with the pages of the modules above

STATUSES = ("late", "back", "wait", "going", "done", "none")
ORDERS = ("name", "late", "longest")


@blueprint.get("")
def show() -> str:
    day = read_day(request.args.get("dag"))
    picture = _picture(day)
    rows = _chosen(picture.rows)
    return render_template(
        "county/show.html",
        picture=picture,
        map=county_map(picture.rows),
        address_of=_address,
        may_remind=partial(may_remind, context.person()),
        by_status=[(status, [row for row in picture.rows if row.status == status]) for status in STATUSES],
        rows=rows,
        late=sorted((row for row in picture.rows if row.days_late), key=lambda row: -row.days_late),
        figures=_figures(picture),
        groups=_groups(picture),
        done={stage.key: sum(row.cells[stage.key].status == "done" for row in rows) for stage in picture.stages},
        day=day or context.today(),
        past=day is not None and day < context.today(),
        chosen={name: request.args.get(name, "") for name in ("lage", "skede", "ordning")},
        kept={key: value for key, value in request.args.items() if key != "lang" and value},
    )


def _address(row: StatusRow) -> str:
    """The municipality's agreement; before there is one, where it is begun by those who may, else its open tasks."""
    if row.agreement_key:
        return url_for("agreements.one", key=row.agreement_key)
    process = next(
        (one for one in monitoring.chosen_pack().processes if "{organisation}" in (one.business_key or "")), None
    )
    if process is not None and may_start(context.person(), process, row.organisation):
        return url_for("processes.begin", process_key=process.key, kommun=row.organisation)
    return url_for("county.late", kommun=row.organisation, visa="alla")


def chosen_picture() -> StatusPicture:
    """The picture of the address's day with only the rows that its filters let through."""
    picture = _picture(read_day(request.args.get("dag")))
    rows = _chosen(picture.rows)
    codes = {row.organisation for row in rows}
    tasks = [task for task in picture.open_tasks if task.organisation is None or task.organisation in codes]
    return replace(picture, rows=rows, open_tasks=tasks)


def read_day(given: str | None) -> date | None:
    """A day that has come, or None."""
    try:
        day = date.fromisoformat(given) if given else None
    except ValueError:
        return None
    return day if day and day <= context.today() else None


def _moment(day: date | None) -> datetime:
    return end_of_day(day) if day and day < context.today() else context.now()


def _picture(day: date | None) -> StatusPicture:
    packs = words.titles().packs
    if not packs:
        raise NotFound("Inget processpaket är inläst än. Be en administratör läsa in ett.")
    key = request.args.get("paket", "")
    with context.database().read() as connection:
        return status_picture(connection, key if key in packs else next(iter(packs)), _moment(day))


def _chosen(rows: list[StatusRow]) -> list[StatusRow]:
    status, stage, order = (request.args.get(name, "") for name in ("lage", "skede", "ordning"))
    if status in STATUSES:
        rows = [row for row in rows if row.status == status]
    if stage:
        rows = [row for row in rows if row.current_stage == stage]
    if order == "late":
        return sorted(rows, key=lambda row: (-row.days_late, swedish_order(row.organisation_name)))
    if order == "longest":
        return sorted(rows, key=lambda row: (row.stage_since is None, row.stage_since or context.now()))
    return rows


def _figures(picture: StatusPicture) -> dict[str, int]:
    rows = picture.rows
    return {
        "total": len(rows),
        "decided": sum(row.in_force_on is not None for row in rows),
        "late": sum(row.status == "late" for row in rows),
        "wait": sum(any(cell.status == "wait" for cell in row.cells.values()) for row in rows),
        "back": sum(any(cell.status == "back" for cell in row.cells.values()) for row in rows),
        "followed_up": sum(row.followed_up is True for row in rows),
        "binding": sum(row.followed_up is not None for row in rows),
    }


def _groups(picture: StatusPicture) -> list[tuple[str, int]]:
    """The heads over the stages, each with how many stages it covers."""
    groups: list[tuple[str, int]] = []
    for stage in picture.stages:
        if groups and groups[-1][0] == stage.group:
            groups[-1] = (stage.group, groups[-1][1] + 1)
        else:
            groups.append((stage.group, 1))
    return groups
