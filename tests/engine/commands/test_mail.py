"""What is written to whom: at once, in the weekly letter or not at all; each letter once, whatever the clock does."""

import ast
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from engine import mail
from engine.clock import STOCKHOLM
from engine.commands import notices
from engine.commands.digests import digest_of, due_digests
from engine.commands.preferences import choose_mail, set_preferences
from engine.database.tables import outbox, person
from engine.database.workplace_tables import scheduled_mail, setting
from engine.delivery import deliver_mail
from engine.errors import Invalid, NotPermitted
from engine.language import english
from engine.queries.health import read_health
from engine.work import Work
from engine.worker import tick, write_letters
from tests.engine.commands.scene import START, Scene, at_once
from tests.packs import PACK
from tests.reliability.mailbox import open_mailbox
from tests.reliability.works import mail_settings

ENGINE = Path(mail.__file__).parent
WRITERS = ("letters.py", "commands/digests.py", "commands/notices.py")
SETTINGS = mail_settings("smtp://nowhere")


def monday(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=STOCKHOLM).astimezone(UTC)


def give_addresses(scene: Scene, *names: str, locale: str = "sv") -> None:
    with scene.database.write() as connection:
        for name in names:
            mine = person.c.id == scene.person(name).id
            values = {"email": f"{name}@example.se", "locale": locale, "created_at": START - timedelta(days=30)}
            connection.execute(update(person).where(mine).values(values))


def prefer(scene: Scene, name: str, **chosen: object) -> None:
    with scene.database.write() as connection:
        set_preferences(connection, scene.now, scene.person(name), {f"mail.{kind}": v for kind, v in chosen.items()})


def tell(scene: Scene, name: str, kind: str) -> None:
    with scene.database.write() as connection:
        work = Work(connection, scene.now)
        mail.tell_person(work, scene.person(name).id, "{text}", "{text}.", "/x", kind=kind, words={"text": kind})


def test_each_kind_goes_the_way_that_its_receiver_has_chosen(scene: Scene) -> None:
    give_addresses(scene, "leader")
    prefer(scene, "leader", mention="digest", handover="never", notice="now", urgent="never")
    for kind in ("mention", "handover", "notice", "urgent", "escalation"):
        tell(scene, "leader", kind)
    rows = {row.kind: row for row in scene.rows(outbox)}
    assert set(rows) == {"mention", "notice", "urgent", "escalation"}
    assert [kind for kind, row in sorted(rows.items()) if row.address is None] == ["mention"]
    assert rows["mention"].try_at == mail.next_digest(scene.now)
    with scene.database.read() as connection:
        assert read_health(connection, scene.now).unsent_mail == 3  # what is kept for the letter does not wait


def test_what_cannot_be_chosen_is_refused(scene: Scene) -> None:
    with scene.database.write() as connection:
        leader, rss = scene.person("leader"), scene.person("rss")
        with pytest.raises(Invalid):
            choose_mail(connection, scene.now, leader, {"urgent": "never"}, digest=True, monthly=False)
        with pytest.raises(Invalid):
            choose_mail(connection, scene.now, leader, {"made_up": "now"}, digest=True, monthly=False)
        with pytest.raises(NotPermitted):
            choose_mail(connection, scene.now, leader, {}, digest=True, monthly=True)
        choose_mail(connection, scene.now, rss, {"mention": "digest"}, digest=False, monthly=True)


