"""What stands around a task's form: drafts that nothing overwrites, files, comments, parts that others write."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from engine.clock import utc_now
from engine.commands import deploy_pack, save_draft, start_process
from engine.database import Database
from engine.database.tables import draft, metadata, outbox, submission, user_task
from engine.database.workplace_tables import attachment, comment, contribution
from engine.people import Person, create_person, find_person, grant
from tests.packs import PACK, build_pack
from tests.workplace import browse, make_application

PDF = b"%PDF-1.7\ntrailer\n<<>>\n%%EOF\n"
FORM = {
    "type": "object",
    "title": "Skriv avsnittet",
    "properties": {
        "today": {"type": "string", "title": "Vad finns i dag?", "maxLength": 5000},
        "gaps": {"type": "string", "title": "Vad saknas?", "maxLength": 5000},
        "text": {"type": "string", "title": "Avsnittets text", "maxLength": 5000},
        "members": {"type": "integer", "title": "Hur många är ni?"},
        "scan": {"type": "string", "title": "Underskriven kopia", "maxLength": 200, "x-widget": "file"},
    },
    "required": ["today", "scan"],
}
PEOPLE = (
    ("Karin", "process_leader", "2080"),
    ("Birgitta", "process_leader", "2080"),
    ("Mora", "process_leader", "2062"),
    ("Rut", "rss", "rss"),
)
ANSWERS = {"today": "Rutin finns.", "text": "Vi möts varje månad."}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small pack, with a form of several questions."""
    folder = build_pack(tmp_path_factory.mktemp("pack"))
    (folder / "called/forms/text.json").write_text(json.dumps(FORM))
    return folder


@pytest.fixture
def county(sqlite_url: str, pack: Path) -> Iterator[Database]:
    opened = Database(sqlite_url)
    metadata.create_all(opened.engine)
    with opened.write() as connection:
        deploy_pack(connection, utc_now(), pack)
        for name, role, organisation in PEOPLE:
            person_id = create_person(connection, utc_now(), name.lower(), name)
            grant(connection, utc_now(), person_id, role, organisation)
        me = find_person(connection, "karin")
        assert me is not None
        start_process(connection, utc_now(), me, "caller", organisation="2080", pack_key=PACK)
    yield opened
    opened.close()


@pytest.fixture
def application(county: Database, tmp_path: Path) -> Flask:
    return make_application(county, tmp_path, csrf=False)


class Desk:
    """A task that two people of a working group may do, and their browsers."""

    def __init__(
        self, application: Flask, county: Database, task_id: str, me: Person, colleague: Person, stranger: Person
    ) -> None:
        self.application, self.county, self.id = application, county, task_id
        self.address = f"/uppgifter/{task_id}"
        self.me, self.colleague, self.stranger = me, colleague, stranger

    def browse(self, person: Person | None = None) -> FlaskClient:
        return browse(self.application, person or self.me)

    def rows(self, table: Any) -> list[Any]:
        with self.county.read() as connection:
            return list(connection.execute(select(table).where(table.c.task_id == self.id)))


@pytest.fixture
def desk(application: Flask, county: Database) -> Desk:
    with county.read() as connection:
        task_id = connection.execute(select(user_task.c.id).where(user_task.c.state == "open")).scalar_one()
        karin, birgitta, mora = (find_person(connection, name.lower()) for name, *_ in PEOPLE[:3])
    assert karin
    assert birgitta
    assert mora
    return Desk(application, county, task_id, karin, birgitta, mora)


def with_file(content: bytes, **values: str) -> dict[str, Any]:
    """What a browser sends, in memory: the test client would leave a temporary file open."""
    files: dict[str, Any] = {"_files": FileStorage(BytesIO(content), filename="stor.txt")}
    stream, _length, boundary = stream_encode_multipart({**values, **files}, use_tempfile=False)
    return {"data": stream.read(), "content_type": f"multipart/form-data; boundary={boundary}"}


def tree(text: str) -> html.HtmlElement:
    return html.document_fromstring(text)


def version_on(page: str) -> str:
    return str(tree(page).xpath("//main//form//input[@name='_version']/@value")[0])


def main_text(page: str) -> str:
    return " ".join(tree(page).xpath("string(//main)").split())


