"""The first sheet of the status workbook: key figures, and the matrix of municipalities and stages."""

from dataclasses import dataclass, replace
from itertools import accumulate, groupby

from engine.clock import local_date
from engine.queries.rows import CellStatus, StatusPicture, StatusRow
from exports.language import Translate
from exports.status_words import MEANINGS, WORDS, cell_words, status_word
from exports.tables import About
from exports.workbook import Sheet
from exports.workbook import styles as look
from exports.workbook.cells import local

NAME_WIDTH, STAGE_WIDTH = 17.5, 18.2
FIGURES_ROW, GROUPS_ROW = 5, 8
TWO_LINES = 27.0
ONE_PAGE = 24  # so many municipalities are still readable on one printed page


@dataclass(frozen=True)
class Figure:
    """So many of so many, and what they are."""

    number: int
    of: int
    words: str
    tone: str | None = None


def key_figures(picture: StatusPicture) -> list[Figure]:
    """The few numbers that a reader looks for first."""
    rows, year = picture.rows, local_date(picture.as_of).year

    def having(status: CellStatus) -> int:
        return sum(any(cell.status == status for cell in row.cells.values()) for row in rows)

    binding = [row for row in rows if row.followed_up is not None]
    reviewed = [row for row in rows if row.last_review and row.last_review.year == year]
    planned = [row for row in rows if row in reviewed or (row.next_review and row.next_review.year <= year)]
    return [
        Figure(len([row for row in rows if row.in_force_on]), len(rows), "har en beslutad lokal överenskommelse"),
        Figure(sum(row.status == "late" for row in rows), len(rows), "är försenade just nu", "late"),
        Figure(having("wait"), len(rows), "väntar på beslut", "wait"),
        Figure(having("back"), len(rows), "är återremitterade", "back"),
        Figure(len(reviewed), len(planned), "årliga uppföljningar är klara i år", "done"),
        Figure(len([row for row in binding if row.followed_up]), len(binding), "är uppföljda i tid", "done"),
    ]


def write_overview(sheet: Sheet, picture: StatusPicture, about: About, say: Translate) -> None:
    columns = 1 + len(picture.stages)
    sheet.widths(NAME_WIDTH, *[STAGE_WIDTH] * len(picture.stages))
    _write_title(sheet, picture, about, columns, say)
    _write_figures(sheet, key_figures(picture), columns, say)
    last = _write_matrix(sheet, picture, say)
    last = _write_legend(sheet, last + 2, columns, say)
    sheet.freeze(GROUPS_ROW + 2, 2)
    sheet.print_on(last, columns, repeat=(GROUPS_ROW, GROUPS_ROW + 1), pages=1 if len(picture.rows) <= ONE_PAGE else 0)


def _write_title(sheet: Sheet, picture: StatusPicture, about: About, columns: int, say: Translate) -> None:
    sheet.put(1, 1, about.title, look.TITLE, across=columns)
    sheet.put(2, 1, say(picture.pack.title), replace(look.SUBTITLE, bold=True, color=look.INK), across=columns)
    made = say("Läget {as_of}. Filen gjordes {made}. Tider i Stockholm.").format(
        as_of=f"{local(about.as_of):%Y-%m-%d %H:%M}", made=f"{local(about.generated_at):%Y-%m-%d %H:%M}"
    )
    sheet.put(3, 1, " ".join([made, *about.lines]), look.SUBTITLE, across=columns)
    sheet.height(1, 32)
    sheet.height(2, 18)
    sheet.height(3, 18)
    sheet.height(4, 6)


def _write_figures(sheet: Sheet, figures: list[Figure], columns: int, say: Translate) -> None:
    for figure, start, end in zip(figures, *_spans(len(figures), columns), strict=True):
        ink = look.TONES[figure.tone][0] if figure.tone and figure.number else look.INK
        edge = look.RULE if start > 1 else None
        large = look.Look(size=22, bold=True, color=ink, vertical="bottom", edge=edge, indent=int(start > 1))
        small = look.Look(size=10, color=look.INK_2, wrap=True, edge=edge, indent=int(start > 1))
        rest = f" {say('av')} {figure.of}"
        sheet.put_figure(FIGURES_ROW, start, str(figure.number), rest, large, across=end - start)
        sheet.put(FIGURES_ROW + 1, start, say(figure.words), small, across=end - start)
    sheet.height(FIGURES_ROW, 30)
    sheet.height(FIGURES_ROW + 1, 28)
    sheet.height(FIGURES_ROW + 2, 8)


