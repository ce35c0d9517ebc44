"""What administrators do with people and organisations: done, refused, and logged with before and after."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, String, insert, select

from engine.clock import local_date
from engine.commands.access import give_token, resend_mail, take_token_back
from engine.commands.organisations import add_organisation, remove_organisation, rename_organisation
from engine.commands.people import (
    add_person,
    anonymise_person,
    change_person,
    close_account,
    give_password,
    grant_role,
    open_account,
    revoke_role,
)
from engine.commands.substitutions import name_substitute
from engine.database.tables import draft, identity, metadata, organisation, outbox, submission, user_task
from engine.database.workplace_tables import administration_event
from engine.errors import Conflict, InvalidForm, NotFound, NotPermitted
from engine.people import Person, authenticate, get_person
from engine.queries.administration import PeopleFilter, read_log, search_people
from engine.queries.stored import NAMES, stored_about
from engine.substitutes import acting_person
from engine.tokens import bearer_of
from tests.engine.build import NOW, create_instance, create_pack, create_submission, create_task, somebody

LEADER = ("process_leader", "2080")
ROLES = {"process_leader", "administrator", "rss"}


@pytest.fixture
def admin(connection: Connection) -> Person:
    create_pack(connection)
    return somebody(connection, "admin", ("administrator", "20"))


@pytest.fixture
def karin(connection: Connection, admin: Person) -> Person:
    return somebody(connection, "karin", LEADER)


def logged(connection: Connection) -> list[tuple[str, str]]:
    rows = connection.execute(select(administration_event.c.kind, administration_event.c.subject))
    return [(row.kind, row.subject) for row in rows]


def test_somebody_is_added_gets_a_role_and_a_password(connection: Connection, admin: Person) -> None:
    added = add_person(connection, NOW, admin, " Eva.Ek ", "Eva  Ek", "eva@mora.se")
    grant_role(connection, NOW, admin, added, "process_leader", "2062", ROLES)
    password = give_password(connection, NOW, admin, added)
    eva = authenticate(connection, "eva.ek", password)
    assert (eva.name, eva.email, set(eva.grants)) == ("Eva Ek", "eva@mora.se", {("process_leader", "2062")})
    assert [kind for kind, _ in logged(connection)] == ["person_added", "role_granted", "password_given"]
    entries = connection.execute(select(administration_event.c.data)).scalars().all()
    assert password not in str(entries)


@pytest.mark.parametrize(
    ("username", "name", "email", "field"),
    [
        ("a", "A", "", "username"),
        ("Å Ä", "A", "", "username"),
        ("ok", " ", "", "name"),
        ("ok", "x" * 101, "", "name"),
        ("ok", "A", "inte en adress", "email"),
        ("karin", "A", "", "username"),
    ],
)
def test_what_is_wrong_with_a_new_person_is_said_by_field(
    connection: Connection, admin: Person, karin: Person, username: str, name: str, email: str, field: str
) -> None:
    with pytest.raises(InvalidForm) as refused:
        add_person(connection, NOW, admin, username, name, email)
    assert [error.path for error in refused.value.errors] == [field]
    assert logged(connection) == []


def test_only_administrators_do_it(connection: Connection, admin: Person, karin: Person) -> None:
    for act in (
        lambda: add_person(connection, NOW, karin, "ny", "Ny", ""),
        lambda: change_person(connection, NOW, karin, karin.id, "K", "", "sv"),
        lambda: grant_role(connection, NOW, karin, karin.id, "administrator", "20", ROLES),
        lambda: close_account(connection, NOW, karin, admin.id),
        lambda: give_password(connection, NOW, karin, admin.id),
        lambda: add_organisation(connection, NOW, karin, "2034", "Orsa", "municipality"),
        lambda: give_token(connection, NOW, karin, admin.id, ["operate"], None, None),
        lambda: search_people(connection, karin, PeopleFilter()),
        lambda: read_log(connection, karin),
        lambda: stored_about(connection, karin, admin.id),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert logged(connection) == []


def test_a_change_is_logged_with_before_and_after(connection: Connection, admin: Person, karin: Person) -> None:
    change_person(connection, NOW, admin, karin.id, "Karin Ny", "k@mora.se", "sv")
    change_person(connection, NOW, admin, karin.id, "Karin Ny", "k@mora.se", "sv")
    entry = connection.execute(select(administration_event)).one()
    assert entry.data == {
        "before": {"name": "Karin", "email": None},
        "after": {"name": "Karin Ny", "email": "k@mora.se"},
    }
    assert read_log(connection, admin).items[0].subject_name == "Karin Ny"


def test_a_closed_account_lets_go_of_everything_and_keeps_what_was_done(
    connection: Connection, admin: Person, karin: Person
) -> None:
    instance_id = create_instance(connection)
    create_submission(connection, instance_id, karin.id)
    task_id = create_task(connection, instance_id, assignee=karin.id)
    secret = give_token(connection, NOW, admin, karin.id, ["read"], "prov", None).secret
    bo = somebody(connection, "bo", LEADER)
    name_substitute(connection, NOW, admin, karin.id, bo.id, local_date(NOW), local_date(NOW) + timedelta(days=9))
    close_account(connection, NOW, admin, karin.id)
    with pytest.raises(NotFound):
        get_person(connection, karin.id)
    assert bearer_of(connection, NOW, secret) is None
    assert connection.execute(select(user_task.c.assignee).where(user_task.c.id == task_id)).scalar() is None
    assert acting_person(connection, NOW, bo.id).standing_in == ()
    assert connection.execute(select(submission.c.person_id)).scalar_one() == karin.id
    with pytest.raises(Conflict, match="redan stängt"):
        close_account(connection, NOW, admin, karin.id)
    open_account(connection, NOW, admin, karin.id)
    assert get_person(connection, karin.id).grants == {LEADER}


def test_an_administrator_is_always_left(connection: Connection, admin: Person, karin: Person) -> None:
    with pytest.raises(Conflict, match="sista administratören"):
        revoke_role(connection, NOW, admin, admin.id, "administrator", "20")
    with pytest.raises(Conflict, match="ditt eget"):
        close_account(connection, NOW, admin, admin.id)


def test_whoever_has_left_is_forgotten_but_not_what_they_handed_in(
    connection: Connection, admin: Person, karin: Person
) -> None:
    change_person(connection, NOW, admin, karin.id, "Karin Hemlig", "karin.hemlig@mora.se", "sv")
    instance_id = create_instance(connection)
    create_submission(connection, instance_id, karin.id, values={"text": "Så gör vi"})
    task_id = create_task(connection, instance_id)
    connection.execute(insert(draft).values(task_id=task_id, person_id=karin.id, values={}, saved_at=NOW))
    account = {"issuer": "https://login.mora.se", "subject": "karin-hemlig", "person_id": karin.id, "linked_at": NOW}
    connection.execute(insert(identity).values(account))
    for sent_at in (NOW, None):
        letter = {"id": f"m{sent_at}", "person_id": karin.id, "address": "karin.hemlig@mora.se", "created_at": NOW}
        connection.execute(insert(outbox).values(subject="Hej", body="Hej Karin Hemlig", sent_at=sent_at, **letter))
    with pytest.raises(Conflict, match="Stäng kontot"):
        anonymise_person(connection, NOW, admin, karin.id)
    close_account(connection, NOW, admin, karin.id)
    anonymise_person(connection, NOW, admin, karin.id)
    everything = {table.name: connection.execute(select(table)).all() for table in metadata.sorted_tables}
    assert [name for name, rows in everything.items() if "emlig" in str(rows)] == []
    assert everything["submission"][0].values == {"text": "Så gör vi"}
    assert everything["submission"][0].person_id == karin.id
    assert not everything["draft"]
    for act in (open_account, anonymise_person):
        with pytest.raises(Conflict, match="anonym"):
            act(connection, NOW, admin, karin.id)


def test_everything_that_names_a_person_is_told_and_no_secret(
    connection: Connection, admin: Person, karin: Person
) -> None:
    give_password(connection, NOW, admin, karin.id)
    secret = give_token(connection, NOW, admin, karin.id, ["read"], "prov", None).secret
    create_submission(connection, create_instance(connection, started_by=karin.id), karin.id)
    found = stored_about(connection, karin, karin.id)
    assert set(found) == {
        "person",
        "role_grant",
        "access_token",
        "submission",
        "process_instance",
        "administration_event",
    }
    told = str(found)
    assert "argon2" not in told
    assert "secret_hash" not in told
    assert secret not in told
    assert found == stored_about(connection, admin, karin.id)


def test_no_column_that_names_a_person_is_forgotten() -> None:
    """A new column that refers to people, or is called like one, has to be told as well."""
    for table in metadata.sorted_tables:
        for column in table.c:
            refers = any(key.column.table.name == "person" for key in column.foreign_keys)
            called_so = column.name in {"person_id", "assignee"} or column.name.endswith("_by")
            called_so = called_so and isinstance(column.type, String)
            assert not (refers or called_so) or column.name in NAMES, f"{table.name}.{column.name}"


def test_organisations(connection: Connection, admin: Person) -> None:
    add_organisation(connection, NOW, admin, "2034", "Orsa", "municipality")
    rename_organisation(connection, NOW, admin, "2034", "Orsa kommun")
    with pytest.raises(InvalidForm):
        add_organisation(connection, NOW, admin, "2034", "Orsa igen", "municipality")
    with pytest.raises(InvalidForm):
        add_organisation(connection, NOW, admin, "20340", "Fel", "municipality")
    somebody(connection, "olle", ("process_leader", "2034"))
    with pytest.raises(Conflict, match="Historiken"):
        remove_organisation(connection, NOW, admin, "2034")
    add_organisation(connection, NOW, admin, "brott", "Brottsförebyggande rådet", "body")
    remove_organisation(connection, NOW, admin, "brott")
    codes = set(connection.execute(select(organisation.c.code)).scalars())
    assert "2034" in codes
    assert "brott" not in codes
    assert [kind for kind, _ in logged(connection)] == [
        "organisation_added",
        "organisation_renamed",
        "organisation_added",
        "organisation_removed",
    ]


def test_a_token_is_taken_back_and_failed_mail_tried_again(
    connection: Connection, admin: Person, karin: Person
) -> None:
    made = give_token(connection, NOW, admin, karin.id, ["read"], "prov", NOW + timedelta(days=1))
    take_token_back(connection, NOW, admin, made.id)
    assert bearer_of(connection, NOW, made.secret) is None
    with pytest.raises(NotFound):
        take_token_back(connection, NOW, admin, made.id)
    letter = {"id": "m1", "person_id": karin.id, "address": "k@mora.se", "subject": "Hej", "body": "Hej"}
    connection.execute(insert(outbox).values(created_at=NOW, attempts=8, last_error="nej", **letter))
    resend_mail(connection, NOW, admin, "m1")
    row = connection.execute(select(outbox)).one()
    assert (row.attempts, row.last_error) == (0, None)
    with pytest.raises(NotFound):
        resend_mail(connection, NOW, admin, "m2")
