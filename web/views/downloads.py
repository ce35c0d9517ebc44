"""Files to take away: what a page shows, or a whole register, as Excel or CSV."""

from flask import Blueprint, Response, abort, request
from sqlalchemy import Connection

from engine.authorisation import may_export
from engine.clock import end_of_day
from engine.errors import Invalid, NotFound
from engine.people import Person
from engine.queries import TaskFilter, TaskRow, list_tasks
from exports.delimited import csv_bytes
from exports.kinds import FORMATS, export, file_name
from exports.language import translator
from exports.municipalities import municipalities_table
from exports.status import status_workbook
from exports.tables import About
from exports.task_list import task_list_table
from exports.workbook import workbook_of_tables
from web import context, language, words
from web.surroundings import surroundings
from web.views import county, focus
from web.views.task_filter import in_words, read_filter

blueprint = Blueprint("downloads", __name__, url_prefix="/hamta")

TASKS_AT_ONCE = 5_000
MOST_TASKS = 100_000  # a workbook with more is of no use to anybody, and would fill the memory


@blueprint.get("/lansbild.<suffix>")
def county_picture(suffix: str) -> Response:
    """The county view, with its day and its filters."""
    _demand(suffix)
    picture = county.chosen_picture()
    locale = language.current()
    say = translator(picture.pack, locale)
    if suffix == "xlsx":
        content = status_workbook(picture, locale, say, context.now())
    else:
        content = csv_bytes(municipalities_table(picture, say), locale)
    return _file(content, "status", suffix)


@blueprint.get("/mina-uppgifter.<suffix>")
def my_tasks(suffix: str) -> Response:
    """The list of tasks as it is shown: its filter, its order, all its pages."""
    _demand(suffix)
    chosen = read_filter(request.args)
    around = surroundings(holders=chosen.scope != "mine")
    pack = next(iter(around.titles.packs.values()), None)
    if pack is None:
        raise NotFound("Inget processpaket är inläst än. Be en administratör läsa in ett.")
    person = focus.person_in_focus()
    locale = language.current()
    say = translator(pack, locale)
    with context.database().read() as connection:
        found = _all_pages(connection, person, chosen)
    table = task_list_table(found, len(found), in_words(person, chosen), context.now(), say)
    if suffix == "csv":
        return _file(csv_bytes(table, locale), "tasks", suffix)
    about = About(table.title, context.now(), context.now(), locale)
    return _file(workbook_of_tables([table], about, say), "tasks", suffix)


def _all_pages(connection: Connection, person: Person, chosen: TaskFilter) -> list[TaskRow]:
    found: list[TaskRow] = []
    cursor: str | None = None
    while True:
        page = list_tasks(
            connection, person, context.now(), chosen, cursor=cursor, limit=TASKS_AT_ONCE, titles=words.titles()
        )
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found
        if len(found) >= MOST_TASKS:
            raise Invalid("Listan är för lång för en fil: den har fler än 100 000 uppgifter. Filtrera den först.")


@blueprint.get("/<kind>.<suffix>")
def register(kind: str, suffix: str) -> Response:
    """One register as a whole, now or as of a day, for the county or for one municipality."""
    _demand(suffix)
    may_export(context.person(), kind).demand()
    day = county.read_day(request.args.get("dag"))
    as_of = end_of_day(day) if day and day < context.today() else context.now()
    with context.database().read() as connection:
        content = export(
            connection, kind, suffix, as_of, request.args.get("kommun") or None, language.current(), context.now()
        )
    return _file(content, kind, suffix)


def _demand(suffix: str) -> None:
    if suffix not in FORMATS:
        abort(404)


def _file(content: bytes, kind: str, suffix: str) -> Response:
    response = Response(content, content_type=FORMATS[suffix])
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(kind, suffix, context.now())}"'
    return response
