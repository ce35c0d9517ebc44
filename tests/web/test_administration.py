"""The administration's pages: who comes in, that every page holds together, and what its forms do and refuse."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import insert, select

from engine.clock import utc_now
from engine.commands.faults import report_fault
from engine.database import Database
from engine.database.tables import (
    incident,
    outbox,
    pack_version,
    person,
    process_definition,
    process_instance,
    user_task,
)
from engine.packs import load_pack, shipped_packs, upload
from engine.people import Person, authenticate, list_people
from tests.packs import PACK, build_pack
from tests.web.test_pages import faults, form_faults
from tests.workplace import SECRET_KEY, browse, make_application, open_county
from web import words

PAGES = (
    "/administration",
    "/administration/personer",
    "/administration/personer?sok=an&roll=process_leader&konton=alla",
    "/administration/personer?sok=finnsinte",
    "/administration/personer/ny",
    "/administration/organisationer",
    "/administration/organisationer/2062",
    "/administration/processpaket",
    "/administration/processpaket/dalarna-kvinnofrid",
    "/administration/processpaket/dalarna-kvinnofrid/skillnad?fran=1&till=1",
    "/administration/arenden",
    "/administration/arenden?lage=active&sok=2062",
    "/administration/flytta",
    "/administration/fel",
    "/administration/fel?lage=alla",
    "/administration/mejl",
    "/administration/nycklar",
    "/administration/tillganglighetsfel",
    "/administration/tillganglighetsfel?lage=hanterade",
    "/administration/drift",
    "/administration/logg",
    "/installningar",
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    yield from open_county(tmp_path_factory.mktemp("administration"))


@pytest.fixture(scope="module")
def application(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_application(
        database, tmp_path_factory.mktemp("home"), csrf=False, smtp_url="smtp://post:hemligt@mail.example.se:587"
    )


@pytest.fixture(scope="module")
def administrator(database: Database) -> Person:
    with database.read() as connection:
        return list_people(connection, role="administrator")[0]


@pytest.fixture(scope="module")
def leader(database: Database) -> Person:
    with database.read() as connection:
        return list_people(connection, role="process_leader")[0]


@pytest.fixture
def client(application: Flask, administrator: Person) -> FlaskClient:
    return browse(application, administrator)


def running(database: Database) -> str:
    """The id of an instance of the deviation process or another that nobody has called."""
    with database.read() as connection:
        query = select(process_instance.c.id).where(
            process_instance.c.status == "active", process_instance.c.process_key == "local_agreement"
        )
        return str(connection.execute(query).scalars().first())


@pytest.fixture(scope="module")
def failed(database: Database) -> str:
    """An incident that waits for a person; its id."""
    row = {
        "id": "incident-1",
        "instance_id": running(database),
        "kind": "timer",
        "subject": "timer-gone",
        "element_id": "wait",
        "reason": "Fältet saknas",
        "data": {"outcome": "approved"},
        "attempts": 5,
        "created_at": utc_now(),
        "last_at": utc_now(),
    }
    with database.write() as connection:
        connection.execute(insert(incident).values(row))
    return "incident-1"


@pytest.mark.parametrize("locale", ["sv", "en"])
def test_every_page_holds_together(
    application: Flask, database: Database, administrator: Person, leader: Person, failed: str, locale: str
) -> None:
    with database.write() as connection:
        report_fault(connection, utc_now(), leader, "Knappen syns inte", "/uppgifter", "l@mora.se")
    client = browse(application, administrator, locale)
    instance_id = running(database)
    ones = (
        f"/administration/personer/{leader.id}",
        f"/administration/personer/{administrator.id}",
        f"/administration/personer/{leader.id}/anonym",
        f"/administration/arenden/{instance_id}",
        f"/administration/arenden/{instance_id}/andra",
        f"/administration/fel/{failed}",
    )
    for address in (*PAGES, *ones):
        answer = client.get(address)
        assert answer.status_code == 200, address
        tree = html.document_fromstring(answer.text)
        # Forms carry no token here, where it is switched off; the page of one person is looked at with it below.
        found = [fault for fault in faults(tree, locale) if "CSRF" not in fault]
        assert found == [], address


def test_every_form_has_a_token(application: Flask, client: FlaskClient, leader: Person) -> None:
    application.config["WTF_CSRF_ENABLED"] = True
    try:
        pages = [
            client.get(address) for address in ("/administration/nycklar", f"/administration/personer/{leader.id}")
        ]
        refused = client.post(f"/administration/personer/{leader.id}/stang")
    finally:
        application.config["WTF_CSRF_ENABLED"] = False
    assert [list(form_faults(html.document_fromstring(answer.text))) for answer in pages] == [[], []]
    assert refused.status_code == 400


def test_only_administrators_come_in(application: Flask, leader: Person) -> None:
    client = browse(application, leader)
    rules = [rule for rule in application.url_map.iter_rules() if rule.endpoint.startswith("administration.")]
    assert len(rules) > 40
    for rule in rules:
        given = dict.fromkeys(rule.arguments, "x")
        path = rule.build(given)[1]  # type: ignore[index]
        for method in {"GET", "POST"} & (rule.methods or set()):
            assert client.open(path, method=method).status_code in {403, 404}, (method, path)
    assert "Administration" not in client.get("/installningar").text
    assert client.get(f"/personuppgifter/{leader.id}.json").status_code == 200


def test_a_new_colleague(client: FlaskClient, application: Flask, database: Database) -> None:
    """Added, corrected, given a role and a password that is shown once; then the account is closed and forgotten."""
    wrong = client.post("/administration/personer/ny", data={"username": "x", "name": "", "email": "nej"})
    assert wrong.status_code == 422
    links = html.document_fromstring(wrong.text).xpath("//*[@role='alert']//a/@href")
    assert sorted(links) == ["#email", "#name", "#username"]
    given = {"username": "ny.person", "name": "Ny Person", "email": "ny@mora.se", "locale": "sv"}
    place = client.post("/administration/personer/ny", data=given).headers["Location"]
    assert client.post(f"{place}/roller", data={"role": "process_leader", "organisation": ""}).status_code == 422
    client.post(f"{place}/roller", data={"role": "process_leader", "organisation": "2062"})
    shown = client.post(f"{place}/losenord")
    assert shown.headers["Cache-Control"] == "no-store"
    password = html.document_fromstring(shown.text).findtext(".//code") or ""
    with database.read() as connection:
        assert authenticate(connection, "ny.person", password).grants == {("process_leader", "2062")}
    page = client.get(place).text
    assert "Mora, processledare" in page
    assert password not in page
    client.post(f"{place}/stang")
    assert "Stängt konto" in client.get(place).text
    client.post(f"{place}/anonym")
    assert "Ny Person" not in client.get(place).text
    assert "Ny Person" not in client.get("/administration/logg").text
    assert "ny@mora.se" not in client.get("/administration/logg").text


def test_a_list_is_taken_away_as_it_is_shown(client: FlaskClient) -> None:
    told = client.get("/administration/personer.csv?roll=process_leader&sok=process_leader").get_data(as_text=True)
    page = html.document_fromstring(client.get("/administration/personer?roll=process_leader&sok=process_leader").text)
    assert len(told.splitlines()) - 1 == len(page.xpath("//tbody/tr"))
    assert client.get("/administration/personer.xlsx").data.startswith(b"PK")
    assert client.get("/administration/logg.csv").status_code == 200
    assert client.get("/administration/personer.exe").status_code == 404


def test_secrets_are_never_shown(client: FlaskClient) -> None:
    page = client.get("/administration/drift").text
    assert "SAMFLODE_SECRET_KEY" in page
    assert "mail.example.se" in page
    assert SECRET_KEY not in page
    assert "hemligt" not in page


def test_a_token_is_shown_once(client: FlaskClient, leader: Person) -> None:
    assert client.post("/administration/nycklar", data={}).status_code == 422
    given = {"person": leader.id, "scope": "read", "purpose": "Prov", "lifetime": "30"}
    made = client.post("/administration/nycklar", data=given)
    secret = html.document_fromstring(made.text).findtext(".//code") or ""
    assert secret.startswith("samflode_")
    page = client.get("/administration/nycklar").text
    assert secret not in page
    assert "Prov" in page


def test_an_incident_is_closed_with_a_reason(client: FlaskClient, database: Database, failed: str) -> None:
    assert client.post(f"/administration/fel/{failed}/avsluta", data={"why": ""}).status_code == 422
    assert "Fältet saknas" in client.get("/administration/fel").text
    client.post(f"/administration/fel/{failed}/avsluta", data={"why": "Ordnat på annat sätt"})
    assert "Fältet saknas" not in client.get("/administration/fel").text
    assert "Ordnat på annat sätt" in client.get(f"/administration/fel/{failed}").text
    assert client.post(f"/administration/fel/{failed}/forsok-igen", data={"reason": "Igen"}).status_code == 409


def test_who_could_not_complete_a_task_is_told_that_it_works_now(client: FlaskClient, database: Database) -> None:
    with database.write() as connection:
        task = connection.execute(select(user_task).where(user_task.c.state == "open").limit(1)).one()
        who = connection.execute(select(person.c.id).limit(1)).scalar_one()
        row = {"instance_id": task.instance_id, "kind": "task", "subject": task.id, "element_id": task.element_id}
        row |= {"reason": "Något gick fel.", "data": {}, "person_id": who, "attempts": 1}
        connection.execute(insert(incident).values(id="undone", created_at=utc_now(), last_at=utc_now(), **row))
    assert task.name in client.get("/administration/fel").text  # by its name, not its id
    assert "Uppgiften görs inte om av sig själv" in client.get("/administration/fel/undone").text
    told = client.post("/administration/fel/undone/forsok-igen", data={"reason": "Rättat"}, follow_redirects=True).text
    assert "Den som gjorde uppgiften har fått veta att den kan slutföras." in told
    with database.read() as connection:
        mail = select(outbox.c.subject).where(outbox.c.person_id == who, outbox.c.task_id == task.id)
        assert f"Nu går det att slutföra: {task.name}" in connection.execute(mail).scalars().all()


def test_a_case_is_suspended_and_resumed(client: FlaskClient, database: Database) -> None:
    place = f"/administration/arenden/{running(database)}"
    assert client.post(f"{place}/pausa", data={"reason-pausa": " "}).status_code == 422
    client.post(f"{place}/pausa", data={"reason-pausa": "Väntar på besked"})
    assert "Pausat" in client.get(place).text
    assert client.post(f"{place}/pausa", data={"reason-pausa": "Igen"}).status_code == 422
    client.post(f"{place}/aterta", data={"reason-aterta": "Klart"})
    assert "Väntar på besked" in client.get(place).text
    assert client.post(f"{place}/annat", data={}).status_code == 404


def test_a_change_is_shown_before_it_is_made(client: FlaskClient, database: Database) -> None:
    with database.read() as connection:
        query = select(process_instance.c.id).where(
            process_instance.c.status == "active", process_instance.c.process_key == "implementation"
        )
        instance_id = connection.execute(query).scalars().first() or running(database)
    place = f"/administration/arenden/{instance_id}/andra"
    page = html.document_fromstring(client.get(place).text)
    waits = page.xpath("//input[@name='cancel']/@value")
    with database.read() as connection:
        before = connection.execute(select(process_instance)).all()
    starts = [
        value for value in page.xpath("//select[@name='start']/option/@value") if value.startswith("start_before")
    ]
    given = {"cancel": waits[:1], "start": f"start_before:{waits[0]}", "reason": "Prov"}
    assert given["start"] in starts
    shown = client.post(place, data=given)
    assert shown.status_code == 200, shown.text
    assert "Det här kommer att hända" in shown.text
    with database.read() as connection:
        assert connection.execute(select(process_instance)).all() == before, "nothing was written"
    assert client.post(place, data={**given, "reason": ""}).status_code == 422
    assert client.post(place, data={"reason": "Inget valt"}).status_code == 422
    assert client.post(place, data={**given, "do": "apply"}).status_code == 302
    assert "ändrades av en administratör" in client.get(f"/administration/arenden/{instance_id}").text


def test_mail_that_failed_is_tried_again(client: FlaskClient, database: Database, leader: Person) -> None:
    row = {"id": "letter-1", "person_id": leader.id, "address": "l@mora.se", "subject": "Ett ämne", "body": "Text"}
    with database.write() as connection:
        connection.execute(insert(outbox).values(created_at=utc_now(), attempts=8, last_error="nej", **row))
    assert "/administration/mejl/letter-1/skicka-igen" in client.get("/administration/mejl").text
    client.post("/administration/mejl/letter-1/skicka-igen")
    with database.read() as connection:
        assert connection.execute(select(outbox.c.attempts).where(outbox.c.id == "letter-1")).scalar_one() == 0


def zipped(folder: Path, change: dict[str, bytes]) -> io.BytesIO:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            name = file.relative_to(folder).as_posix()
            if file.is_file() and file.suffix in upload.KINDS:
                archive.writestr(name, change.get(name, file.read_bytes()))
    content.seek(0)
    return content


def test_a_pack_with_faults_is_not_stored(client: FlaskClient, database: Database) -> None:
    pack = shipped_packs()[0]
    manifest = (pack / "pack.toml").read_text().replace("remind_before", "remind_sometime")
    sent = {"paket": (zipped(pack, {"pack.toml": manifest.encode()}), "paket.zip"), "las-in": "ja"}
    answer = client.post("/administration/processpaket/zip", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "remind_sometime" in answer.text
    for bad in (b"", b"ingen zip"):
        sent = {"paket": (io.BytesIO(bad), "paket.zip")}
        answer = client.post("/administration/processpaket/zip", data=sent, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert html.document_fromstring(answer.text).xpath("//input[@id='paket'][@aria-invalid='true']")
    assert client.post("/administration/processpaket/zip", data={}).status_code == 422
    assert client.post("/administration/processpaket/mapp", data={"mapp": "../../etc"}).status_code == 422
    with database.read() as connection:
        assert len(connection.execute(select(pack_version.c.id)).all()) == 1


def test_a_new_version_is_checked_deployed_and_compared(client: FlaskClient, tmp_path: Path) -> None:
    pack = build_pack(tmp_path / "pack")
    manifest = (pack / "pack.toml").read_text()
    later = re.sub(r'remind_before = "[^"]*"', 'remind_before = "P1D"', manifest)
    assert later != manifest
    answer = None
    for number, content in ((1, manifest), (2, later)):
        checked = {"paket": (zipped(pack, {"pack.toml": content.encode()}), "paket.zip")}
        answer = client.post("/administration/processpaket/zip", data=checked, content_type="multipart/form-data")
        assert "bara kontrollen är gjord" in answer.text
        sent = {"paket": (zipped(pack, {"pack.toml": content.encode()}), "paket.zip"), "las-in": "ja"}
        answer = client.post("/administration/processpaket/zip", data=sent, content_type="multipart/form-data")
        assert "Inget att anmärka på" in answer.text
        assert f"Paketet har version {number}" in answer.text
    assert answer is not None
    assert "ny version 1" not in answer.text
    differs = client.get(f"/administration/processpaket/{PACK}/skillnad?fran=1&till=2").text
    assert "remind_before" in differs
    assert "P1D" in differs
    assert "Läste in processpaketet" in client.get("/administration/logg").text
    assert client.get(f"/administration/processpaket/{PACK}").status_code == 200


def test_a_stored_pack_can_be_fetched_as_a_zip_file(client: FlaskClient, tmp_path: Path) -> None:
    shipped = load_pack(shipped_packs()[0])
    page = f"/administration/processpaket/{shipped.key}"
    assert f"{page}/zip" in client.get(page).text
    answer = client.get(f"{page}/zip")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={shipped.key}.zip"
    assert load_pack(upload.unpack(answer.data, tmp_path)).content_hash == shipped.content_hash


def test_cases_move_to_a_new_version_after_a_dry_run(client: FlaskClient, database: Database) -> None:
    instance_id = running(database)
    with database.write() as connection:
        query = select(process_definition).join(
            process_instance, process_instance.c.definition_id == process_definition.c.id
        )
        old = connection.execute(query.where(process_instance.c.id == instance_id)).one()
        newer = {**old._mapping, "id": "newer", "version": old.version + 1, "content_hash": "newer"}
        connection.execute(insert(process_definition).values(newer))
    version = f"{old.pack_key}/{old.process_key}/{old.version}"
    chosen = {"version": version, "till": str(old.version + 1)}
    shown = client.get("/administration/flytta", query_string=chosen)
    assert "Provkörning: inget är ändrat än" in shown.text
    assert "Fortsätter som det är" in shown.text
    wrong = client.post("/administration/flytta", data={**chosen, "reason": ""})
    assert wrong.status_code == 422
    assert html.document_fromstring(wrong.text).xpath("//*[@id='reason'][@aria-invalid='true']")
    done = client.post("/administration/flytta", data={**chosen, "reason": "Rättad text"})
    assert "Flyttat" in done.text
    moved_cases = done.text.count("#s-done")
    assert re.search(rf"\b{moved_cases} ärenden? är flytta(t|de)\.", done.text)
    for asked, part in ((shown, "prov"), (done, "resultat")):  # what came of it has the focus, so that it is read out
        assert html.document_fromstring(asked.text).xpath(f"//h2[@id='{part}'][@data-focus][@tabindex='-1']")
    assert html.document_fromstring(done.text).findtext(".//title", "").endswith(", Administration · Samflöde")
    with database.read() as connection:
        moved = select(process_instance.c.definition_id).where(process_instance.c.id == instance_id)
        assert connection.execute(moved).scalar_one() == "newer"
    assert "Flyttade ärenden i" in client.get("/administration/logg").text
    for odd in (
        {"version": "a/b/c", "till": "x"},
        {"version": "a/b/1", "till": "2"},
        {"version": version, "till": "9"},
    ):
        assert client.get("/administration/flytta", query_string=odd).status_code == 200


def test_a_step_that_is_gone_is_chosen_among_those_that_fit(client: FlaskClient, database: Database) -> None:
    with database.write() as connection:
        waiting = select(user_task).where(user_task.c.state == "open", user_task.c.item.is_(None))
        task = connection.execute(waiting.order_by(user_task.c.id)).first()
        assert task is not None
        old = connection.execute(select(process_definition).where(process_definition.c.id == task.definition_id)).one()
        bpmn = old.bpmn.replace(f'"{task.element_id}"', '"renamed_step"').replace(
            f">{task.element_id}<", ">renamed_step<"
        )
        newer = {**old._mapping, "id": "renamed", "version": 97, "content_hash": "renamed", "bpmn": bpmn}
        connection.execute(insert(process_definition).values(newer))
    chosen = {"version": f"{old.pack_key}/{old.process_key}/{old.version}"}
    page = html.document_fromstring(client.get("/administration/flytta", query_string=chosen).text)
    select_id = f"m.{task.element_id}"
    assert page.xpath(f"//select[@id='{select_id}']/option[@selected]/@value") == ["renamed_step"]
    assert "Föreslaget" in page.xpath(f"string(//*[@id='{select_id}-hint'])")
    assert page.xpath(f"//form[@method='post']//input[@name='{select_id}']/@value") == ["renamed_step"]
    assert "Flyttas till ett annat steg" in page.text_content()
    undecided = client.get("/administration/flytta", query_string={**chosen, select_id: ""}).text
    assert "kan inte flyttas" in undecided
    sent = {**chosen, "till": "97", select_id: "renamed_step", "reason": "Steget bytte namn"}
    assert "Flyttat" in client.post("/administration/flytta", data=sent).text
    with database.read() as connection:
        moved = select(user_task.c.element_id).where(user_task.c.id == task.id)
        assert connection.execute(moved).scalar_one() == "renamed_step"


def test_names_within_a_sentence_stay_when_it_is_translated(application: Flask) -> None:
    with application.test_request_context("/?lang=en"):
        application.preprocess_request()
        said = words.said(upload.BAD_KIND.format(name="a.exe"))
        assert said.startswith("The file a.exe does not belong")
        assert words.said("Något annat.") == "Något annat."


@pytest.mark.parametrize("path", ["/administration/personer/ny", "/administration/nycklar"])
def test_what_is_to_be_corrected_stands_in_the_order_of_the_page(client: FlaskClient, path: str) -> None:
    tree = html.document_fromstring(client.post(path, data={}).text)
    wrong = [one.rpartition("#")[2] for one in tree.xpath("//*[contains(@class, 'govuk-error-summary')]//a/@href")]
    fields = [one.get("id") for one in tree.xpath("//main//form//*[@id]") if one.get("id") in wrong]
    assert wrong == fields != []
