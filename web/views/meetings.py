"""The meetings of the bodies that decide: read by everybody, entered by those who know them."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.authorisation import may_plan_meetings
from engine.commands.meetings import add_meeting, remove_meeting
from engine.errors import InvalidForm
from engine.queries.meetings import STEERING_GROUP, MeetingRow, list_meetings, next_meetings
from engine.queries.swedish import swedish_order
from engine.queries.task_rows import TaskRow
from web import context, words
from web.marking import N_

blueprint = Blueprint("meetings", __name__, url_prefix="/moten")

SOON, AHEAD = timedelta(days=183), timedelta(days=730)
MINE, EVERYBODY = "mina", "alla"
BODIES = (
    N_("Styrgruppen"),
    N_("Kommunstyrelsen"),
    N_("Kommunfullmäktige"),
    N_("Socialnämnden"),
    N_("Regionstyrelsen"),
    N_("Hälso- och sjukvårdsnämnden"),
    N_("Länschefsnätverket"),
    N_("Välfärdsrådet"),
)


@blueprint.app_context_processor
def _for_templates() -> dict[str, object]:
    return {"meeting_for": meeting_for, "meetings_for": meetings_for}


@blueprint.get("")
def show() -> str:
    return _page({}, [])


@blueprint.post("")
def add() -> Response | tuple[str, int]:
    person, now, form = context.person(), context.now(), request.form
    organisation, body = form.get("organisation", ""), form.get("body", "")
    days = {name: _day(form.get(name, "")) for name in ("held_on", "papers_by")}
    if not organisation:
        return _page(form.to_dict(), [("organisation", _("Välj vems möte det är."))]), 422
    try:
        context.database().run(lambda connection: add_meeting(connection, now, person, organisation, body, **days))
    except InvalidForm as error:
        return _page(form.to_dict(), [(one.path, words.said(one.message)) for one in error.errors]), 422
    flash(_("Mötet är inskrivet. Beslut som väntar visar det som nästa möte."))
    return redirect(url_for("meetings.show"))


@blueprint.post("/<meeting_id>/ta-bort")
def remove(meeting_id: str) -> Response:
    person, now = context.person(), context.now()
    context.database().run(lambda connection: remove_meeting(connection, now, person, meeting_id))
    flash(_("Mötet är borttaget."))
    return redirect(url_for("meetings.show"))


def meeting_for(task: TaskRow) -> MeetingRow | None:
    """When the decision that a task asks for can be taken: the next meeting of those who take it."""
    if "next_meetings" not in g:
        with context.database().read() as connection:
            g.next_meetings = next_meetings(connection, context.today(), words.titles())
    found: dict[tuple[str, bool], MeetingRow] = g.next_meetings
    return found.get((task.role_organisation, task.role == STEERING_GROUP))


def meetings_for(tasks: Iterable[TaskRow]) -> list[MeetingRow]:
    """The meetings that these decisions can be taken at, each once, the soonest first."""
    found = {one.id: one for task in tasks if (one := meeting_for(task))}
    return sorted(found.values(), key=lambda one: (one.held_on, one.id))


def _page(written: dict[str, str], errors: list[tuple[str, str]]) -> str:
    person, today = context.person(), context.today()
    names = words.titles().organisations
    may = {code for code in names if may_plan_meetings(person, code)}
    own = person.organisations & names.keys()
    with context.database().read() as connection:
        chosen, found = _chosen(connection, today, own)
    return render_template(
        "meetings/list.html",
        meetings=found,
        chosen=chosen,
        own=own,
        organisations=sorted(names.items(), key=lambda item: swedish_order(item[1])),
        may=may,
        written=written,
        errors=errors,
        wrong=dict(errors),
        bodies=[_(body) for body in BODIES],
    )


def _chosen(connection: Connection, today: date, own: Collection[str]) -> tuple[str, list[MeetingRow]]:
    """Whose meetings are shown, and those: one's own first, everybody's when there are none of one's own."""
    asked = request.args.get("organisation", "")
    titles = words.titles()
    if asked not in {"", MINE, EVERYBODY}:
        return asked, list_meetings(connection, today, today + AHEAD, [asked], titles)
    if asked != EVERYBODY:
        found = list_meetings(connection, today, today + AHEAD, own, titles)
        if found or asked:
            return MINE, found
    return EVERYBODY, list_meetings(connection, today, today + SOON, None, titles)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