def test_the_weekly_letter_has_what_is_late_what_is_due_and_what_has_happened(scene: Scene) -> None:
    give_addresses(scene, "leader")
    scene.start("local_agreement")
    task = scene.open("write")
    scene.now = mail.next_digest(task.due_at - timedelta(days=7))
    prefer(scene, "leader", mention="digest")
    tell(scene, "leader", "mention")
    with scene.database.read() as connection:
        before = digest_of(connection, scene.now, scene.person("leader"), "https://s.example.se")
    scene.now += timedelta(days=7)
    assert write_letters(scene.database, SETTINGS, scene.now) >= 1
    letters = [row for row in scene.rows(outbox) if row.kind == "digest"]
    mine = next(row for row in letters if row.person_id == scene.person("leader").id)
    assert before is not None
    assert "DEN HÄR VECKAN (1)" in before[1]
    assert f"https://s.example.se/uppgifter/{task.id}" in before[1]
    assert "FÖRSENAT (1)" in mine.body
    assert "1 försenat" in mine.subject
    assert "DET HÄR HAR HÄNT (1)\n- mention" in mine.body
    assert mine.address == "leader@example.se"
    kept = next(row for row in scene.rows(outbox) if row.kind == "mention")
    assert kept.sent_at == scene.now
    # Mora's process leader has nothing to do, and is left in peace.
    assert scene.person("mora").id not in {row.person_id for row in letters}


def test_the_letter_is_in_the_receivers_language(scene: Scene) -> None:
    give_addresses(scene, "leader", locale="en")
    scene.start("local_agreement")
    scene.now = mail.next_digest(scene.open("write").due_at - timedelta(days=7))
    write_letters(scene.database, SETTINGS, scene.now)
    mine = next(row for row in scene.rows(outbox) if row.person_id == scene.person("leader").id)
    assert mine.subject == "Your week in Samflöde: 1 to do this week"
    assert mine.body.startswith("Hello ")


def test_nobody_who_has_declined_it_gets_the_weekly_letter(scene: Scene) -> None:
    give_addresses(scene, "leader", "colleague")
    scene.start("local_agreement")
    prefer(scene, "leader", weekly=False)
    scene.now = mail.next_digest(scene.open("write").due_at - timedelta(days=7))
    write_letters(scene.database, SETTINGS, scene.now)
    told = {row.person_id for row in scene.rows(outbox)}
    assert scene.person("colleague").id in told
    assert scene.person("leader").id not in told


# The nights to 29 March and 25 October 2026 have 23 and 25 hours.
@pytest.mark.parametrize(
    "week", [date(2026, 3, 23), date(2026, 3, 30), date(2026, 10, 19), date(2026, 10, 26)], ids=str
)
def test_two_workers_write_each_letter_once_whatever_the_clock_does(scene: Scene, week: date) -> None:
    give_addresses(scene, *scene.people)
    scene.start("local_agreement")
    moment = monday(week)
    assert moment.astimezone(STOCKHOLM).hour == 8
    with scene.database.read() as connection:
        assert due_digests(connection, moment - timedelta(seconds=1), 10) == []
    at_once(*[lambda: write_letters(scene.database, SETTINGS, moment)] * 2)
    for jump in (timedelta(), timedelta(hours=2), timedelta(hours=-10), timedelta(days=2), timedelta(days=-5)):
        write_letters(scene.database, SETTINGS, moment + jump)
    letters = [row.person_id for row in scene.rows(outbox) if row.kind == "digest"]
    assert sorted(letters) == sorted(set(letters))
    assert len(letters) >= 3
    noted = scene.rows(scheduled_mail)
    assert {row.period for row in noted} == {f"2026-W{week.isocalendar().week:02}"}
    assert len(noted) == len(scene.people)
    write_letters(scene.database, SETTINGS, monday(week + timedelta(days=7)))
    again = [row.person_id for row in scene.rows(outbox) if row.kind == "digest"]
    assert len(again) == 2 * len(letters)


def test_a_worker_that_begins_late_in_the_week_waits_for_the_next(scene: Scene) -> None:
    give_addresses(scene, "leader")
    scene.start("local_agreement")
    with scene.database.read() as connection:
        assert due_digests(connection, monday(date(2026, 2, 2)) + timedelta(days=4), 10) == []
        assert due_digests(connection, monday(date(2026, 2, 2)) + timedelta(days=2), 10) == [scene.person("leader").id]


