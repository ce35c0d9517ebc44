"""The page on which something is started: its files and text survive whatever happens before it is handed in."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from engine.database import Database
from engine.database.tables import submission
from engine.database.workplace_tables import attachment, start_draft
from engine.people import Person, find_person
from tests.workplace import browse, make_application, open_county

ADDRESS = "/starta/minor_amendment"
PDF = b"%PDF-1.7\ntrailer\n<<>>\n%%EOF\n"
WRITTEN = {
    "title": "Ny paragraf",
    "kind": "law",
    "passage": "Del 2",
    "what": "Gammal text, ny text",
    "why": "Lagen är ändrad",
    "touches_purpose": "false",
}


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Database]:
    yield from open_county(tmp_path)


@pytest.fixture
def rss(county: Database, tmp_path: Path) -> FlaskClient:
    return _browser(county, tmp_path, "rss")


def _browser(county: Database, home: Path, username: str) -> FlaskClient:
    return browse(make_application(county, home, csrf=False), _person(county, username))


def _person(county: Database, username: str) -> Person:
    with county.read() as connection:
        person = find_person(connection, username)
    assert person is not None
    return person


def _file(name: str, content: bytes = PDF) -> tuple[BytesIO, str]:
    return BytesIO(content), name


def test_a_file_survives_a_refused_form_and_is_shown_where_it_is_decided(rss: FlaskClient, county: Database) -> None:
    refused = rss.post(
        ADDRESS, data={"do": "complete", "_version": "0", "why": "Lagen", "attachment": _file("lag.pdf")}
    )
    assert refused.status_code == 422
    assert "lag.pdf" in refused.text
    assert ">Lagen</textarea>" in refused.text.replace("\n", "")
    assert 'name="_version" value="2"' in refused.text
    again = rss.get(ADDRESS)
    assert ("lag.pdf" in again.text, "Du har redan börjat." in again.text) == (True, True)
    assert "Påbörjat" in rss.get("/starta").text
    with county.read() as connection:
        file_id = connection.execute(select(attachment.c.id).where(attachment.c.name == "lag.pdf")).scalar_one()
    assert rss.get(f"/filer/{file_id}").data == PDF
    sent = rss.post(ADDRESS, data={"do": "complete", "_version": "2", **WRITTEN, "_files": _file("karta.pdf")})
    assert sent.status_code == 302, sent.text
    network = browse(rss.application, _person(county, "network"))
    mine = network.get("/uppgifter", query_string={"process": "minor_amendment"}).text
    task = mine.split('href="/uppgifter/')[1].split('"')[0]
    shown = network.get(f"/uppgifter/{task}").text
    assert ("lag.pdf" in shown, "karta.pdf" in shown) == (True, True)
    assert network.get(f"/filer/{file_id}").status_code == 200


def test_what_cannot_be_kept_is_told_and_the_rest_is_kept(rss: FlaskClient, county: Database) -> None:
    answer = rss.post(
        ADDRESS,
        data={"do": "complete", "_version": "0", **WRITTEN, "attachment": [_file("fel.exe", b"MZ"), _file("ok.pdf")]},
    )
    assert (answer.status_code, "fel.exe: Filtypen" in answer.text, "ok.pdf" in answer.text) == (422, True, True)
    version = answer.text.split('name="_version" value="')[1].split('"')[0]
    with county.read() as connection:
        kept = connection.execute(select(attachment.c.id).where(attachment.c.name == "ok.pdf")).scalar_one()
    removed = rss.post(ADDRESS, data={"do": f"remove-file:{kept}", "_version": version, **WRITTEN})
    assert removed.status_code == 302
    page = rss.get(ADDRESS).text
    assert ("Filen är borttagen: ok.pdf." in page, "Gammal text, ny text" in page) == (True, True)
    assert rss.post(f"{ADDRESS}/borja-om").status_code == 302
    assert "Gammal text, ny text" not in rss.get(ADDRESS).text


def test_two_windows_lose_nothing(rss: FlaskClient, county: Database) -> None:
    rss.post(ADDRESS, data={"do": "attach", "_version": "0", "title": "I det ena", "_files": _file("ena.pdf")})
    other = rss.post(ADDRESS, data={"do": "complete", "_version": "0", **WRITTEN})
    assert other.status_code == 409
    for shown in ("ett annat fönster", "ena.pdf", "Gammal text, ny text"):
        assert shown in other.text
    version = other.text.split('name="_version" value="')[1].split('"')[0]
    assert rss.post(ADDRESS, data={"do": "complete", "_version": version, **WRITTEN}).status_code == 302
    with county.read() as connection:
        assert connection.execute(select(func.count()).select_from(start_draft)).scalar_one() == 0


def test_the_script_saves_what_is_written(rss: FlaskClient) -> None:
    first = rss.post(
        f"{ADDRESS}/utkast", data={"_version": "0", "why": "Därför"}, headers={"Accept": "application/json"}
    )
    assert (first.status_code, first.get_json()["version"]) == (200, 1)
    second = rss.post(f"{ADDRESS}/utkast", data={"_version": "0", "why": "Annat"})
    assert (second.status_code, second.get_json()["choose"]) == (409, True)
    third = rss.post(f"{ADDRESS}/utkast", data={"_version": "1", "why": "19121212-1212"})
    assert (third.status_code, third.get_json()["field"]) == (422, "why")
    assert "Därför" in rss.get(ADDRESS).text


def test_a_deviation_takes_files_too(county: Database, tmp_path: Path) -> None:
    reporter = _browser(county, tmp_path, "deviation_handler.borlange")
    page = reporter.get("/starta/deviation").text
    assert 'name="_files"' in page
    reporter.post("/starta/deviation", data={"do": "attach", "_version": "0", "_files": _file("bild.pdf")})
    assert "bild.pdf" in reporter.get("/starta/deviation").text


def test_the_agreements_text_as_a_file_stands_in_its_document(rss: FlaskClient, county: Database) -> None:
    key = "dalarna-kvinnofrid-2024"
    file = {"id": "f1", "name": "overenskommelsen.pdf", "field": "agreement_text", "size": 4000, "sha256": "0"}
    with county.write() as connection:
        first = submission.c.form_key == "agreement_proposal"
        row = connection.execute(select(submission).where(first)).one()
        values = {**row._mapping["values"], "_attachments": [file]}
        connection.execute(update(submission).where(submission.c.id == row.id).values(values=values))
    page = rss.get(f"/overenskommelser/{key}/dokument").text
    assert 'href="/filer/f1"' in page
    assert "Överenskommelsens text, 4 kB" in page
    word = rss.get(page.split('class="govuk-button" href="')[1].split('"')[0])
    said = "\n".join(paragraph.text for paragraph in Document(BytesIO(word.data)).paragraphs)
    assert "overenskommelsen.pdf (Överenskommelsens text, " in said
