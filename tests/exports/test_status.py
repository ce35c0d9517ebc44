"""The status workbook as a spreadsheet program reads it."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection

from engine.queries.agreements import STATUS_TITLES
from engine.queries.rows import StatusPicture
from engine.queries.status import status_picture
from exports import status_words
from exports.language import english, translator
from exports.municipalities import municipalities_table
from exports.register_tables import ACTIVITY_STATUSES, FIGURE_KINDS
from exports.status import status_workbook
from exports.task_tables import late_table, tasks_table
from tests import county
from tests.county import PACK_KEY, TODAY, at

HEAD_ROW = 4
cell_date = datetime.fromisoformat  # what openpyxl reads has no time zone


def open_book(content: bytes) -> Any:
    return load_workbook(BytesIO(content))


@pytest.fixture(scope="module")
def book(picture: StatusPicture) -> Any:
    return open_book(status_workbook(picture, "sv", translator(picture.pack, "sv"), at("2026-11-24T08:15")))


def records(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a list by the titles of its columns."""
    head, *rows = sheet.iter_rows(min_row=HEAD_ROW, values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_sheets(book: Any) -> None:
    names = ["Översikt", "Diagram", "Kommuner", "Öppna uppgifter", "Försenat", "Definitioner"]
    assert book.sheetnames == names


def test_the_matrix_says_everything_in_words(book: Any) -> None:
    sheet = book["Översikt"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "Kommun")
    assert [cell.value for cell in head[1:4]] == ["Framtagande", "Förankring", "Beslut"]
    matrix = {row[0].value: [cell.value for cell in row[1:]] for row in sheet.iter_rows(min_row=head[0].row + 1)}
    assert matrix["Vansbro"][0] == "▲ Försenad\n61 dagar"
    assert matrix["Älvdalen"][1] == "↩ Återremitterad\ni 2 veckor"
    assert matrix["Gagnef"][2] == "◆ Väntar på beslut\ni 6 veckor"
    assert matrix["Falun"][:6] == [
        "✔ Klar\nfeb 2025",
        "✔ Klar\napr 2025",
        "✔ Klar\njuni 2025",
        "✔ Klar\nnov 2025",
        "✔ Klar\napr 2026",
        "◐ Pågår\ni 7 månader",
    ]
    assert matrix["Falun"][8] == "○ Ej påbörjad"
    assert matrix["Klara"][:3] == ["13 av 15", "10 av 15", "8 av 15"]


def test_key_figures(book: Any) -> None:
    figures, words = book["Översikt"][5], book["Översikt"][6]
    shown = {str(word.value): str(figure.value) for figure, word in zip(figures, words, strict=True) if word.value}
    assert shown == {
        "har en beslutad lokal överenskommelse": "8 av 15",
        "är försenade just nu": "4 av 15",
        "väntar på beslut": "4 av 15",
        "är återremitterade": "1 av 15",
        "årliga uppföljningar är klara i år": "2 av 4",
        "är uppföljda i tid": "8 av 8",
    }


def test_the_row_of_a_municipality(book: Any) -> None:
    falun = next(row for row in records(book["Kommuner"]) if row["Kommun"] == "Falun")
    expected = {
        "Kod": "2080",
        "Läge": "◐ Pågår",
        "Nuvarande skede": "IRIS fas 3: Genomförande",
        "I skedet sedan": cell_date("2026-04-12"),
        "Dagar försenad": 0,
        "Styrgrupp": "Lokalt BRÅ",
        "Gäller från": cell_date("2025-06-15"),
        "Kommunens beslut": "Godkänt",
        "Kommunens beslutsdatum": cell_date("2025-05-26"),
        "Kommunens diarienummer": "KS 2025/2080",
        "Regionens beslut": "Godkänt",
        "Regionens diarienummer": "KS 2025/20",
        "IRIS-fas": "IRIS fas 3: Genomförande",
        "Senaste årliga uppföljning": cell_date("2026-06-30"),
        "Nästa årliga uppföljning": cell_date("2027-06-15"),
        "Uppföljd inom 24 månader": "✔ Ja",
        "Uppföljd till och med": cell_date("2028-06-30"),
        "Öppna avvikelser": 1,
    }
    assert {title: falun[title] for title in expected} == expected


def test_what_is_not_there_says_why_and_is_never_zero(book: Any) -> None:
    vansbro = next(row for row in records(book["Kommuner"]) if row["Kommun"] == "Vansbro")
    assert (vansbro["Processledare"], vansbro["Kommunens beslutsdatum"]) == ("saknas", "inte än")
    assert (vansbro["Nästa årliga uppföljning"], vansbro["Uppföljd inom 24 månader"]) == ("inte än", "inte än")
    assert all(value is not None for row in records(book["Kommuner"]) for value in row.values())


def test_dates_are_dates_and_numbers_numbers(book: Any) -> None:
    sheet = book["Öppna uppgifter"]
    columns = {cell.value: cell.column for cell in sheet[HEAD_ROW]}
    due = sheet.cell(HEAD_ROW + 1, columns["Ska vara klar"])
    assert (due.is_date, due.value, due.number_format) == (True, cell_date("2026-09-24"), "yyyy\\-mm\\-dd")
    assert sheet.cell(HEAD_ROW + 1, columns["Dagar försenad"]).value == 61


def test_text_that_looks_like_a_formula_stays_text(book: Any) -> None:
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    dangerous = [cell for cell in cells if str(cell.value).startswith("=HYPERLINK")]
    assert len(dangerous) == 3  # municipalities, open tasks, what is late
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in dangerous)


