"""What a task's page lets people do, and what it refuses with a sentence."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import Connection, select

from engine.authorisation import sees_everything
from engine.clock import utc_now
from engine.database import Database
from engine.database.register_tables import deviation
from engine.database.tables import draft, submission, user_task
from engine.database.workplace_tables import attachment, attachment_content
from engine.people import Person, create_person, get_person, grant, list_people
from engine.queries import TaskFilter, list_tasks
from tests.workplace import browse, make_application, open_county

ROLE = "working_group"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    yield from open_county(tmp_path)


@pytest.fixture
def application(database: Database, tmp_path: Path) -> Flask:
    return make_application(database, tmp_path, csrf=False)


@pytest.fixture
def task(database: Database) -> tuple[Person, str, str]:
    """Somebody in a working group, the id of an open task of theirs that nobody has taken, and where it is held."""
    with database.read() as connection:
        for person in list_people(connection, role=ROLE):
            for row in list_tasks(connection, person, utc_now(), TaskFilter()).items:
                if row.role == ROLE and row.assignee_id is None and not row.gate:
                    return person, row.id, row.role_organisation
    pytest.fail("no working group has anything to do")


def colleague(connection: Connection, organisation: str) -> Person:
    person_id = create_person(connection, utc_now(), "kollega", "Kim Kollega")
    grant(connection, utc_now(), person_id, ROLE, organisation)
    return get_person(connection, person_id)


def held_by(database: Database, task_id: str) -> str | None:
    with database.read() as connection:
        found: str | None = connection.execute(
            select(user_task.c.assignee).where(user_task.c.id == task_id)
        ).scalar_one()
        return found


def test_take_over_let_go_and_hand_over(application: Flask, database: Database, task: tuple[Person, str, str]) -> None:
    person, task_id, organisation = task
    with database.write() as connection:
        other = colleague(connection, organisation)
    client = browse(application, person)

    assert client.post(f"/uppgifter/{task_id}/ta-over").status_code == 302
    assert held_by(database, task_id) == person.id
    taken = browse(application, other).get(f"/uppgifter/{task_id}").text
    assert "har tagit över uppgiften" in taken
    assert "data-keep" not in taken

    assert client.post(f"/uppgifter/{task_id}/slapp").status_code == 302
    assert held_by(database, task_id) is None

    assert "Kim Kollega" in client.get(f"/uppgifter/{task_id}/lamna-over").text
    assert client.post(f"/uppgifter/{task_id}/lamna-over").status_code == 422
    assert client.post(f"/uppgifter/{task_id}/lamna-over", data={"person": other.id}).status_code == 302
    assert held_by(database, task_id) == other.id


def test_a_draft_is_kept_however_incomplete_and_wrong(
    application: Flask, database: Database, task: tuple[Person, str, str]
) -> None:
    person, task_id, _organisation = task
    client = browse(application, person)
    name = str(
        html.document_fromstring(client.get(f"/uppgifter/{task_id}").text).xpath("//form[@data-draft]//textarea/@name")[
            0
        ]
    )

    assert client.post(f"/uppgifter/{task_id}", data={name: "Påbörjat", "do": "save"}).status_code == 302
    with database.read() as connection:
        assert "Påbörjat" in str(connection.execute(select(draft.c["values"])).scalar_one())
    assert "Påbörjat" in client.get(f"/uppgifter/{task_id}").text


def test_what_is_missing_is_said_and_nothing_is_lost(application: Flask, task: tuple[Person, str, str]) -> None:
    person, task_id, _organisation = task
    client = browse(application, person)
    page = html.document_fromstring(client.get(f"/uppgifter/{task_id}").text)
    last = str(page.xpath("//form[@data-draft]//textarea/@name")[-1])

    answer = client.post(f"/uppgifter/{task_id}", data={last: "Ring 19811218-9876", "do": "complete"})

    assert answer.status_code == 422
    shown = html.document_fromstring(answer.text)
    links = shown.xpath("//*[contains(@class, 'govuk-error-summary')]//li/a/@href")
    assert links
    assert all(shown.xpath("//*[@id=$id]", id=link.removeprefix("#")) for link in links)
    assert "Ring 19811218-9876" in answer.text
    assert re.match("Fel:", shown.findtext(".//title") or "")


def test_people_elsewhere_are_told_why_not(
    application: Flask, database: Database, task: tuple[Person, str, str]
) -> None:
    _person, task_id, organisation = task
    with database.write() as connection:
        stranger = colleague(connection, "2021" if organisation != "2021" else "2080")
    client = browse(application, stranger)
    for answer in (client.get(f"/uppgifter/{task_id}"), client.post(f"/uppgifter/{task_id}/ta-over")):
        assert answer.status_code == 403
        assert "roll" in html.document_fromstring(answer.text).xpath("string(//main)")
    assert held_by(database, task_id) is None


def test_a_task_that_is_done_cannot_be_done_again(
    application: Flask, database: Database, task: tuple[Person, str, str]
) -> None:
    person, task_id, _organisation = task
    with database.write() as connection:
        connection.execute(
            user_task.update().where(user_task.c.id == task_id).values(state="completed", ended_at=utc_now())
        )
    client = browse(application, person)
    assert client.get(f"/uppgifter/{task_id}").location == f"/uppgifter/{task_id}/klar"
    assert client.post(f"/uppgifter/{task_id}", data={"do": "save"}).status_code == 409
    assert client.post(f"/uppgifter/{task_id}/ta-over").status_code == 409


def test_nothing_changes_without_the_token(
    application: Flask, database: Database, task: tuple[Person, str, str]
) -> None:
    person, task_id, _organisation = task
    application.config["WTF_CSRF_ENABLED"] = True
    assert browse(application, person).post(f"/uppgifter/{task_id}/ta-over").status_code == 400
    assert held_by(database, task_id) is None


def test_a_deviations_files_are_for_those_whom_it_concerns(application: Flask, database: Database) -> None:
    with database.write() as connection:
        of_a_deviation = (user_task.c.process_key == "deviation", user_task.c.state == "completed")
        done = connection.execute(select(user_task).where(*of_a_deviation)).first()
        assert done is not None
        handed_in = connection.execute(select(submission.c.id).where(submission.c.task_id == done.id)).scalar_one()
        row = {"id": "a", "task_id": done.id, "instance_id": done.instance_id, "name": "a.txt", "size": 1}
        more = {"media_type": "text/plain", "sha256": "x", "person_id": done.completed_by, "added_at": utc_now()}
        connection.execute(attachment.insert().values(**row, **more, submission_id=handed_in))
        connection.execute(attachment_content.insert().values(attachment_id="a", content=b"x"))
        people = list_people(connection)
        report = connection.execute(select(deviation).where(deviation.c.instance_id == done.instance_id)).first()
    assert report is not None
    concerned = {report.organisation, report.receiving_organisation, *(report.principals or ())}
    concerned = {"20" if code == "region" else code for code in concerned} | {done.role_organisation}
    outsiders = [one for one in people if not (one.organisations & concerned or sees_everything(one))]
    author = next(one for one in people if one.id == done.completed_by)
    assert browse(application, author).get("/filer/a").data == b"x"
    assert browse(application, outsiders[0]).get("/filer/a").status_code == 403


def test_files_are_for_those_who_may_have_them(
    application: Flask, database: Database, task: tuple[Person, str, str]
) -> None:
    person, _task_id, _organisation = task
    client = browse(application, person)
    assert client.get("/hamta/mina-uppgifter.xlsx").data.startswith(b"PK")
    assert client.get("/hamta/lansbild.csv?lage=late").status_code == 200
    assert client.get("/hamta/deviations.xlsx").status_code == 403
    assert client.get("/hamta/lansbild.exe").status_code == 404
    with database.read() as connection:
        rss = list_people(connection, role="rss")[0]
    assert browse(application, rss).get("/hamta/deviations.xlsx").status_code == 200
