"""Pages of agreements and decisions on a county that has lived: what they say, and the files that say the same."""

import csv
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from zipfile import ZipFile

import docx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select, update

from engine.clock import utc_now
from engine.database import Database
from engine.database.register_tables import agreement, decision, deviation
from engine.database.tables import process_instance
from engine.database.workplace_tables import attachment, attachment_content
from engine.people import Person, list_people
from engine.queries import RecordedDecision, get_agreement, get_document, list_decisions
from tests.workplace import browse, make_application, open_county

REGIONAL = "dalarna-kvinnofrid-2024"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    yield from open_county(tmp_path_factory.mktemp("agreements"))


@pytest.fixture(scope="module")
def application(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_application(database, tmp_path_factory.mktemp("home"), demo=True)


def somebody(database: Database, role: str, organisation: str | None = None) -> Person:
    with database.read() as connection:
        return list_people(connection, role=role, organisation=organisation)[0]


@pytest.fixture(scope="module")
def rss(application: Flask, database: Database) -> FlaskClient:
    return browse(application, somebody(database, "rss"))


def page(client: FlaskClient, address: str) -> html.HtmlElement:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return html.document_fromstring(answer.text)


def text_of(found: list[html.HtmlElement]) -> list[str]:
    return [" ".join(one.text_content().split()) for one in found]


def csv_rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(client.get(address).data.decode("utf-8-sig")), delimiter=";"))


def _by_a_municipality_in_2024(one: RecordedDecision) -> bool:
    return one.day.year == 2024 and one.decision.kind == "party" and one.decision.party != "20"


def local_with_versions(database: Database, at_least: int, *, approved: bool | None = None) -> str:
    """A local agreement whose text has been through so many rounds of drafting."""
    person = somebody(database, "rss")
    with database.read() as connection:
        for key in connection.execute(select(agreement.c.key).where(agreement.c.kind == "local")).scalars():
            document = get_document(connection, person, utc_now(), key)
            right = approved is None or any(one.is_approved for one in document.versions) == approved
            if len(document.versions) >= at_least and right:
                return str(key)
    pytest.fail("the county has no such agreement")


def test_the_table_of_the_timeline_says_what_is_drawn(rss: FlaskClient, database: Database) -> None:
    key = local_with_versions(database, 1, approved=True)
    with database.read() as connection:
        detail = get_agreement(connection, somebody(database, "rss"), utc_now(), key)
    tree = page(rss, f"/overenskommelser/{key}")
    rows = tree.xpath("//section[@aria-labelledby='tid']//table/tbody/tr")
    assert len(rows) == len(detail.spans) + 1, "and the row that says when it is in force"
    drawn = tree.xpath("//svg[contains(@class, 'timeline__line')]//*[self::rect or self::path[@class='c-mark']]")
    assert len(drawn) >= len(detail.spans)
    assert tree.xpath("//svg[contains(@class, 'timeline__line')][@role='img']/title")
    assert {one.kind for one in detail.spans} >= {"done", "planned"}


def test_the_document_is_built_of_the_approved_sections(rss: FlaskClient, database: Database) -> None:
    key = local_with_versions(database, 1, approved=True)
    with database.read() as connection:
        document = get_document(connection, somebody(database, "rss"), utc_now(), key)
    assert document.version is not None
    assert document.version.is_approved
    tree = page(rss, f"/overenskommelser/{key}/dokument")
    links = [link.removeprefix("#") for link in tree.xpath("//nav[@class='contents']//a/@href")]
    assert set(links) <= set(tree.xpath("//@id"))
    sections = [section for chapter in document.chapters for section in chapter.sections]
    shown = " ".join(tree.xpath("//main")[0].text_content().split())
    assert all(" ".join((section.text or "").split()) in shown for section in sections)
    assert len(document.party_decisions) == 2
    assert all((one.case_number or "") in shown for one in document.party_decisions)


