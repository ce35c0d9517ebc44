"""What surrounds a task: drafts with versions, comments, files, parts that others write."""

import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook
from sqlalchemy import Connection

from engine.authorisation import NOT_FROM_HERE
from engine.backup import back_up, restore
from engine.clock import local_date
from engine.commands import attachments, comments, contributions, drafts, kept_files
from engine.database import Database
from engine.database.tables import draft, outbox, submission
from engine.database.upgrade import upgrade
from engine.database.workplace_tables import attachment, attachment_content, contribution
from engine.errors import AlreadyDone, Invalid, InvalidForm, NotPermitted, SamflodeError
from engine.file_types import LOCKED, MACROS, NOT_ALLOWED, NOT_AS_NAMED, SWELLING, media_type
from engine.integrity import check
from engine.queries.attachments import files_of_task, read_file
from engine.queries.comments import comments_of, people_around
from engine.queries.contributions import contributions_of, my_contributions
from tests.engine.commands.scene import Scene, prepare
from tests.packs import build_pack

PLAN: dict[str, Any] = {"activities": [{"activity": "Utbildning", "ends_on": "2026-06-01"}]}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def drafting(scene: Scene) -> Scene:
    """A local agreement has begun; the process leader is to write its plan."""
    scene.start("local_agreement")
    return scene


def did(scene: Scene, act: Callable[..., Any], by: str, *given: Any, **more: Any) -> Any:
    with scene.database.write() as connection:
        return act(connection, scene.now, scene.person(by), *given, **more)


def seen(scene: Scene, look: Callable[[Connection], Any]) -> Any:
    with scene.database.read() as connection:
        return look(connection)


# Drafts --------------------------------------------------------------------------------------------------------------


def test_two_windows_of_one_person_do_not_overwrite_each_other(drafting: Scene) -> None:
    task = drafting.open("write").id
    first, second = {"activities": [{"activity": "Ett"}]}, {"activities": [{"activity": "Två"}]}
    assert did(drafting, drafts.save_draft, "leader", task, first, version=0).version == 1
    with pytest.raises(drafts.DraftChanged) as refused:
        did(drafting, drafts.save_draft, "leader", task, second, version=0)
    assert (refused.value.saved, refused.value.version) == (first, 1)
    assert did(drafting, drafts.save_draft, "leader", task, first, version=0).version == 1  # the same text once more
    assert did(drafting, drafts.save_draft, "leader", task, second, version=1).version == 2
    assert did(drafting, drafts.save_draft, "leader", task, first).version == 3  # whoever does not ask replaces
    assert did(drafting, drafts.save_draft, "colleague", task, second, version=0).version == 1  # each has an own one


def test_a_colleagues_draft_can_be_read_for_a_month_after_the_task(drafting: Scene) -> None:
    task = drafting.open("write").id
    did(drafting, drafts.save_draft, "colleague", task, {"activities": [{"activity": "Min idé"}]})
    drafting.complete(task, **PLAN)
    assert seen(drafting, check) == []
    drafting.now += drafts.KEPT_FOR
    assert seen_and_cleared(drafting) == 0
    drafting.now += timedelta(minutes=1)
    assert seen_and_cleared(drafting) == 1
    assert drafting.rows(draft) == []


def seen_and_cleared(scene: Scene) -> int:
    with scene.database.write() as connection:
        return drafts.clear_old_drafts(connection, scene.now)


def test_a_draft_is_checked_the_same_from_wherever_it_comes(drafting: Scene) -> None:
    task = drafting.open("write").id
    for values in ({"nonsense": 1}, {"activities": [{"activity": "19121212-1212"}]}, {"activities": "text"}):
        with pytest.raises(InvalidForm):
            did(drafting, drafts.save_draft, "leader", task, values)
    assert drafting.rows(draft) == []


# Comments ------------------------------------------------------------------------------------------------------------