def test_the_script_saves_and_is_told_what_it_needs(desk: Desk) -> None:
    client = desk.browse()
    page = client.get(desk.address).text
    form = tree(page).xpath("//form[@data-draft]")[0]
    address = form.get("data-draft")
    saved = client.post(address, data={"today": "Påbörjat", "_version": version_on(page)})
    assert saved.status_code == 200
    assert saved.get_json()["version"] == 1
    assert saved.get_json()["message"].startswith("Sparat ")
    assert saved.get_json()["answered"] == ["today"]

    second = client.post(address, data={"today": "Från ett annat fönster", "_version": "0"})
    assert (second.status_code, second.get_json()["choose"]) == (409, True)
    unfit = client.post(address, data={"today": "19121212-1212", "_version": "1"})
    assert unfit.status_code == 422
    assert "personnumret" in unfit.get_json()["message"]
    assert [row.values for row in desk.rows(draft)] == [{"today": "Påbörjat"}]


def test_two_windows_are_told_apart_and_nothing_is_lost(desk: Desk) -> None:
    client = desk.browse()
    old = version_on(client.get(desk.address).text)
    client.post(desk.address, data={"today": "I första fönstret", "gaps": "Lika", "_version": old, "do": "save"})
    refused = client.post(desk.address, data={"today": "I andra", "gaps": "Lika", "_version": old, "do": "save"})
    assert refused.status_code == 409
    assert "I första fönstret" in refused.text
    assert "I andra" in refused.text
    page = tree(refused.text)
    names = page.xpath("//main//input[@type='radio']/@name")
    assert set(names) == {"take.today"}
    carried = {name: page.xpath("//main//input[@name=$n]/@value", n=name)[0] for name in ("carried", "_version")}
    both = client.post(f"{desk.address}/utkast/valj", data={**carried, "take.today": "both", "do": "chosen"})
    assert both.status_code == 302
    kept = desk.rows(draft)[0]
    assert kept.values == {"today": "I andra\n\nI första fönstret", "gaps": "Lika"}
    # Handing in from a window that has not seen it would remove it unseen.
    for strange in ("[" * 100_000, "[]", '{"today": {"a": 1}}', ""):
        refused = client.post(f"{desk.address}/utkast/valj", data={"carried": strange, "_version": "2"})
        assert refused.status_code in (409, 422), refused.status_code
    late = client.post(
        desk.address,
        data={**ANSWERS, "_version": old, "do": "complete", "scan": (BytesIO(PDF), "kopia.pdf")},
        content_type="multipart/form-data",
    )
    assert late.status_code == 409
    assert desk.rows(draft) == [kept]


def test_colleagues_see_each_others_drafts_and_take_in_what_they_want(desk: Desk) -> None:
    with desk.county.write() as connection:
        save_draft(connection, utc_now(), desk.colleague, desk.id, {"today": "Kollegans text", "gaps": "Saknas"})
    client = desk.browse()
    client.post(desk.address, data={"today": "Min text", "do": "save"})
    page = client.get(desk.address)
    assert f"{desk.colleague.name} har också ett utkast" in main_text(page.text)
    assert "Det skiljer sig från ditt i: Vad finns i dag?, Vad saknas?." in main_text(page.text)
    address = f"{desk.address}/utkast/{desk.colleague.id}"
    compared = client.get(address)
    assert "Kollegans text" in compared.text
    version = version_on(compared.text)
    assert client.post(address, data={"take.gaps": "other", "_version": version}).status_code == 302
    drafts = {row.person_id: row.values for row in desk.rows(draft)}
    assert drafts == {
        desk.me.id: {"today": "Min text", "gaps": "Saknas"},
        desk.colleague.id: {"today": "Kollegans text", "gaps": "Saknas"},
    }
    with desk.county.read() as connection:
        follows_up = find_person(connection, "rut")
    assert desk.browse(follows_up).get(desk.address).status_code == 200
    assert desk.browse(follows_up).get(address).status_code == 403


