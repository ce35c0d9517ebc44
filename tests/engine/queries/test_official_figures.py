"""Official figures as rows, on both databases: the source's own words, never a figure that it does not give."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, insert

from engine.database import Database
from engine.database.tables import metadata
from engine.database.workplace_tables import kpi, official_figure
from engine.queries.official_figures import official_figures
from tests.engine.build import NOW


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    database = Database(database_url, pooled=False)
    metadata.create_all(database.engine)
    with database.write() as connection:
        add(connection, "2080", 2024, "M", "12.3", count=1)
        add(connection, "2080", 2024, "T", None, status="Missing")
        add(connection, "2080", 2024, "K", "0")
        add(connection, "2062", 2023, "T", "4.5")
        title = {"id": "N1", "title": "Öppnade ärenden", "item": "opened", "unit": "per 10 000"}
        connection.execute(insert(kpi).values(**title, source="kolada", changed_at=NOW))
        yield connection
    database.close()


def add(connection: Connection, organisation: str, year: int, gender: str, value: str | None, **given: object) -> None:
    row = {"kpi": "N1", "organisation": organisation, "year": year, "gender": gender, "value": value, **given}
    connection.execute(insert(official_figure).values(**row, source="kolada", imported_at=NOW))


def test_total_comes_before_women_and_men_and_nothing_is_not_nought(connection: Connection) -> None:
    found = official_figures(connection, "2080", [2024])
    assert [(each.gender, each.value, each.status, each.count) for each in found] == [
        ("T", None, "Missing", None),
        ("K", "0", None, None),
        ("M", "12.3", None, 1),
    ]
    assert {(each.title, each.item, each.unit) for each in found} == {("Öppnade ärenden", "opened", "per 10 000")}


def test_all_organisations_and_years_unless_told(connection: Connection) -> None:
    assert next((each.organisation, each.year) for each in official_figures(connection)) == ("2062", 2023)
    assert official_figures(connection, years=[2022]) == []
    assert len(official_figures(connection, "2062")) == 1