def test_what_is_late_is_sorted_and_explained(book: Any) -> None:
    late = records(book["Försenat"])
    assert [row["Dagar försenad"] for row in late] == [61, 52, 34, 18, 4]
    assert late[0]["Varför"] == "Ingen har tagit uppgiften. Den har funnits i 2 månader."
    assert late[3]["Varför"] == "Anna Testsson har tagit uppgiften. Den har funnits i 6 veckor."


def test_a_stage_that_takes_too_long_is_late_without_any_overdue_task(connection: Connection) -> None:
    with connection.begin_nested() as savepoint:
        county.create_period(connection, "2021", "anchoring", "2026-06-01", expected_by=at("2026-09-01"))
        picture = status_picture(connection, PACK_KEY, TODAY)
        book = open_book(status_workbook(picture, "sv", translator(picture.pack, "sv"), TODAY))
        savepoint.rollback()
    assert records(book["Försenat"])[0]["Vad som är försenat"] == "Skedet har tagit längre tid än väntat"


@pytest.mark.parametrize("name", ["Kommuner", "Öppna uppgifter", "Försenat", "Definitioner"])
def test_lists_have_filters_frozen_heads_and_print_set_up(book: Any, name: str) -> None:
    sheet = book[name]
    (table,) = sheet.tables.values()
    assert table.autoFilter.ref == table.ref
    assert table.ref.startswith(f"A{HEAD_ROW}:")
    assert [column.name for column in table.tableColumns] == [cell.value for cell in sheet[HEAD_ROW]]
    assert sheet.freeze_panes[1:] == str(HEAD_ROW + 1)
    assert sheet.print_title_rows == f"${HEAD_ROW}:${HEAD_ROW}"


def test_every_sheet_prints_on_a4_landscape(book: Any) -> None:
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "2026-11-24" in sheet.oddFooter.left.text
        assert sheet.oddFooter.right.text == "Sida &P av &N"


def test_the_overview_keeps_its_heads_in_sight_and_fits_on_one_page(book: Any) -> None:
    sheet = book["Översikt"]
    assert sheet.freeze_panes == "B10"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 1)


def test_document_properties(book: Any) -> None:
    properties = book.properties
    assert (properties.title, properties.language, properties.creator) == ("Länsbild", "sv-SE", "Samflöde")
    assert properties.created == cell_date("2026-11-24T08:15")