def _spans(parts: int, columns: int) -> tuple[list[int], list[int]]:
    """First columns and the columns after the last, for `parts` figures side by side; those in the middle get more."""
    wide = columns % parts
    narrow_before = (parts - wide + 1) // 2
    widths = [columns // parts + (narrow_before <= index < narrow_before + wide) for index in range(parts)]
    ends = list(accumulate(widths, initial=1))
    return ends[:-1], ends[1:]


def _write_matrix(sheet: Sheet, picture: StatusPicture, say: Translate) -> int:
    """Two head rows, a row per municipality and a row of totals; returns the last row."""
    edges = _write_head(sheet, picture, say)
    row_number = GROUPS_ROW + 1
    for row in picture.rows:
        row_number += 1
        _write_row(sheet, row_number, row, picture, edges, say)
    return _write_totals(sheet, row_number + 1, picture, say)


def _write_head(sheet: Sheet, picture: StatusPicture, say: Translate) -> dict[str, str | None]:
    """Group and name of each stage; returns which stages have a line before them."""
    sheet.put(GROUPS_ROW, 1, "", replace(look.HEAD, rule=None))
    sheet.put(GROUPS_ROW + 1, 1, say("Kommun"), look.HEAD)
    edges: dict[str, str | None] = {}
    column = 2
    for group, stages in groupby(picture.stages, key=lambda stage: stage.group):
        members = list(stages)
        first = replace(look.HEAD, rule=None, indent=1, edge=look.RULE_STRONG)
        sheet.put(GROUPS_ROW, column, say(group), first, across=len(members))
        for offset, stage in enumerate(members):
            edges[stage.key] = look.RULE_STRONG if offset == 0 else None
            named = replace(look.HEAD, indent=1, edge=edges[stage.key])
            sheet.put(GROUPS_ROW + 1, column + offset, say(stage.short), named)
        column += len(members)
    sheet.height(GROUPS_ROW, 18)
    sheet.height(GROUPS_ROW + 1, 18)
    return edges


def _write_row(
    sheet: Sheet, number: int, row: StatusRow, picture: StatusPicture, edges: dict[str, str | None], say: Translate
) -> None:
    sheet.put(number, 1, row.organisation_name, replace(look.BODY, bold=True, vertical="center", size=10.5))
    for column, stage in enumerate(picture.stages, start=2):
        cell = row.cells[stage.key]
        plain = look.Look(size=9.5, rule=look.RULE, vertical="center", wrap=True, indent=1, edge=edges[stage.key])
        toned = plain.toned(cell.status)
        if cell.status == "done":
            toned = replace(toned, fill=None)  # what is behind stays quiet; colour is for what is going on
        sheet.put(number, column, cell_words(cell, say), replace(toned, bold=cell.status == "late"))
    sheet.height(number, TWO_LINES)


def _write_totals(sheet: Sheet, number: int, picture: StatusPicture, say: Translate) -> int:
    strong = look.Look(bold=True, rule=look.RULE_STRONG, vertical="center")
    sheet.put(number, 1, say("Klara"), strong)
    for column, stage in enumerate(picture.stages, start=2):
        done = sum(row.cells[stage.key].status == "done" for row in picture.rows)
        sheet.put(number, column, f"{done} {say('av')} {len(picture.rows)}", replace(strong, indent=1))
    sheet.height(number, 20)
    return number


def _write_legend(sheet: Sheet, first: int, columns: int, say: Translate) -> int:
    """What each status means, in two columns of three."""
    half = columns // 2
    for index, status in enumerate(WORDS):
        row, column = first + index % 3, 1 + (index // 3) * half
        word = look.Look(size=9.5, vertical="center", indent=int(column > 1)).toned(status)
        sheet.put(row, column, status_word(status, say), word)
        meaning = look.Look(size=9.5, color=look.INK_2, vertical="center", indent=1)
        sheet.put(row, column + 1, say(MEANINGS[status]), meaning, across=half - 1)
        sheet.height(row, 17)
    return first + 2