def test_whoever_is_named_is_told_and_only_those_who_may_see_the_task_can_be(drafting: Scene) -> None:
    task = drafting.open("write")
    around = seen(drafting, lambda connection: people_around(connection, drafting.person("leader"), task))
    names = {one.name for one in around}
    assert {"Colleague", "Chair"} <= names
    assert not {"Leader", "Mora"} & names

    did(drafting, comments.write_comment, "leader", task.id, "Titta, @Colleague. Post till a@Chair.se")
    did(drafting, comments.write_comment, "leader", task.id, "Och du?", [drafting.person("chair").id])
    told = [(row.person_id, row.kind) for row in drafting.rows(outbox) if row.kind == "mention"]
    assert sorted(told) == sorted((drafting.person(name).id, "mention") for name in ("colleague", "chair"))
    with pytest.raises(Invalid, match="får inte se uppgiften"):
        did(drafting, comments.write_comment, "leader", task.id, "Hej", [drafting.person("mora").id])
    with pytest.raises(NotPermitted):
        did(drafting, comments.write_comment, "mora", task.id, "Hej")
    for text in ("", " ", "x" * 5000, "Ring 19121212-1212", "nul\x00"):
        with pytest.raises(Invalid):
            did(drafting, comments.write_comment, "leader", task.id, text)


def test_one_takes_back_ones_own_words_only(drafting: Scene) -> None:
    task = drafting.open("write").id
    said = did(drafting, comments.write_comment, "leader", task, "Fel av mig, @Colleague")
    with pytest.raises(NotPermitted):
        did(drafting, comments.remove_comment, "colleague", said)
    did(drafting, comments.remove_comment, "leader", said)
    shown = seen(drafting, lambda connection: comments_of(connection, task))
    assert [(row.removed, row.text, row.mentioned) for row in shown] == [(True, "", ())]


# Files ---------------------------------------------------------------------------------------------------------------


def a_workbook() -> bytes:
    file = BytesIO()
    Workbook().save(file)
    return file.getvalue()


def a_document() -> bytes:
    file = BytesIO()
    Document().save(file)
    return file.getvalue()


