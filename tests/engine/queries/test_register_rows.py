"""The registers as they stood at a moment, on both databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from engine.database import Database
from engine.database.tables import metadata
from engine.queries.register_rows import assessed_items, planned_activities, reported_deviations, reported_figures
from engine.queries.titles import load_titles
from tests import county
from tests.county import PACK_KEY, TODAY, at


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    database = Database(database_url, pooled=False)
    metadata.create_all(database.engine)
    with database.write() as connection:
        county.create_pack(connection)
        for code in ("2021", "2039", "2080"):
            county.create_agreement(connection, code, "2024-10-01")
        yield connection
    database.close()


def test_municipalities_come_in_swedish_order(connection: Connection) -> None:
    for code in ("2021", "2039", "2080"):
        county.create_activity(connection, code, "2026-01-01", "Utbilda")
        county.create_assessment(connection, code, "2026-01-01", "needs_by_sex", "in_progress")
        county.create_indicator(connection, code, "2026-01-01", "age_0_12", women=1)
    titles = load_titles(connection)
    for read in (planned_activities, assessed_items, reported_figures):
        names = [row.organisation_name for row in read(connection, titles, PACK_KEY, TODAY)]
        assert names == ["Falun", "Vansbro", "Älvdalen"]


def test_items_of_a_self_assessment_come_as_in_the_catalogue_the_newest_round_first(connection: Connection) -> None:
    for item in ("needs_unreached", "needs_by_sex"):
        county.create_assessment(connection, "2080", "2025-01-01", item, "not_developed")
        county.create_assessment(connection, "2080", "2026-01-01", item, "established")
    rows = assessed_items(connection, load_titles(connection), PACK_KEY, TODAY)
    assert [(row.recorded_at.year, row.level_title) for row in rows] == [
        (2026, "Etablerat"),
        (2026, "Etablerat"),
        (2025, "Inte utvecklat"),
        (2025, "Inte utvecklat"),
    ]
    assert rows[0].item_title.startswith("Läget är beskrivet")


def test_a_figure_from_elsewhere_belongs_to_no_agreement(connection: Connection) -> None:
    county.create_indicator(connection, "2080", "2026-01-01", "opened", kind="indicator", agreement_key=None, women=1.5)
    (row,) = reported_figures(connection, load_titles(connection), PACK_KEY, TODAY, "2080")
    assert (row.organisation_name, row.is_count, row.women, row.men) == ("Falun", False, 1.5, None)


def test_the_latest_report_of_a_figure_counts(connection: Connection) -> None:
    county.create_indicator(connection, "2080", "2026-01-01", "age_0_12", women=6)
    county.create_indicator(connection, "2080", "2026-02-01", "age_0_12", women=7)
    county.create_indicator(connection, "2080", "2026-02-01", "age_0_12", women=20, party="20")
    titles = load_titles(connection)
    latest = {row.party_name: row.women for row in reported_figures(connection, titles, PACK_KEY, TODAY)}
    assert latest == {"Falun": 7, "Region Dalarna": 20}
    assert [row.women for row in reported_figures(connection, titles, PACK_KEY, at("2026-01-15"))] == [6]


def test_what_a_deviation_came_to_is_not_known_before(connection: Connection) -> None:
    county.create_deviation(
        connection,
        "2080",
        "AVV-2026-0001",
        "2026-03-01",
        responsibility="Kommunen tar mötena.",
        responsibility_at=at("2026-03-02"),
        lesson="Kalla båda.",
        closed_at=at("2026-05-01"),
    )
    titles = load_titles(connection)
    seen = {}
    for day in ("2026-03-01", "2026-04-01", "2026-06-01"):
        (row,) = reported_deviations(connection, titles, PACK_KEY, at(day))
        seen[day] = (row.responsibility is not None, row.lesson is not None, row.closed_at is not None)
    assert list(seen.values()) == [(False, False, False), (True, False, False), (True, True, True)]