def test_the_chart_counts_municipalities_by_stage_and_status(book: Any) -> None:
    sheet = book["Diagram"]
    (chart,) = sheet._charts
    assert (chart.grouping, len(chart.series)) == ("stacked", 6)
    rows = list(sheet.iter_rows(min_row=HEAD_ROW + 1, max_row=HEAD_ROW + 9, values_only=True))
    assert rows[0] == ("Framtagande", 13, 0, 0, 0, 2, 0, 15)
    assert all(sum(row[1:7]) == row[7] == 15 for row in rows)


def test_every_column_is_defined(book: Any) -> None:
    defined = {(row["Blad eller ämne"], row["Begrepp"]): row["Betydelse"] for row in records(book["Definitioner"])}
    for name in ("Kommuner", "Öppna uppgifter", "Försenat"):
        for cell in book[name][HEAD_ROW]:
            assert defined[name, cell.value]
    assert defined["Uppgifterna", "Datum för uppgifterna"] == "2026-11-24 08:00"
    assert "2032-12-31" in defined["Uppgifterna", "Regional överenskommelse"]


def test_a_past_day(connection: Connection) -> None:
    picture = status_picture(connection, PACK_KEY, at("2025-03-01"))
    book = open_book(status_workbook(picture, "sv", translator(picture.pack, "sv"), TODAY))
    rows = {row["Kommun"]: row for row in records(book["Kommuner"])}
    assert {row["Nuvarande skede"] for row in rows.values()} == {"Framtagande", "Förankring"}
    assert rows["Falun"]["Gäller från"] == "inte än"
    assert book["Försenat"]["A5"].value == "Inga rader."


def test_a_day_before_everything(connection: Connection) -> None:
    picture = status_picture(connection, PACK_KEY, at("2020-01-01"))
    book = open_book(status_workbook(picture, "sv", translator(picture.pack, "sv"), TODAY))
    assert {row["Överenskommelse"] for row in records(book["Kommuner"])} == {"Ingen lokal överenskommelse"}
    assert book["Öppna uppgifter"]["A5"].value == "Inga rader."


def test_english(picture: StatusPicture) -> None:
    book = open_book(status_workbook(picture, "en", translator(picture.pack, "en"), TODAY))
    assert book.sheetnames == ["Overview", "Chart", "Municipalities", "Open tasks", "Late", "Definitions"]
    assert book.properties.language == "en-GB"
    gagnef = next(row for row in records(book["Municipalities"]) if row["Municipality"] == "Gagnef")
    assert (gagnef["Status"], gagnef["Current stage"]) == ("◆ Awaits decision", "Decision")


def test_every_word_has_an_english_one() -> None:
    fixed = [
        *status_words.WORDS.values(),
        *status_words.MEANINGS.values(),
        *status_words.OUTCOMES.values(),
        *status_words.MONTHS,
        *STATUS_TITLES.values(),
        *ACTIVITY_STATUSES.values(),
        *FIGURE_KINDS.values(),
    ]
    assert not [word for word in fixed if word not in english()]


def test_titles_of_columns_are_unique_in_both_languages(picture: StatusPicture) -> None:
    for locale in ("sv", "en"):
        say = translator(picture.pack, locale)
        tables = (
            municipalities_table(picture, say),
            tasks_table(picture.open_tasks, picture.as_of, say),
            late_table(picture, say),
        )
        for table in tables:
            titles = [column.title for column in table.columns]
            assert len(titles) == len(set(titles))


def test_the_warning_before_an_agreement_stops_counting_as_followed_up(connection: Connection) -> None:
    shown = []
    for day in ("2027-07-10", "2027-07-20", "2027-10-16"):  # in force 2025-10-15; warned after 21 months of 24
        picture = status_picture(connection, PACK_KEY, at(day))
        book = open_book(status_workbook(picture, "sv", translator(picture.pack, "sv"), TODAY))
        ludvika = next(row for row in records(book["Kommuner"]) if row["Kommun"] == "Ludvika")
        shown.append(ludvika["Uppföljd inom 24 månader"])
    assert shown == ["✔ Ja", "◆ Ja, går snart ut", "▲ Nej"]
