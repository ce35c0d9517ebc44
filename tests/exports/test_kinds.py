"""Every kind of file, as workbook and as CSV."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection

from engine.errors import Invalid, NotFound
from exports.kinds import KINDS, export, file_name
from tests.county import TODAY, at


def csv_rows(
    connection: Connection, kind: str, *, day: str = "2026-11-24", where: str | None = None
) -> list[dict[str, str]]:
    content = export(connection, kind, ".csv", at(day), where, "sv", TODAY)
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", ["sv", "en"])
def test_every_kind_can_be_opened(connection: Connection, kind: str, locale: str) -> None:
    book = load_workbook(BytesIO(export(connection, kind, "xlsx", TODAY, None, locale, TODAY)))
    formulas = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert not formulas
    assert export(connection, kind, "csv", TODAY, None, locale, TODAY)


@pytest.mark.parametrize("kind", ["activities", "assessments", "indicators", "deviations"])
def test_lists_are_tables_with_frozen_heads(connection: Connection, kind: str) -> None:
    sheet: Any = load_workbook(BytesIO(export(connection, kind, "xlsx", TODAY, None, "sv", TODAY))).worksheets[0]
    (table,) = sheet.tables.values()
    assert table.autoFilter.ref == table.ref
    assert sheet.freeze_panes.endswith("5")
    assert "2026-11-24 08:00" in sheet["A2"].value


def test_activities_are_those_of_the_plan_that_was_current(connection: Connection) -> None:
    (now,) = csv_rows(connection, "activities", where="2080")
    (then,) = csv_rows(connection, "activities", day="2025-12-01", where="2080")
    assert (now["Aktivitet"], now["Läge"], now["Dagar försenad"]) == ("'@Utbilda alla i SIP", "▲ Försenad", "10")
    assert (then["Aktivitet"], then["Läge"], then["Dagar försenad"]) == ("Utbilda i SIP", "Planerad", "datum saknas")


def test_small_numbers_of_people_are_hidden_but_rates_are_not(connection: Connection) -> None:
    rows = {row["Mått"]: row for row in csv_rows(connection, "indicators")}
    counted, missing, rate = (
        rows["Ålder: 0 till 12 år"],
        rows["Ålder: 13 till 17 år"],
        rows["Ärenden om våld som har öppnats"],
    )
    assert [counted[title] for title in ("Kvinnor", "Män", "Totalt", "Anmärkning")] == [
        "dolt",
        "dolt",
        "13",
        "Färre än 5 personer.",
    ]
    assert [missing[title] for title in ("Kvinnor", "Totalt", "Anmärkning")] == [
        "saknas",
        "saknas",
        "Skyddas av sekretess",
    ]
    assert [rate[title] for title in ("Kvinnor", "Män")] == ["2,5", "0,4"]


def test_a_corrected_figure_replaces_the_earlier_from_then_on(connection: Connection) -> None:
    before = csv_rows(connection, "indicators", day="2026-02-15")
    assert [row["Kvinnor"] for row in before] == ["9"]


def test_deviations_as_they_were_known(connection: Connection) -> None:
    then = {row["Ärende"]: row for row in csv_rows(connection, "deviations", day="2026-04-01")}
    now = {row["Ärende"]: row for row in csv_rows(connection, "deviations")}
    assert list(then) == ["AVV-2026-0001"]
    assert (then["AVV-2026-0001"]["Läge"], now["AVV-2026-0001"]["Läge"]) == ("◐ Öppen", "✔ Avslutad")
    assert (then["AVV-2026-0001"]["Dagar öppen"], now["AVV-2026-0001"]["Dagar öppen"]) == ("30", "61")
    assert [row["Ärende"] for row in csv_rows(connection, "deviations", where="2062")] == ["AVV-2026-0003"]


def test_one_organisation_only(connection: Connection) -> None:
    assert {row["Kommun"] for row in csv_rows(connection, "status", where="2080")} == {"Falun"}
    assert {row["Kommun"] for row in csv_rows(connection, "tasks", where="2080")} == {"Falun"}


def test_what_cannot_be_had_is_refused(connection: Connection) -> None:
    for kind, suffix in (("everything", "xlsx"), ("status", "pdf")):
        with pytest.raises(Invalid, match="går inte att hämta"):
            export(connection, kind, suffix, TODAY, None, "sv", TODAY)
    with pytest.raises(NotFound):
        export(connection, "status", "xlsx", TODAY, None, "sv", TODAY, pack_key="another")
    with pytest.raises(NotFound, match="9999"):  # it gave an empty workbook
        export(connection, "status", "xlsx", TODAY, "9999", "sv", TODAY)


def test_file_names_say_what_and_when() -> None:
    assert file_name("status", ".xlsx", at("2026-11-23T23:30")) == "samflode-status-2026-11-24.xlsx"
