"""Accounts, roles and passwords."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from engine.database.tables import person as person_table
from engine.database.tables import user_task
from engine.errors import Invalid, NotFound, NotPermitted
from engine.people import authenticate, create_person, find_person, get_person, grant, list_people, revoke
from tests.engine import build
from tests.engine.build import NOW, somebody


def test_a_person_has_the_roles_that_were_granted_and_not_those_taken_back(connection: Connection) -> None:
    karin = somebody(connection, "karin", ("process_leader", "2062"), ("process_leader", "2034"))
    revoke(connection, NOW, karin.id, "process_leader", "2034")
    grant(connection, NOW, karin.id, "process_leader", "2062")  # twice is once

    now = get_person(connection, karin.id)

    assert now.grants == {("process_leader", "2062")}
    assert now.has("process_leader", "2062")
    assert now.holds("process_leader")
    assert now.organisations == {"2062"}
    assert not now.is_administrator


def test_tasks_taken_over_are_let_go_with_the_role(connection: Connection) -> None:
    build.create_pack(connection)
    karin = somebody(connection, "karin", ("process_leader", "2080"))
    task_id = build.create_task(connection, build.create_instance(connection), assignee=karin.id)

    revoke(connection, NOW, karin.id, "process_leader", "2080")

    assert connection.execute(select(user_task.c.assignee).where(user_task.c.id == task_id)).scalar() is None


def test_the_right_password_signs_in_and_nothing_else_does(connection: Connection) -> None:
    create_person(connection, NOW, "Karin", "Karin A.", password="en lång mening")
    create_person(connection, NOW, "sso", "Utan lösenord")

    assert authenticate(connection, " karin ", "en lång mening").name == "Karin A."
    for username, password in [("karin", "fel"), ("nobody", "en lång mening"), ("sso", ""), ("sso", "en lång mening")]:
        with pytest.raises(NotPermitted):
            authenticate(connection, username, password)


def test_somebody_who_has_left_is_gone(connection: Connection) -> None:
    person_id = create_person(connection, NOW, "karin", "Karin A.", password="en lång mening")
    connection.execute(update(person_table).values(active=False))

    assert find_person(connection, "karin") is None
    with pytest.raises(NotFound):
        get_person(connection, person_id)
    with pytest.raises(NotPermitted):
        authenticate(connection, "karin", "en lång mening")


def test_usernames_are_unique_and_passwords_long(connection: Connection) -> None:
    create_person(connection, NOW, "karin", "Karin A.")
    with pytest.raises(Invalid, match="upptaget"):
        create_person(connection, NOW + timedelta(days=1), "KARIN", "En annan Karin")
    with pytest.raises(Invalid, match="tecken"):
        create_person(connection, NOW, "bo", "Bo", password="kort")


def test_people_are_found_by_role_and_organisation(connection: Connection) -> None:
    somebody(connection, "karin", ("process_leader", "2062"), ("reporter", "2080"))
    somebody(connection, "bo", ("process_leader", "2080"))

    assert [person.username for person in list_people(connection)] == ["bo", "karin"]
    assert [person.username for person in list_people(connection, role="process_leader")] == ["bo", "karin"]
    assert [person.username for person in list_people(connection, role="process_leader", organisation="2080")] == ["bo"]