def test_those_who_have_asked_get_the_months_workbook_once(scene: Scene) -> None:
    give_addresses(scene, "rss", "leader")
    prefer(scene, "rss", monthly_status=True, weekly=False)
    prefer(scene, "leader", monthly_status=True, weekly=False)  # may no longer have it
    first = datetime(2026, 2, 1, 8, tzinfo=STOCKHOLM).astimezone(UTC)
    with open_mailbox() as box:
        settings = mail_settings(box.url)
        for moment in (first - timedelta(hours=1), first, first + timedelta(hours=1), first + timedelta(days=20)):
            tick(scene.database, settings, moment, lambda _connection, _person, _now: ("läget.xlsx", b"PK"))
        assert [message["To"] for message in box.messages] == ["rss@example.se"]
        attached = box.messages[0].get_payload()[1]  # type: ignore[index]
        assert attached.get_filename() == "läget.xlsx"  # type: ignore[union-attr]
        assert attached.get_content_type().endswith("spreadsheetml.sheet")  # type: ignore[union-attr]


def test_one_switch_sends_all_mail_to_another_address(scene: Scene) -> None:
    give_addresses(scene, "leader", "colleague")
    tell(scene, "leader", "mention")
    with scene.database.write() as connection:
        row = {"name": "mail_redirect", "value": "test@example.se", "changed_by": "x", "changed_at": scene.now}
        connection.execute(insert(setting).values(row))
    with open_mailbox() as box:
        assert deliver_mail(scene.database, mail_settings(box.url), scene.now) == 1
        assert box.messages[0]["To"] == "test@example.se"
        assert box.messages[0]["Subject"] == "[Till leader@example.se] mention"
    assert scene.rows(outbox)[0].sent_to == "test@example.se"


def test_a_task_with_little_time_is_told_at_once_and_others_wait(scene: Scene) -> None:
    give_addresses(scene, "leader", "colleague", "both_roles")
    prefer(scene, "leader", urgent="never")  # cannot be chosen, however it got there
    scene.start("local_agreement")
    task = dict(scene.open("write")._mapping)
    assert scene.rows(outbox) == []
    with scene.database.write() as connection:
        work = Work(connection, scene.now)
        pack = work.pack(PACK)
        soon = scene.now + timedelta(hours=24)
        notices.tell_of_new(work, pack, [{**task, "due_at": soon}, {**task, "due_at": soon + timedelta(days=3)}])
    told = scene.rows(outbox)
    assert {row.person_id for row in told} == {scene.person(name).id for name in ("leader", "colleague", "both_roles")}
    assert all(row.kind == "urgent" and row.link == f"/uppgifter/{task['id']}" for row in told)
    assert len(told) == 3
    assert "16 jan 2026 kl. 10.00" in told[0].body


def test_whoever_gets_a_task_handed_over_is_told_and_nobody_else(scene: Scene) -> None:
    give_addresses(scene, "leader", "colleague")
    scene.start("local_agreement")
    task = scene.open("write")
    scene.assign(task.id, "colleague")
    scene.assign(task.id, "leader")  # to oneself: no letter about what one did oneself
    told = scene.rows(outbox)
    assert [(row.person_id, row.kind) for row in told] == [(scene.person("colleague").id, "handover")]
    assert told[0].link == f"/uppgifter/{task.id}"


def test_every_sentence_of_a_letter_has_an_english_translation() -> None:
    sentences = {text for name in WRITERS for text in said_in(ENGINE / name) if re.search(r"[a-zåäö]{3}|\{", text)}
    assert len(sentences) > 15
    assert sorted(sentences - set(english())) == []


def said_in(file: Path) -> set[str]:
    """What looks like a sentence in a module: constants with a space, no docstrings, nothing inside an f-string."""
    tree = ast.parse(file.read_text())
    apart = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    apart |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart
        if " " in node.value.strip()
    }