def test_files_are_kept_though_the_form_comes_back_with_errors(desk: Desk) -> None:
    client = desk.browse()
    files = {"_files": [(BytesIO(PDF), "Underlag.pdf"), (BytesIO(b"MZ"), "program.exe")]}
    answer = client.post(
        desk.address, data={"today": "Text", "do": "complete", **files}, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert "program.exe: Filtypen går inte att bifoga" in main_text(answer.text)
    assert "Underlag.pdf" in main_text(answer.text)
    kept = [row for row in desk.rows(attachment) if row.removed_at is None]
    assert [row.name for row in kept] == ["Underlag.pdf"]

    fetched = client.get(f"/filer/{kept[0].id}")
    assert fetched.data == PDF
    assert fetched.content_type == "application/pdf"
    assert fetched.headers["Content-Disposition"].startswith('attachment; filename="Underlag.pdf"')
    assert fetched.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert desk.browse(desk.stranger).get(f"/filer/{kept[0].id}").status_code == 403
    assert desk.browse(desk.stranger).get("/filer/nothing").status_code == 404

    gone = client.post(desk.address, data={"today": "Text", "do": f"remove-file:{kept[0].id}"})
    assert gone.status_code == 302
    assert client.get(f"/filer/{kept[0].id}").status_code == 404
    assert desk.rows(draft)[0].values == {"today": "Text"}


def test_only_the_form_with_files_may_be_large(desk: Desk) -> None:
    client = desk.browse()
    large = b"x" * (7 * 1024 * 1024)
    sent = with_file(large, do="attach", text="Hej")
    refused = client.post(f"{desk.address}/kommentarer", **sent)
    assert refused.status_code == 413, refused.location
    assert "högst 20 MB" in refused.text
    assert desk.application.test_client().post(desk.address, **sent).status_code in (302, 413)
    assert client.post(desk.address, **sent).status_code == 302
    stored = [row for row in desk.rows(attachment) if row.removed_at is None]
    assert [row.size for row in stored] == [len(large)]
    client.post(desk.address, data={"do": f"remove-file:{stored[0].id}"})


def test_a_comment_tells_whoever_is_named(desk: Desk) -> None:
    client = desk.browse()
    answer = client.post(f"{desk.address}/kommentarer", data={"text": "Kan du titta?", "mention": desk.colleague.id})
    assert answer.status_code == 302
    with desk.county.read() as connection:
        letters = connection.execute(select(outbox).where(outbox.c.kind == "mention")).all()
    assert [row.person_id for row in letters] == [desk.colleague.id]
    page = desk.browse(desk.colleague).get(desk.address).text
    assert "Kan du titta?" in page
    assert f"till {desk.colleague.name}" in main_text(page)
    refused = client.post(f"{desk.address}/kommentarer", data={"text": "Ring 19121212-1212"})
    assert refused.status_code == 422
    assert "Ring 19121212-1212" in refused.text
    comment_id = desk.rows(comment)[0].id
    assert desk.browse(desk.colleague).post(f"/uppgifter/kommentarer/{comment_id}/ta-bort").status_code == 403
    client.post(f"/uppgifter/kommentarer/{comment_id}/ta-bort")
    assert "Kommentaren är borttagen av den som skrev den." in main_text(client.get(desk.address).text)


def test_a_colleague_writes_a_part_that_is_taken_in(desk: Desk) -> None:
    client, colleague = desk.browse(), desk.browse(desk.colleague)
    empty = client.post(f"{desk.address}/bidra", data={"due_on": "i morgon"})
    assert empty.status_code == 422
    assert len(tree(empty.text).xpath("//*[contains(@class, 'error-summary')]//li")) == 3
    asked = {"fields": ["today", "gaps"], "person": desk.colleague.id, "note": "Gärna kort."}
    assert client.post(f"{desk.address}/bidra", data=asked).status_code == 302
    assert "Har inte börjat" in main_text(client.get(desk.address).text)

    address = f"{desk.address}/bidra/{desk.rows(contribution)[0].id}"
    page = colleague.get(address).text
    assert "Gärna kort." in page
    assert tree(page).xpath("//main//textarea/@name") == ["today", "gaps"]
    assert client.get(address).status_code == 403
    missing = colleague.post(address, data={"gaps": "Rutiner saknas.", "do": "done"})
    assert missing.status_code == 422
    assert colleague.post(address, data={"gaps": "Rutiner saknas.", "do": "save"}).status_code == 302
    assert "Har börjat skriva" in main_text(client.get(desk.address).text)
    assert colleague.post(address, data={"today": "Möten.", "gaps": "Rutiner.", "do": "done"}).status_code == 302
    assert "Du har sagt att du är klar." in main_text(colleague.get(address).text)

    received = client.get(f"{address}/ta-in")
    assert "Rutiner." in received.text
    taken = client.post(f"{address}/ta-in", data={"do": "all", "_version": version_on(received.text)})
    assert taken.status_code == 302
    mine = next(row for row in desk.rows(draft) if row.person_id == desk.me.id)
    assert {name: mine.values[name] for name in ("today", "gaps")} == {"today": "Möten.", "gaps": "Rutiner."}

    asked = {"fields": ["gaps"], "person": desk.colleague.id}
    client.post(f"{desk.address}/bidra", data=asked)
    second = next(row.id for row in desk.rows(contribution) if row.done_at is None)
    assert client.post(f"{desk.address}/bidra/{second}/ta-tillbaka").status_code == 302
    assert "Du behöver inte skriva det här längre." in main_text(colleague.get(f"{desk.address}/bidra/{second}").text)


def test_a_part_saves_itself_and_two_windows_lose_nothing(desk: Desk) -> None:
    asked = {"fields": ["today", "gaps"], "person": desk.colleague.id}
    desk.browse().post(f"{desk.address}/bidra", data=asked)
    address = f"{desk.address}/bidra/{desk.rows(contribution)[0].id}"
    client = desk.browse(desk.colleague)
    form = tree(client.get(address).text).xpath("//form[@data-draft]")[0]
    assert (form.get("data-draft"), version_on(client.get(address).text)) == (f"{address}/utkast", "")

    first = client.post(f"{address}/utkast", data={"today": "Första fönstret", "_version": ""})
    assert first.status_code == 200
    assert first.get_json()["message"].startswith("Sparat")
    again = {"today": "Första fönstret igen", "_version": first.get_json()["version"]}
    assert client.post(f"{address}/utkast", data=again).status_code == 200
    other = {"today": "Andra fönstret", "_version": ""}
    behind = client.post(f"{address}/utkast", data=other)
    assert (behind.status_code, behind.get_json()["choose"]) == (409, True)
    telling = client.post(f"{address}/utkast", data={"today": "19121212-1212"})
    assert (telling.status_code, telling.get_json()["field"]) == (422, "today")
    assert desk.browse().post(f"{address}/utkast", data=other).status_code == 403
    # A row or an error in between does not make an old window a new one.
    assert version_on(client.post(address, data={**other, "gaps": "x" * 5001, "do": "done"}).text) == ""

    both = client.post(address, data={**other, "do": "done"})
    assert both.status_code == 409
    assert "Första fönstret igen" in both.text
    page = tree(both.text)
    fields = {one.get("name"): one.get("value") for one in page.xpath("//main//form//input[@type='hidden']")}
    assert page.xpath("//main//form/@action") == [f"{address}/valj"]
    chosen = {**fields, "take.today": "both", "do": "chosen"}
    assert client.post(f"{address}/valj", data={**chosen, "_version": "gammal"}).status_code == 409
    assert client.post(f"{address}/valj", data={**chosen, "carried": "nonsens"}).status_code == 422
    assert client.post(f"{address}/valj", data=chosen).status_code == 302
    assert desk.rows(contribution)[0].values == {"today": "Andra fönstret\n\nFörsta fönstret igen"}


def test_text_is_carried_over_a_sign_in_that_ran_out(desk: Desk, application: Flask) -> None:
    application.config["WTF_CSRF_ENABLED"] = True
    nobody = application.test_client()
    sent = {"today": "Skrivet hela förmiddagen", "do": "save", "_version": "0", "csrf_token": "gone"}
    answer = nobody.post(desk.address, data=sent)
    assert answer.status_code == 401
    page = tree(answer.text)
    assert page.xpath("//h1")[0].text == "Logga in"
    kept = page.xpath("//input[@name='kept']/@value")[0]
    assert ["today", "Skrivet hela förmiddagen"] in json.loads(kept)["fields"]
    assert "gone" not in kept
    # The script waits instead, and gets a new token when somebody is signed in.
    asked = nobody.post(f"{desk.address}/utkast", data=sent, headers={"Accept": "application/json"})
    assert asked.status_code == 401
    client = desk.browse()
    told = client.post(f"{desk.address}/utkast", data=sent, headers={"Accept": "application/json"})
    assert told.status_code == 400
    again = client.post(f"{desk.address}/utkast", data={**sent, "csrf_token": told.get_json()["csrf"]})
    assert again.status_code == 200

    # Signed in anew in another tab: the page comes back with a valid token and one button.
    second = client.post(desk.address, data={**sent, "today": "Mer text", "_version": "1"})
    assert second.status_code == 400
    form = tree(second.text).xpath("//main//form")[0]
    fields = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
    assert (form.get("action"), fields["today"]) == (desk.address, "Mer text")
    assert client.post(form.get("action"), data=fields).status_code == 302
    assert desk.rows(draft)[0].values == {"today": "Mer text"}

    # The sign-in page that carried it leads to the same page, once somebody has signed in.
    with desk.county.write() as connection:
        person_id = create_person(connection, utc_now(), "kim", "Kim", password="ett-bra-losenord")
        grant(connection, utc_now(), person_id, "process_leader", "2080")
    token = page.xpath("//input[@name='csrf_token']/@value")[-1]
    given = {"username": "kim", "password": "ett-bra-losenord", "kept": kept, "csrf_token": token}
    resumed = nobody.post("/logga-in", data=given)
    assert "Det du skrev finns kvar" in resumed.text
    form = tree(resumed.text).xpath("//main//form")[0]
    fields = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
    assert nobody.post(form.get("action"), data=fields).status_code == 302
    assert [row.values for row in desk.rows(draft) if row.person_id == person_id] == [{"today": sent["today"]}]

    elsewhere = client.post(desk.address, data=sent, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 400
    assert "Skrivet hela" not in elsewhere.text


def test_files_are_chosen_again_by_name_when_a_sign_in_ran_out(desk: Desk, application: Flask) -> None:
    """Nothing that somebody unknown sends is stored; the page that carries the text on asks for each file by name."""
    application.config["WTF_CSRF_ENABLED"] = True
    sent = {"today": "Skrivet före lunch", "do": "save", "_version": "0", "csrf_token": "gone"}
    files = {"_files": [(BytesIO(PDF), "karta.pdf"), (BytesIO(PDF), "lag.pdf")], "scan": (BytesIO(PDF), "skannad.pdf")}
    away = application.test_client().post(desk.address, data={**sent, **files})
    carried = json.loads(tree(away.text).xpath("//input[@name='kept']/@value")[0])
    assert carried["files"] == [["_files", ["karta.pdf", "lag.pdf"]], ["scan", ["skannad.pdf"]]]
    assert desk.rows(attachment) == []
    large = application.test_client().post(desk.address, **with_file(b"x" * (7 * 1024 * 1024), **sent))
    assert (large.status_code, tree(large.text).xpath("//h1")[0].text) == (413, "Du är utloggad")

    client = desk.browse()
    files = {"_files": [(BytesIO(PDF), "karta.pdf"), (BytesIO(PDF), "lag.pdf")]}
    form = tree(client.post(desk.address, data={**sent, **files}).text).xpath("//main//form")[0]
    assert form.xpath(".//label/text()") == ["Välj igen: karta.pdf, lag.pdf"]
    fields = {one.get("name"): one.get("value") for one in form.xpath(".//input[@type='hidden']")}
    chosen = {form.xpath(".//input[@type='file']/@name")[0]: (BytesIO(PDF), "karta.pdf")}
    assert client.post(form.get("action"), data={**fields, **chosen}).status_code == 302
    assert [row.name for row in desk.rows(attachment)] == ["karta.pdf"]
    assert desk.rows(draft)[0].values == {"today": sent["today"]}


def test_what_was_not_handed_in_can_still_be_read_by_its_author(desk: Desk) -> None:
    client, colleague = desk.browse(), desk.browse(desk.colleague)
    colleague.post(desk.address, data={"today": "Kollegans möda", "do": "save"})
    files = {"_files": (BytesIO(PDF), "Bilaga till avsnittet.pdf"), "scan": (BytesIO(PDF), "Underskrivet.pdf")}
    values = {**ANSWERS, "do": "complete", **files}
    answer = client.post(desk.address, data=values, content_type="multipart/form-data")
    assert answer.status_code == 302, main_text(answer.text)
    handed_in = desk.rows(submission)[0]
    assert handed_in.values["scan"] == "Underskrivet.pdf"
    named = {one["name"]: one["field"] for one in handed_in.values["_attachments"]}
    assert named == {"Bilaga till avsnittet.pdf": None, "Underskrivet.pdf": "scan"}
    assert "Bilaga till avsnittet.pdf" in main_text(client.get(f"{desk.address}/klar").text)
    left = colleague.get(f"{desk.address}/klar").text
    assert "Ditt utkast som inte skickades in" in left
    assert "Kollegans möda" in left
    assert "Kollegans möda" not in client.get(f"{desk.address}/klar").text
    assert colleague.post(f"{desk.address}/utkast/ta-bort").status_code == 302
    assert desk.rows(draft) == []
