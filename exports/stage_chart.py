"""A sheet that shows how many municipalities are where: the numbers as a table, and the same as bars."""

from collections import Counter
from dataclasses import replace

from engine.queries.rows import CellStatus, StatusPicture
from exports.language import Translate
from exports.status_words import status_word
from exports.tables import About
from exports.workbook import Bars, Sheet
from exports.workbook import styles as look
from exports.workbook.cells import local

ORDER: tuple[CellStatus, ...] = ("done", "going", "wait", "back", "late", "none")
HEAD_ROW = 4


def write_stage_chart(sheet: Sheet, picture: StatusPicture, about: About, say: Translate) -> None:
    columns = 2 + len(ORDER)
    sheet.widths(26, *[19.0] * len(ORDER), 12)
    sheet.put(1, 1, say("Antal kommuner i varje skede, efter läge"), look.SHEET_TITLE, across=columns)
    moment = say("Läget {as_of}.").format(as_of=f"{local(about.as_of):%Y-%m-%d %H:%M}")
    sheet.put(2, 1, f"{moment} {say('En kommun kan vara i flera skeden samtidigt.')}", look.NOTE, across=columns)
    sheet.height(1, 28)
    _write_head(sheet, columns, say)
    last = HEAD_ROW
    for stage in picture.stages:
        last += 1
        statuses = Counter(row.cells[stage.key].status for row in picture.rows)
        _write_numbers(sheet, last, say(stage.title).partition(":")[0], statuses)
    bars = Bars(
        head_row=HEAD_ROW,
        last_row=last,
        first_column=1,
        colors=tuple(look.SOLID[status] for status in ORDER),
        unit=say("Antal kommuner"),
        most=max(1, len(picture.rows)),
        width=29.5,
        height=10.2,
    )
    sheet.chart(last + 2, 1, bars)
    sheet.print_on(last + 23, columns, repeat=None, pages=1)


def _write_head(sheet: Sheet, columns: int, say: Translate) -> None:
    sheet.put(HEAD_ROW, 1, say("Skede"), look.HEAD)
    number = replace(look.HEAD, align="right", indent=1)
    for column, status in enumerate(ORDER, start=2):
        sheet.put(HEAD_ROW, column, status_word(status, say), number)
    sheet.put(HEAD_ROW, columns, say("Alla"), number)
    sheet.height(HEAD_ROW, 22)


def _write_numbers(sheet: Sheet, row: int, name: str, statuses: Counter[CellStatus]) -> None:
    sheet.put(row, 1, name, look.BODY)
    number = replace(look.BODY, align="right", indent=1, number_format="0")
    for column, status in enumerate(ORDER, start=2):
        sheet.put(row, column, statuses[status], number)
    sheet.put(row, 2 + len(ORDER), statuses.total(), replace(number, bold=True))
    sheet.height(row, 18)
