"""The workbook as another program than the one that wrote it reads it."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import Connection

from engine.packs import Pack
from engine.people import Person
from engine.queries.assessments_compared import assessment_rounds, compare
from engine.queries.bottlenecks import stage_times, step_times
from engine.queries.deviation_patterns import deviation_patterns
from engine.queries.monitoring_late import WorkFilter, open_work
from engine.queries.rows import StatusPicture
from engine.queries.titles import load_titles
from engine.queries.workload import workload
from exports.language import Translate, translator
from exports.monitoring_registers import (
    assessed_items_table,
    assessed_municipalities_table,
    not_assessed_table,
    official_table,
    pattern_tables,
    rounds_table,
)
from exports.monitoring_tables import leader_table, open_work_table, role_table, stage_table, step_table
from exports.status import status_workbook
from exports.tables import About, Table
from exports.workbook import workbook_of_tables
from tests.county import TODAY
from tests.exports.office import convert

ALL_SHEETS = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,-1"


@pytest.fixture(scope="module")
def folder(picture: StatusPicture, connection: Connection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where LibreOffice has made a CSV of each sheet of two workbooks: the status and the county's monitoring."""
    folder = tmp_path_factory.mktemp("office")
    say = translator(picture.pack, "sv")
    status, monitoring = folder / "status.xlsx", folder / "monitoring.xlsx"
    status.write_bytes(status_workbook(picture, "sv", say, TODAY))
    tables = monitoring_tables(connection, picture.pack, say)
    monitoring.write_bytes(workbook_of_tables(tables, About("Länsbild", TODAY, TODAY), say))
    convert(folder, ALL_SHEETS, status, monitoring)
    return folder


def monitoring_tables(connection: Connection, pack: Pack, say: Translate) -> list[Table]:
    """Every table of the county's monitoring."""
    titles = load_titles(connection)
    rss = Person("rss", "rss", "Rita", None, "sv", frozenset({("rss", "rss")}))
    rounds = assessment_rounds(connection, titles, pack.key, TODAY)
    compared = compare(pack, rounds, "iris_1", [("2080", "Falun"), ("2062", "Mora")])
    found = workload(connection, titles, pack.key, TODAY)
    return [
        open_work_table(open_work(connection, titles, rss, pack.key, TODAY, WorkFilter()), say),
        step_table(step_times(connection, titles, pack.key, TODAY), say),
        stage_table(stage_times(connection, titles, pack.key, TODAY), say),
        leader_table(found, say),
        role_table(found, say),
        assessed_municipalities_table(compared, say),
        assessed_items_table(compared, say),
        rounds_table(compared, say),
        not_assessed_table(compared, say),
        *pattern_tables(deviation_patterns(connection, titles, pack.key, rss, TODAY), None, say),
        official_table([], titles, say),
    ]


def read_sheets(folder: Path, book: str) -> dict[str, list[list[str]]]:
    """Each sheet as rows."""
    found = {}
    for made in folder.glob(f"{book}-*.csv"):
        with made.open(encoding="utf-8", newline="") as lines:
            found[made.stem.removeprefix(f"{book}-")] = list(csv.reader(lines, delimiter=";"))
    return found


@pytest.fixture(scope="module")
def sheets(folder: Path) -> dict[str, list[list[str]]]:
    return read_sheets(folder, "status")


def test_values_of_the_list_of_municipalities(sheets: dict[str, list[list[str]]]) -> None:
    head = next(row for row in sheets["Kommuner"] if row[0] == "Kod")
    falun = next(row for row in sheets["Kommuner"] if row[0] == "2080")
    row = dict(zip(head, falun, strict=True))
    assert (row["Kommun"], row["Läge"], row["I skedet sedan"]) == ("Falun", "◐ Pågår", "2026-04-12")
    assert (row["Nästa årliga uppföljning"], row["Dagar försenad"]) == ("2027-06-15", "0")


def test_a_formula_in_a_text_was_not_calculated(sheets: dict[str, list[list[str]]]) -> None:
    texts = [row[3] for row in sheets["Försenat"] if len(row) > 3]
    assert '=HYPERLINK("http://exempel"): +46' in texts


def test_the_matrix(sheets: dict[str, list[list[str]]]) -> None:
    vansbro = next(row for row in sheets["Översikt"] if row[0] == "Vansbro")
    assert vansbro[1] == "▲ Försenad\n61 dagar"


def test_the_workbooks_of_monitoring_open(folder: Path, connection: Connection, picture: StatusPicture) -> None:
    found = read_sheets(folder, "monitoring")
    tables = monitoring_tables(connection, picture.pack, translator(picture.pack, "sv"))
    assert set(found) == {table.title for table in tables}
    for table in tables:
        head, *rows = found[table.title][3:]
        assert head[: len(table.columns)] == [column.title for column in table.columns]
        assert len(rows) >= len(list(table.rows))
    late = next(row for row in found["Öppna uppgifter"] if row[0] == "Vansbro")
    assert late[4] == "61"
    times = next(row for row in found["Tid per skede"] if row[0] == "Förankring")
    assert times[1:3] == ["92", "11"]  # ten municipalities are through, and Älvdalen was sent back
