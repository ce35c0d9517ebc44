"""The workbook as another program than the one that wrote it reads it."""

import csv
import shutil
import subprocess

import pytest

from engine.queries.rows import StatusPicture
from exports.language import translator
from exports.status import status_workbook
from tests.availability import unavailable
from tests.county import TODAY

ALL_SHEETS = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,-1"


@pytest.fixture(scope="module")
def sheets(picture: StatusPicture, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[str]]]:
    """Each sheet as the rows of the CSV that LibreOffice makes of it."""
    office = shutil.which("soffice")
    if office is None:
        unavailable("LibreOffice (soffice)")
    folder = tmp_path_factory.mktemp("office")
    file = folder / "status.xlsx"
    file.write_bytes(status_workbook(picture, "sv", translator(picture.pack, "sv"), TODAY))
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [office, profile, "--headless", "--convert-to", ALL_SHEETS, "--outdir", str(folder), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    found = {}
    for made in folder.glob("status-*.csv"):
        with made.open(encoding="utf-8", newline="") as lines:
            found[made.stem.removeprefix("status-")] = list(csv.reader(lines, delimiter=";"))
    return found


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