def packed(**parts: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def with_part(whole: bytes, name: str, content: bytes) -> bytes:
    file = BytesIO(whole)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


ODT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Statistik.xlsx", a_workbook()),
        ("BREV.DOCX", a_document()),
        ("p.pdf", PDF),
        ("bild.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40),
        ("bild.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 40),
        ("text.odt", packed(mimetype=ODT.encode(), **{"META-INF__manifest.xml": b"<manifest/>"})),
        ("å.txt", "räksmörgås".encode()),
        ("gammal.csv", "kön;antal\r\nkvinnor;3".encode("cp1252")),
        ("excel.csv", "kön\tantal".encode("utf-16")),
    ],
)
def test_what_offices_use_is_kept(name: str, content: bytes) -> None:
    assert media_type(name, content)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("virus.exe", b"MZ", NOT_ALLOWED),
        ("utan", b"text", NOT_ALLOWED),
        ("sida.html", b"<html>", NOT_ALLOWED),
        ("p.pdf", b"MZ\x00\x00", NOT_AS_NAMED),
        ("p.png", PDF, NOT_AS_NAMED),
        ("t.txt", b"MZ\x90 program", NOT_AS_NAMED),
        ("t.csv", b"a\x00b", NOT_AS_NAMED),
        ("t.docx", a_workbook(), NOT_AS_NAMED),
        ("t.docx", packed(a=b"1"), NOT_AS_NAMED),
        ("t.docx", b"PK\x03\x04 not really", NOT_AS_NAMED),
        ("t.odt", packed(mimetype=b"application/zip"), NOT_AS_NAMED),
        ("t.xlsm", a_workbook(), MACROS),
        ("t.xlsx", with_part(a_workbook(), "xl/vbaProject.bin", b"x"), MACROS),
        ("t.odt", packed(mimetype=ODT.encode(), **{"Basic__Standard__Module1.xml": b"x"}), MACROS),
        ("t.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, LOCKED),
        ("t.odt", packed(mimetype=ODT.encode(), **{"META-INF__manifest.xml": b"<m:encryption-data/>"}), LOCKED),
        ("p.pdf", PDF.replace(b"<<>>\n%%", b"<</Encrypt 5 0 R>>\n%%"), LOCKED),
        ("t.xlsx", with_part(a_workbook(), "xl/big.bin", b"\x00" * 60_000_000), SWELLING),
        ("t.txt", b"", "tom"),
    ],
)
def test_what_may_run_hide_or_swell_is_refused(name: str, content: bytes, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        media_type(name, content)
    assert why in str(refused.value)


def test_files_go_with_what_is_handed_in_and_stay(drafting: Scene) -> None:
    task = drafting.open("write").id
    kept = did(drafting, attachments.add_file, "leader", task, "C:\\mapp\\Underlag 2026.pdf", PDF)
    wrong = did(drafting, attachments.add_file, "colleague", task, "fel.txt", b"fel fil")
    did(drafting, attachments.remove_file, "leader", task, wrong)
    with drafting.statements() as sent:
        drafting.complete(task, **PLAN)
    assert (
        sum("attachment" in statement and statement.startswith(("UPDATE att", "INSERT att")) for statement in sent) == 1
    )

    row = drafting.rows(submission)[0]
    assert [(one["id"], one["name"]) for one in row.values["_attachments"]] == [(kept, "Underlag 2026.pdf")]
    assert [one.submission_id for one in drafting.rows(attachment, attachment.c.removed_at.is_(None))] == [row.id]
    assert drafting.count(attachment_content) == [1]
    with pytest.raises(SamflodeError):
        did(drafting, attachments.remove_file, "leader", task, kept)
    # An agreement's files are as public as the agreement; before they are handed in they are the task's own.
    assert seen(drafting, lambda connection: read_file(connection, drafting.person("mora"), kept))[1] == PDF
    assert seen(drafting, check) == []


def test_files_are_in_the_backup_and_one_changed_byte_is_found(tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    with closing(Database(f"sqlite:///{tmp_path / 'first.sqlite3'}")) as database:
        upgrade(database)
        drafting = Scene(database, prepare(database, build_pack(tmp_path / "pack")))
        drafting.start("local_agreement")
        task = drafting.open("write").id
        kept = did(drafting, attachments.add_file, "leader", task, "Underlag 2026.pdf", PDF)
        drafting.complete(task, **PLAN)
        back_up(database, copy)
    with closing(Database(f"sqlite:///{tmp_path / 'back.sqlite3'}")) as back:
        assert restore(back, copy) > 0
        with back.read() as connection:
            assert read_file(connection, drafting.person("leader"), kept)[1] == PDF
    with closing(sqlite3.connect(copy)) as damaged:
        flipped = bytes([PDF[0] ^ 1]) + PDF[1:]
        damaged.execute("UPDATE attachment_content SET content = ?", [flipped])
        damaged.commit()
    with closing(Database(f"sqlite:///{copy}")) as opened, opened.read() as connection:
        assert check(connection) == [f"Filen {kept} (Underlag 2026.pdf) har ändrats."]


def test_files_are_counted_and_named_with_care(drafting: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    task = drafting.open("write").id
    for name in ("Rapport 19121212-1212.pdf", "..", ""):
        with pytest.raises(Invalid):
            did(drafting, attachments.add_file, "leader", task, name, PDF)
    with pytest.raises(NotPermitted):
        did(drafting, attachments.add_file, "mora", task, "a.pdf", PDF)
    with pytest.raises(Invalid):
        did(drafting, attachments.add_file, "leader", task, "a.pdf", PDF, field="no_such_field")
    monkeypatch.setattr(kept_files, "MAX_FILES", 2)
    did(drafting, attachments.add_file, "leader", task, "../../etc/a\u202efdp.pdf", PDF)
    monkeypatch.setattr(kept_files, "MAX_TOTAL_BYTES", 2 * len(PDF) - 1)
    with pytest.raises(Invalid, match="100 MB"):
        did(drafting, attachments.add_file, "leader", task, "b.pdf", PDF)
    monkeypatch.setattr(kept_files, "MAX_TOTAL_BYTES", 1000)
    did(drafting, attachments.add_file, "leader", task, "b" * 300 + ".pdf", PDF)
    with pytest.raises(Invalid, match="Ta bort någon"):
        did(drafting, attachments.add_file, "leader", task, "c.pdf", PDF)
    names = sorted(one.name for one in seen(drafting, lambda connection: files_of_task(connection, task)))
    assert names == ["afdp.pdf", "b" * 147 + ".pdf"]


# Parts that others write ---------------------------------------------------------------------------------------------


def asked(scene: Scene, to: str = "member", **more: Any) -> str:
    task = scene.open("write").id
    person_id = scene.person(to).id
    found: str = did(scene, contributions.ask_for_contribution, "leader", task, person_id, ["activities"], **more)
    return found


def test_somebody_writes_a_part_and_says_done(drafting: Scene) -> None:
    part = asked(drafting, due_on=local_date(drafting.now), note="Bara insatserna.")
    member, leader = drafting.person("member"), drafting.person("leader")
    waiting = seen(drafting, lambda connection: my_contributions(connection, member))
    assert [(row.id, row.fields, row.asked_by_name, row.is_open) for row in waiting] == [
        (part, ("activities",), "Leader", True)
    ]
    with pytest.raises(NotPermitted):
        did(drafting, contributions.save_contribution, "leader", part, {})
    with pytest.raises(InvalidForm):
        did(drafting, contributions.save_contribution, "member", part, {"nonsense": 1})
    drafting.now += timedelta(minutes=1)
    did(drafting, contributions.save_contribution, "member", part, {"activities": [{"activity": "U"}]}, version="")
    drafting.now += timedelta(minutes=1)
    with pytest.raises(drafts.DraftChanged):
        did(drafting, contributions.save_contribution, "member", part, PLAN, version="2026-01-01T00:00:00+00:00")
    did(drafting, contributions.save_contribution, "member", part, PLAN, done=True)
    assert seen(drafting, lambda connection: my_contributions(connection, member)) == []
    task = drafting.open("write").id
    got = seen(drafting, lambda connection: contributions_of(connection, task))
    assert (got[0].values, got[0].done_at) == (PLAN, drafting.now)
    with pytest.raises(AlreadyDone):
        did(drafting, contributions.save_contribution, "member", part, {})
    letters = [(row.person_id, row.kind) for row in drafting.rows(outbox) if row.kind == "contribution"]
    assert sorted(letters) == sorted([(member.id, "contribution"), (leader.id, "contribution")])


def test_whoever_has_written_a_part_does_not_decide_about_it(drafting: Scene) -> None:
    part = asked(drafting)
    did(drafting, contributions.save_contribution, "member", part, PLAN, done=True)
    drafting.complete(drafting.open("write").id, **PLAN)
    with pytest.raises(NotPermitted, match="underlag"):
        drafting.complete(drafting.open("approve").id, by="member", outcome="approved")
    drafting.complete(drafting.open("approve").id, by="chair", outcome="approved")


def test_a_request_can_be_taken_back_and_is_refused_when_it_makes_no_sense(drafting: Scene) -> None:
    task = drafting.open("write").id
    part = asked(drafting)
    did(drafting, contributions.withdraw_contribution, "leader", part)
    assert drafting.rows(contribution)[0].withdrawn_at == drafting.now
    with pytest.raises(AlreadyDone, match="tagit tillbaka"):
        did(drafting, contributions.save_contribution, "member", part, {})
    ask = contributions.ask_for_contribution
    member = drafting.person("member").id
    for given in ([], ["no_such_question"]):
        with pytest.raises(Invalid):
            did(drafting, ask, "leader", task, member, given)
    with pytest.raises(Invalid, match="dag"):
        did(drafting, ask, "leader", task, member, ["activities"], local_date(drafting.now) - timedelta(days=1))
    with pytest.raises(NotPermitted, match=NOT_FROM_HERE):
        did(drafting, ask, "leader", task, drafting.person("mora").id, ["activities"])
    with pytest.raises(NotPermitted):
        did(drafting, ask, "chair", task, member, ["activities"])