def test_the_word_file_says_the_same(rss: FlaskClient, database: Database) -> None:
    key = local_with_versions(database, 1, approved=True)
    answer = rss.get(f"/hamta/dokument/{key}.docx")
    assert answer.headers["Content-Disposition"].endswith('.docx"')
    found = docx.Document(BytesIO(answer.data))
    headings = [one.text for one in found.paragraphs if one.style is not None and one.style.name == "Heading 2"]
    tree = page(rss, f"/overenskommelser/{key}/dokument")
    assert headings == text_of(tree.xpath("//section[starts-with(@aria-labelledby, 'kap-')]/h3"))


def test_two_versions_are_compared_word_by_word(rss: FlaskClient, database: Database) -> None:
    key = local_with_versions(database, 2)
    tree = page(rss, f"/overenskommelser/{key}/dokument?version=2&jamfor=1")
    changed = tree.xpath("//section[@aria-labelledby='andrat']")[0]
    assert changed.xpath(".//del/span[@class='hidden']") or changed.xpath(".//ins/span[@class='hidden']")
    alike = page(rss, f"/overenskommelser/{key}/dokument?version=1&jamfor=1")
    assert not alike.xpath("//section[@aria-labelledby='andrat']//del")
    assert rss.get(f"/overenskommelser/{key}/dokument?version=99").status_code == 404
    assert rss.get(f"/overenskommelser/{key}/dokument?version=x").status_code == 404


def test_a_text_that_is_not_decided_is_not_shown_as_an_agreement(rss: FlaskClient, database: Database) -> None:
    key = local_with_versions(database, 1, approved=False)
    tree = page(rss, f"/overenskommelser/{key}/dokument")
    note = text_of(tree.xpath("//article/div[contains(@class, 'note')]"))[0]
    assert note.startswith(("Förslag.", "Arbetsutkast."))
    assert not tree.xpath("//section[@aria-labelledby='underskrifter']")


def test_the_regional_agreement_shows_every_partys_decision(rss: FlaskClient) -> None:
    tree = page(rss, f"/overenskommelser/{REGIONAL}")
    rows = tree.xpath("//section[@aria-labelledby='part']//tbody/tr")
    assert len(rows) == 16
    assert text_of(tree.xpath("//h2[@id='part']")) == ["Parternas beslut: 16 av 16 har godkänt"]
    assert text_of(tree.xpath("//h2[@id='undertecknat']/span")) == ["4 st"]


def test_agreements_are_filtered_and_taken_away_as_shown(rss: FlaskClient) -> None:
    for query in ("", "?namn=mor", "?lage=going", "?skede=drafting&visa=alla"):
        tree = page(rss, f"/overenskommelser{query}")
        shown = text_of(tree.xpath("//main//tbody//th/a"))
        rows = csv_rows(rss, f"/hamta/overenskommelser.csv{query}")
        assert sorted(row["Överenskommelse"] for row in rows) == sorted(shown), query
    assert text_of(page(rss, "/overenskommelser?namn=hedem").xpath("//main//tbody//th/a")) == ["Hedemora"]
    nothing = page(rss, "/overenskommelser?namn=finns+inte")
    assert "Ingen överenskommelse passar urvalet." in nothing.xpath("//main")[0].text_content()


def test_decisions_are_filtered_paged_and_taken_away_as_shown(rss: FlaskClient, database: Database) -> None:
    with database.read() as connection:
        every = list_decisions(connection, somebody(database, "rss"))
    for query, right in (
        ("?utfall=returned", lambda one: one.decision.outcome == "returned"),
        ("?ar=2024&vem=party", _by_a_municipality_in_2024),
    ):
        wanted = [one for one in every if right(one)]
        assert wanted
        tree = page(rss, f"/beslut{query}")
        assert text_of(tree.xpath("//h2[@id='tagna']/span")) == [f"{len(wanted)} st"]
        assert len(csv_rows(rss, f"/hamta/beslut.csv{query}")) == len(wanted)
    more = page(rss, "/beslut").xpath("//a[@rel='next']/@href")
    assert more == ["/beslut?sida=2"]
    assert len(page(rss, more[0]).xpath("//section[@aria-labelledby='tagna']//tbody/tr")) > 0
    assert rss.get("/hamta/beslut.xlsx").data.startswith(b"PK")
    assert rss.get("/hamta/beslut.exe").status_code == 404


