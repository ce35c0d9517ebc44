"""Being somebody's substitute, and having many roles: what the pages show and let one do."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select, update

from engine.clock import local_date, utc_now
from engine.database import Database
from engine.database.tables import outbox, submission, user_task
from engine.database.workplace_tables import substitution
from engine.people import Person, create_person, get_person, grant, list_people
from engine.queries import TaskFilter, list_tasks
from engine.tokens import create_token
from tests.workplace import browse as signed_in_browser
from tests.workplace import make_application, open_county

TODAY = local_date(utc_now())
WEEK = {"first_day": TODAY.isoformat(), "last_day": (TODAY + timedelta(days=7)).isoformat()}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    yield from open_county(tmp_path)


@pytest.fixture
def application(database: Database, tmp_path: Path) -> Flask:
    return make_application(database, tmp_path, csrf=False)


@pytest.fixture
def leader(database: Database) -> Person:
    """Somebody who has something to do, and leads the work in at least four municipalities."""
    with database.write() as connection:
        leaders = list_people(connection, role="process_leader")
        busy = next(one for one in leaders if list_tasks(connection, one, utc_now(), TaskFilter()).items)
        places = sorted({place for one in leaders for role, place in one.grants if role == "process_leader"})
        for place in places[:4]:
            grant(connection, utc_now(), busy.id, "process_leader", place)
        return get_person(connection, busy.id)


@pytest.fixture
def newcomer(database: Database, leader: Person) -> Person:
    """Somebody who has just got a role, in one of the leader's municipalities."""
    with database.write() as connection:
        person_id = create_person(connection, utc_now(), "ny", "Nina Nyman", email="ny@example.se")
        grant(connection, utc_now(), person_id, "working_group", min(leader.organisations))
        return get_person(connection, person_id)


@pytest.fixture
def browse(application: Flask) -> Callable[[Person], FlaskClient]:
    return partial(signed_in_browser, application)


Browse = Callable[[Person], FlaskClient]


def test_a_colleague_stands_in_and_both_see_it(
    browse: Browse, database: Database, leader: Person, newcomer: Person
) -> None:
    theirs = browse(leader)
    answer = theirs.post("/installningar/ersattare", data={"substitute": newcomer.id, **WEEK}, follow_redirects=True)
    assert "Ersätter nu" in answer.text
    mine = browse(newcomer)
    page = html.document_fromstring(mine.get("/uppgifter").text)
    assert f"Ersätter {leader.name} till och med" in page.text_content()
    assert [switch for switch in page.xpath("//form//button/text()") if f"(för {leader.name})" in switch]
    with database.read() as connection:
        task = list_tasks(connection, leader, utc_now(), TaskFilter()).items[0]
        assert connection.execute(select(outbox).where(outbox.c.person_id == newcomer.id)).first()
    assert mine.get(f"/uppgifter/{task.id}").status_code == 200
    assert mine.post(f"/uppgifter/{task.id}/ta-over").status_code in {302, 303}
    with database.read() as connection:
        assignee = select(user_task.c.assignee).where(user_task.c.id == task.id)
        assert connection.execute(assignee).scalar_one() == leader.id
        substitution_id = connection.execute(select(substitution.c.id)).scalar_one()
    theirs.post(f"/installningar/ersattare/{substitution_id}/avsluta")
    assert "Ersätter" not in mine.get("/uppgifter").text
    assert mine.post(f"/uppgifter/{task.id}/slapp").status_code == 403


def test_what_is_wrong_is_said_beside_the_field(browse: Browse, leader: Person, newcomer: Person) -> None:
    client = browse(leader)
    answer = client.post("/installningar/ersattare", data={"substitute": "", "first_day": "", "last_day": "snart"})
    page = html.document_fromstring(answer.text)
    assert answer.status_code == 422
    fields = [link.removeprefix("#") for link in page.xpath("//*[@role='alert']//a/@href")]
    assert fields == ["substitute", "first_day", "last_day"]
    assert all(page.xpath("//*[@id=$field][@aria-invalid='true']", field=field) for field in fields)
    backwards = {"first_day": WEEK["last_day"], "last_day": WEEK["first_day"]}
    answer = client.post("/installningar/ersattare?lang=en", data={"substitute": newcomer.id, **backwards})
    assert answer.status_code == 422
    assert "The last day cannot come before the first." in answer.text
    client.post("/installningar/ersattare", data={"substitute": newcomer.id, **WEEK})
    again = client.post("/installningar/ersattare", data={"substitute": newcomer.id, **WEEK})
    assert "is already the substitute" in again.text


def test_nobody_ends_somebody_elses(browse: Browse, database: Database, leader: Person, newcomer: Person) -> None:
    browse(leader).post("/installningar/ersattare", data={"substitute": newcomer.id, **WEEK})
    with database.read() as connection:
        substitution_id = connection.execute(select(substitution.c.id)).scalar_one()
    assert browse(newcomer).post(f"/installningar/ersattare/{substitution_id}/avsluta").status_code == 403


def test_a_token_does_what_its_person_may_as_a_substitute(
    application: Flask, browse: Browse, database: Database, leader: Person, newcomer: Person
) -> None:
    with database.write() as connection:
        secret = create_token(connection, utc_now(), newcomer.id, ["read"]).secret
    ask = {"headers": {"Authorization": f"Bearer {secret}"}}
    address = "/api/v1/user-tasks?role=process_leader&limit=1"
    client = application.test_client()
    before = client.get(address, **ask).get_json()["items"]
    browse(leader).post("/installningar/ersattare", data={"substitute": newcomer.id, **WEEK})
    after = client.get(address, **ask).get_json()["items"]
    assert {item["organisation"] for item in before} <= newcomer.organisations
    assert after


def test_a_new_member_sees_what_was_there_before(
    browse: Browse, database: Database, leader: Person, newcomer: Person
) -> None:
    """Roles are looked up when asked: tasks, submissions and history from long before somebody got the role."""
    place = min(leader.organisations)
    with database.write() as connection:
        earlier = list_tasks(connection, leader, utc_now(), TaskFilter(scope="roles", organisation=place)).items
        grant(connection, utc_now(), newcomer.id, "process_leader", place)
        task_ids = [task.id for task in earlier] or [
            row.task_id
            for row in connection.execute(select(submission.c.task_id).where(submission.c.organisation == place))
            if row.task_id
        ]
        agreement_key = connection.execute(
            select(user_task.c.agreement_key).where(user_task.c.id == task_ids[0])
        ).scalar_one()
        connection.execute(update(user_task).where(user_task.c.id == task_ids[0]).values(assignee=None))
    client = browse(newcomer)
    assert client.get(f"/uppgifter/{task_ids[0]}", follow_redirects=True).status_code == 200
    assert client.get(f"/overenskommelser/{agreement_key}").status_code == 200


def test_somebody_with_several_municipalities_switches_without_signing_out(
    browse: Browse, database: Database, leader: Person
) -> None:
    client = browse(leader)
    for role, organisation in sorted(leader.grants):
        client.post("/roll", data={"role": f"{role}/{organisation}"})
        page = html.document_fromstring(client.get("/uppgifter").text)
        assert len(page.xpath("//*[contains(@class,'switch--role')]//button[@aria-current]")) == 1
        with database.read() as connection:
            wanted = list_tasks(connection, leader, utc_now(), TaskFilter(organisation=organisation), limit=1).total
        listed = page.xpath("//ol[@class='tasks']/li")
        assert bool(listed) is bool(wanted), organisation
    client.post("/roll", data={"role": ""})
    assert client.get("/uppgifter").status_code == 200
