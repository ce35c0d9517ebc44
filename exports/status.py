"""The status workbook: where every municipality stands, for reading, printing, filtering and sending on."""

from datetime import datetime

from engine.queries.rows import StatusPicture
from exports.definitions import definitions_table
from exports.language import Translate
from exports.municipalities import municipalities_table
from exports.overview import write_overview
from exports.stage_chart import write_stage_chart
from exports.status_words import agreement_words
from exports.tables import About
from exports.task_tables import late_table, tasks_table
from exports.workbook import Book


def status_workbook(picture: StatusPicture, locale: str, translate: Translate, generated_at: datetime) -> bytes:
    """The picture as an .xlsx file: overview, chart, municipalities, open tasks, what is late, definitions.

    `translate` says a Swedish text in `locale`; `exports.language.translator` makes one. `generated_at` is only
    written in the file: the picture itself says which moment it shows.
    """
    about = about_status(picture, locale, translate, generated_at)
    tasks = tasks_table(picture.open_tasks, picture.as_of, translate)
    tables = [municipalities_table(picture, translate), tasks, late_table(picture, translate)]
    book = Book(about, translate)
    write_overview(book.sheet(translate("Översikt")), picture, about, translate)
    write_stage_chart(book.sheet(translate("Diagram")), picture, about, translate)
    for table in [*tables, definitions_table(picture, about, tables, translate)]:
        book.table(table)
    return book.to_bytes()


def about_status(picture: StatusPicture, locale: str, say: Translate, generated_at: datetime) -> About:
    """What the file says of itself, with the regional agreement's own state in a line."""
    lines = []
    if picture.regional is not None:
        status = agreement_words(picture.regional.status, say)
        line = say("Regional överenskommelse: {status}").format(status=status)
        if picture.regional.valid_to:
            line = say("{line} till och med {day}").format(line=line, day=picture.regional.valid_to)
        lines.append(f"{line}.")
    return About(say("Länsbild"), picture.as_of, generated_at, locale, lines)