def test_what_was_decided_about_a_deviation_is_only_for_those_whom_it_concerns(
    application: Flask, database: Database
) -> None:
    """The reason of such a decision stood in everybody's list."""
    person = somebody(database, "process_leader", "2034")
    with database.read() as connection:
        query = select(deviation.c.instance_id, deviation.c.key, deviation.c.agreement_key).where(
            deviation.c.organisation.not_in(person.organisations)
        )
        instance_id, key, agreement_key = connection.execute(query.limit(1)).one()
        other = connection.execute(select(decision).limit(1)).mappings().one()
    secret = "Bara för dem som det gäller"
    with database.write() as connection:
        row = {**other, "id": "about-a-deviation", "instance_id": instance_id, "agreement_key": agreement_key}
        connection.execute(
            decision.insert().values(**row | {"kind": "gate", "process_key": "deviation", "reason": secret})
        )
        elsewhere = {"principals": ["municipality"], "receiving_organisation": None}
        concerned = connection.execute(update(deviation).where(deviation.c.key == key).values(**elsewhere))
        assert concerned.rowcount == 1
    client = browse(application, person)
    assert secret not in client.get("/beslut").text + client.get(f"/overenskommelser/{agreement_key}").text
    assert secret.encode() not in client.get("/hamta/beslut.csv").data
    assert secret in browse(application, somebody(database, "rss")).get("/hamta/beslut.csv").data.decode()


def test_the_whole_case_goes_to_the_archive_but_not_to_strangers(application: Flask, database: Database) -> None:
    with database.read() as connection:
        row = connection.execute(select(agreement).where(agreement.c.kind == "local").limit(1)).one()
        deviations = connection.execute(
            select(process_instance.c.id).where(process_instance.c.process_key == "deviation")
        ).all()
    assert deviations
    leader = browse(application, somebody(database, "process_leader", row.organisation))
    answer = leader.get(f"/hamta/arende/{row.key}.zip")
    with ZipFile(BytesIO(answer.data)) as archive:
        names = archive.namelist()
        handed_in = archive.read("handlingar.html").decode()
        listing = archive.read("innehall.txt").decode()
    assert {"handlingar.html", "beslut.csv", "historik.csv", "innehall.txt"} < set(names)
    assert any(name.endswith(".docx") for name in names)
    assert "Avvikelse" not in " ".join(re.findall(r"<h2[^>]*>([^<]*)", handed_in))
    assert all(name in listing for name in names if name != "innehall.txt")
    with database.read() as connection:
        leaders = list_people(connection, role="process_leader")
    stranger = next(one for one in leaders if not {row.organisation, "20"} & one.organisations)
    assert browse(application, stranger).get(f"/hamta/arende/{row.key}.zip").status_code == 403


def test_a_file_that_was_handed_in_is_in_the_archive(application: Flask, database: Database) -> None:
    with database.write() as connection:
        row = connection.execute(select(agreement).where(agreement.c.kind == "local").limit(1)).one()
        task = connection.exec_driver_sql(
            "SELECT id FROM user_task WHERE instance_id IN (SELECT id FROM process_instance WHERE root_id = ?)",
            (row.instance_id,),
        ).scalar()
        person = somebody(database, "rss")
        values = {"id": "f1", "task_id": task, "instance_id": row.instance_id, "name": "Protokoll.pdf", "size": 4}
        values |= {"media_type": "application/pdf", "sha256": "x", "person_id": person.id, "added_at": utc_now()}
        connection.execute(attachment.insert().values(**values, submission_id="s"))
        connection.execute(attachment_content.insert().values(attachment_id="f1", content=b"%PDF"))
    answer = browse(application, person).get(f"/hamta/arende/{row.key}.zip")
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.read("bilagor/001-Protokoll.pdf") == b"%PDF"
