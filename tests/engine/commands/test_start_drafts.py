"""What is written on a start form, and its files: kept for its author, bound to what it starts, gone when it is old."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.commands import deploy_pack, start_drafts, start_process
from engine.commands.people import anonymise_person, close_account
from engine.commands.start_drafts import StartDraftChanged
from engine.database import Database
from engine.database.tables import submission
from engine.database.workplace_tables import attachment, attachment_content, start_draft
from engine.errors import Conflict, Invalid, InvalidForm, NotFound, NotPermitted
from engine.integrity import check
from engine.people import Person, find_person
from engine.queries import get_case
from engine.queries.attachments import read_file
from engine.queries.start_drafts import own_start_draft
from tests.engine.commands.scene import Scene
from tests.lived_county import copy_county
from tests.packs import build_pack, field, form

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
PACK, PROCESS = "dalarna-kvinnofrid", "minor_amendment"
PDF = b"%PDF-1.7\ntrailer\n<<>>\n%%EOF\n"
VALUES = {
    "title": "Ny paragraf",
    "kind": "wording",
    "passage": "Del 2",
    "what": "Gammal text, ny text",
    "why": "Lagen är ändrad",
    "touches_purpose": False,
}


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Database]:
    opened = copy_county(tmp_path)
    yield opened
    opened.close()


def person(county: Database, username: str) -> Person:
    with county.read() as connection:
        found = find_person(connection, username)
    assert found is not None
    return found


def did(county: Database, act: Any, *given: Any, **more: Any) -> Any:
    return county.run(lambda connection: act(connection, *given, **more))


def count(county: Database, *tables: Any) -> list[int]:
    with county.read() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def of(county: Database, who: Person) -> Any:
    with county.read() as connection:
        return own_start_draft(connection, who, PACK, PROCESS)


def test_files_go_along_with_what_they_start(county: Database) -> None:
    rss, chief = person(county, "rss"), person(county, "network")
    files = count(county, attachment)[0]
    first = did(county, start_drafts.add_start_file, NOW, rss, PACK, PROCESS, "underlag.pdf", PDF, field="attachment")
    did(county, start_drafts.add_start_file, LATER, rss, PACK, PROCESS, "karta.pdf", PDF)
    did(county, start_drafts.save_start_draft, NOW, rss, PACK, PROCESS, VALUES, version=3)
    draft = of(county, rss)
    assert ([file.name for file in draft.files], draft.values["title"]) == (
        ["underlag.pdf", "karta.pdf"],
        "Ny paragraf",
    )
    with county.read() as connection:
        assert read_file(connection, rss, first)[1] == PDF
        with pytest.raises(NotPermitted, match="någon annan"):
            read_file(connection, chief, first)  # nothing has started yet
        assert check(connection) == []
    started = did(county, start_process, NOW, rss, PROCESS, values=VALUES, draft_version=draft.version)
    with county.read() as connection:
        handed_in = connection.execute(select(submission).where(submission.c.instance_id == started.instance_id)).one()
        assert handed_in._mapping["values"]["attachment"] == "underlag.pdf"
        assert [file["name"] for file in handed_in._mapping["values"]["_attachments"]] == ["underlag.pdf", "karta.pdf"]
        bound, _content = read_file(connection, chief, first)  # now it is the agreement's, for all who may see that
        assert (bound.instance_id, bound.submission_id) == (started.instance_id, handed_in.id)
        case = get_case(connection, rss, str(started.agreement_key))
        assert {"underlag.pdf", "karta.pdf"} <= {file.name for file in case.files}
        assert check(connection) == []
    assert of(county, rss) is None
    assert count(county, start_draft, attachment, attachment_content) == [0, files + 2, files + 2]


def test_nothing_is_handed_in_that_the_page_has_not_shown(county: Database) -> None:
    rss = person(county, "rss")
    did(county, start_drafts.save_start_draft, NOW, rss, PACK, PROCESS, VALUES, version=0)
    did(county, start_drafts.add_start_file, NOW, rss, PACK, PROCESS, "underlag.pdf", PDF)
    for seen in (0, 1):
        with pytest.raises(StartDraftChanged):
            did(county, start_process, NOW, rss, PROCESS, values=VALUES, draft_version=seen)
    with pytest.raises(StartDraftChanged):
        did(county, start_drafts.save_start_draft, NOW, rss, PACK, PROCESS, {"title": "x"}, version=1)
    did(county, start_process, NOW, rss, PROCESS, values=VALUES)  # a program that knows of no draft leaves it be
    assert [file.name for file in of(county, rss).files] == ["underlag.pdf"]
    did(county, start_process, NOW, rss, PROCESS, values=VALUES, draft_version=2)
    with pytest.raises(StartDraftChanged):  # the same page once more: it has been handed in
        did(county, start_process, NOW, rss, PROCESS, values=VALUES, draft_version=2)


def test_what_is_refused_changes_nothing(county: Database) -> None:
    rss, leader = person(county, "rss"), person(county, "process_leader.norr")
    before = count(county, attachment, attachment_content)
    for name, content, question in (("x.exe", b"MZ", None), ("x.pdf", b"MZ", None), ("x.pdf", PDF, "title")):
        with pytest.raises(Invalid):
            did(county, start_drafts.add_start_file, NOW, rss, PACK, PROCESS, name, content, field=question)
    with pytest.raises(NotPermitted):
        did(county, start_drafts.add_start_file, NOW, leader, PACK, PROCESS, "x.pdf", PDF)
    with pytest.raises(InvalidForm):
        did(county, start_drafts.save_start_draft, NOW, rss, PACK, PROCESS, {"title": "19121212-1212"})
    assert count(county, start_draft, attachment, attachment_content) == [0, *before]
    kept = did(county, start_drafts.add_start_file, NOW, rss, PACK, PROCESS, "x.pdf", PDF)
    with pytest.raises(InvalidForm):
        did(county, start_process, NOW, rss, PROCESS, values={"title": "Bara det"}, draft_version=2)
    assert [file.id for file in of(county, rss).files] == [kept]  # refused, and the file is still there
    with pytest.raises(NotFound):
        did(county, start_drafts.remove_start_file, person(county, "network"), PACK, PROCESS, kept)
    did(county, start_drafts.remove_start_file, rss, PACK, PROCESS, kept)
    assert count(county, attachment, attachment_content) == before


def test_what_nobody_hands_in_is_cleared_away(county: Database) -> None:
    rss, chief = person(county, "rss"), person(county, "network")
    before = count(county, start_draft, attachment, attachment_content)
    did(county, start_drafts.add_start_file, NOW, rss, PACK, PROCESS, "x.pdf", PDF)
    did(county, start_drafts.add_start_file, NOW + timedelta(days=2), chief, PACK, PROCESS, "y.pdf", PDF)
    assert did(county, start_drafts.clear_old_start_drafts, NOW + start_drafts.KEPT_FOR) == 0
    assert did(county, start_drafts.clear_old_start_drafts, NOW + start_drafts.KEPT_FOR + timedelta(hours=1)) == 1
    assert of(county, rss) is None
    assert [file.name for file in of(county, chief).files] == ["y.pdf"]
    administrator = person(county, "administrator")
    did(county, close_account, NOW, administrator, chief.id)
    did(county, anonymise_person, NOW, administrator, chief.id)
    assert count(county, start_draft, attachment, attachment_content) == before


def test_on_both_databases_with_two_windows_at_once(scene: Scene, tmp_path: Path) -> None:
    folder = build_pack(tmp_path / "pack")
    asked = form(["text"], text=field("Text"), scan=field("Kopia", **{"x-widget": "file"}))
    (folder / "told/forms/asked.json").write_text(json.dumps(asked))
    model = folder / "told/told.bpmn"
    model.write_text(
        model.read_text().replace('startEvent id="begun"', 'startEvent id="begun" camunda:formKey="asked"')
    )
    database, leader, told = scene.database, scene.person("leader"), ("small", "told")
    with database.write() as connection:
        deploy_pack(connection, scene.now, folder)
        with pytest.raises(Invalid):  # nothing is asked there
            start_drafts.add_start_file(connection, scene.now, leader, "small", "both", "x.pdf", PDF)
    together = Barrier(2)

    def window(name: str) -> str:
        together.wait()
        try:
            did(database, start_drafts.save_start_draft, scene.now, leader, *told, {"text": name}, version=0)
        except Conflict:
            return ""
        return name

    with ThreadPoolExecutor(2) as windows:
        kept = [name for name in windows.map(window, ("ett", "annat")) if name]
    with database.read() as connection:
        draft = own_start_draft(connection, leader, *told)
    assert draft is not None
    assert [draft.values["text"]] == kept  # one of them, and the other was told
    did(database, start_drafts.add_start_file, scene.now, leader, *told, "kopia.pdf", PDF, field="scan")
    given = {"organisation": "2080", "pack_key": "small", "values": {"text": "Klart"}}
    started = did(database, start_process, scene.now, leader, "told", **given, draft_version=2)
    (bound,) = scene.rows(attachment)
    assert (bound.instance_id, bound.start_draft_id) == (started.instance_id, None)
    assert scene.count(start_draft) == [0]
    assert scene.rows(submission)[0]._mapping["values"]["scan"] == "kopia.pdf"
    did(database, start_drafts.add_start_file, scene.now, leader, *told, "annan.pdf", PDF)
    assert did(database, start_drafts.clear_old_start_drafts, scene.now + timedelta(days=31)) == 1
    assert scene.count(start_draft, attachment, attachment_content) == [0, 1, 1]
    with database.read() as connection:
        assert check(connection) == []
