"""What administrators do with people: add, correct, give and take roles, close accounts, forget those who have left."""

import re
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from engine import people
from engine.authorisation import may_administer
from engine.clock import local_date
from engine.commands.administration import difference, note
from engine.commands.start_drafts import throw_away_all_of
from engine.database.access_tables import access_token
from engine.database.tables import draft, identity, organisation, outbox, role_grant, user_task
from engine.database.tables import person as person_table
from engine.database.turns import take_turns
from engine.database.workplace_tables import (
    administration_event,
    calendar_feed,
    preference,
    saved_filter,
    substitution,
)
from engine.errors import Conflict, FieldError, Invalid, InvalidForm, NotFound
from engine.people import ADMINISTRATOR, Person
from engine.settings import LOCALES

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,62}", re.ASCII)
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_TELLING = frozenset({"name", "email", "username", "subject"})  # of what the log says of somebody
_PASSWORD_BYTES = 15  # twenty characters to read aloud

NO_NAME = "Skriv personens namn."
NAME_TOO_LONG = "Korta namnet. Det får ha högst 100 tecken."
NOT_A_USERNAME = (
    "Skriv ett användarnamn med minst två tecken: små bokstäver a till z, siffror, punkt eller bindestreck."
)
TAKEN = "Användarnamnet är upptaget. Välj ett annat."
NOT_AN_ADDRESS = "Skriv en e-postadress, till exempel namn@kommun.se."
NO_SUCH_PERSON = "Personen finns inte."
NO_SUCH_ROLE = "Välj en roll."
NO_SUCH_ORGANISATION = "Välj en organisation."
LAST_ADMINISTRATOR = (
    "Det är den sista administratören. Ge rollen till någon annan först, annars kommer ingen åt det här."
)
NOT_YOURSELF = "Du kan inte stänga ditt eget konto. Be en annan administratör."
CLOSED_ALREADY = "Kontot är redan stängt."
OPEN_ALREADY = "Kontot är redan öppet."
STILL_ACTIVE = "Stäng kontot innan personen görs anonym."
ANONYMOUS_ALREADY = "Personen är redan anonym."
GONE_FOR_GOOD = "Personen är anonym. Lägg till personen på nytt i stället."
ANONYMOUS = "Tidigare användare"
_ANONYMOUS_USERNAME = "anonym-"


def add_person(
    connection: Connection, now: datetime, person: Person, username: str, name: str, email: str, locale: str = "sv"
) -> str:
    """Add somebody without a password and return the id. Raises NotPermitted, InvalidForm (username, name, email)."""
    may_administer(person).demand()
    username = username.strip().lower()
    errors = [] if _USERNAME.fullmatch(username) else [FieldError("username", NOT_A_USERNAME)]
    after = _described(name, email, locale, errors)
    try:
        added = people.create_person(connection, now, username, after["name"], after["email"])
    except Invalid as error:
        raise InvalidForm([FieldError("username", TAKEN)]) from error
    connection.execute(update(person_table).where(person_table.c.id == added).values(locale=after["locale"]))
    note(connection, now, person, "person_added", added, after={"username": username, **after})
    return added


def change_person(
    connection: Connection, now: datetime, person: Person, person_id: str, name: str, email: str, locale: str
) -> None:
    """Correct name, address and language. Raises NotPermitted, NotFound, InvalidForm (name, email)."""
    may_administer(person).demand()
    row = _row(connection, person_id)
    after = _described(name, email, locale, [])
    changed = difference({"name": row.name, "email": row.email, "locale": row.locale}, after)
    if changed["after"]:
        connection.execute(update(person_table).where(person_table.c.id == person_id).values(changed["after"]))
        note(connection, now, person, "person_changed", person_id, **changed)


def grant_role(
    connection: Connection, now: datetime, person: Person, person_id: str, role: str, where: str, known: set[str]
) -> None:
    """Give a role, one of `known`, in an organisation. Raises NotPermitted, NotFound, InvalidForm."""
    may_administer(person).demand()
    errors = [] if role in known else [FieldError("role", NO_SUCH_ROLE)]
    if connection.execute(select(organisation.c.code).where(organisation.c.code == where)).first() is None:
        errors.append(FieldError("organisation", NO_SUCH_ORGANISATION))
    if errors:
        raise InvalidForm(errors)
    if people.get_person(connection, person_id).has(role, where):
        return
    people.grant(connection, now, person_id, role, where)
    note(connection, now, person, "role_granted", person_id, after={"role": role, "organisation": where})


def revoke_role(connection: Connection, now: datetime, person: Person, person_id: str, role: str, where: str) -> None:
    """Take a role back; open tasks taken over in it are let go. Raises NotPermitted, NotFound, Conflict."""
    may_administer(person).demand()
    if not people.get_person(connection, person_id).has(role, where):
        return
    people.revoke(connection, now, person_id, role, where)
    _demand_an_administrator(connection)
    note(connection, now, person, "role_revoked", person_id, before={"role": role, "organisation": where})


def give_password(connection: Connection, now: datetime, person: Person, person_id: str) -> str:
    """A new random password, to be told to the person once. Only its hash is kept. Raises NotPermitted, NotFound."""
    may_administer(person).demand()
    people.get_person(connection, person_id)
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    people.set_password(connection, person_id, password)
    note(connection, now, person, "password_given", person_id)
    return password


def close_account(connection: Connection, now: datetime, person: Person, person_id: str) -> None:
    """Let nobody sign in as the person any more. Open tasks are let go, tokens and feeds end; what was done stays.

    Raises NotPermitted, NotFound, Conflict.
    """
    may_administer(person).demand()
    row = _row(connection, person_id)
    if person_id == person.id:
        raise Conflict(NOT_YOURSELF)
    if not row.active:
        raise Conflict(CLOSED_ALREADY)
    connection.execute(update(person_table).where(person_table.c.id == person_id).values(active=False))
    _demand_an_administrator(connection)
    held = (user_task.c.assignee == person_id, user_task.c.state == "open")
    released = connection.execute(update(user_task).where(*held).values(assignee=None, claimed_at=None)).rowcount
    _end_access(connection, now, person_id)
    note(connection, now, person, "account_closed", person_id, released=released)


def open_account(connection: Connection, now: datetime, person: Person, person_id: str) -> None:
    """Let somebody whose account was closed sign in again, with the roles they had. Raises as `close_account`."""
    may_administer(person).demand()
    row = _row(connection, person_id)
    if row.active:
        raise Conflict(OPEN_ALREADY)
    if is_anonymous(row.username):
        raise Conflict(GONE_FOR_GOOD)
    connection.execute(update(person_table).where(person_table.c.id == person_id).values(active=True))
    note(connection, now, person, "account_opened", person_id)


def anonymise_person(connection: Connection, now: datetime, person: Person, person_id: str) -> None:
    """Forget who somebody was who has left: the name, the address, and what was only theirs.

    What they handed in, decided and wrote to others is an official document and stays, under the id and without the
    name. It cannot be undone. Raises NotPermitted, NotFound, Conflict when the account is open.
    """
    may_administer(person).demand()
    row = _row(connection, person_id)
    if row.active:
        raise Conflict(STILL_ACTIVE)
    if is_anonymous(row.username):
        raise Conflict(ANONYMOUS_ALREADY)
    forgotten = {
        "name": ANONYMOUS,
        "username": f"{_ANONYMOUS_USERNAME}{person_id[:12]}",
        "email": None,
        "password_hash": None,
    }
    connection.execute(update(person_table).where(person_table.c.id == person_id).values(forgotten))
    _end_access(connection, now, person_id)
    connection.execute(
        update(role_grant)
        .where(role_grant.c.person_id == person_id, role_grant.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    throw_away_all_of(connection, person_id)
    for table in (draft, identity, preference, saved_filter, calendar_feed):
        connection.execute(delete(table).where(table.c.person_id == person_id))
    connection.execute(delete(outbox).where(outbox.c.person_id == person_id, outbox.c.sent_at.is_(None)))
    sent = {"address": None, "sent_to": None, "body": ""}
    connection.execute(update(outbox).where(outbox.c.person_id == person_id).values(sent))
    _forget_in_log(connection, person_id)
    note(connection, now, person, "person_anonymised", person_id)


def is_anonymous(username: str) -> bool:
    return username.startswith(_ANONYMOUS_USERNAME)


def _described(name: str, email: str, locale: str, errors: list[FieldError]) -> dict[str, Any]:
    """The three fields as they are stored; raises InvalidForm with `errors` and what is wrong with them."""
    name, address = " ".join(name.split()), email.strip()
    if not name:
        errors.append(FieldError("name", NO_NAME))
    elif len(name) > 100:
        errors.append(FieldError("name", NAME_TOO_LONG))
    if address and (not _ADDRESS.fullmatch(address) or len(address) > 320):
        errors.append(FieldError("email", NOT_AN_ADDRESS))
    if errors:
        raise InvalidForm(errors)
    return {"name": name, "email": address or None, "locale": locale if locale in LOCALES else LOCALES[0]}


def _row(connection: Connection, person_id: str) -> Row[Any]:
    row = connection.execute(select(person_table).where(person_table.c.id == person_id)).first()
    if row is None:
        raise NotFound(NO_SUCH_PERSON)
    return row


def _demand_an_administrator(connection: Connection) -> None:
    """Somebody must be left who can undo this."""
    take_turns(connection, "administrators")  # two who take each other's role away at once must not both succeed
    left = (
        select(func.count())
        .select_from(role_grant.join(person_table, person_table.c.id == role_grant.c.person_id))
        .where(role_grant.c.role == ADMINISTRATOR, role_grant.c.revoked_at.is_(None), person_table.c.active)
    )
    if connection.execute(left).scalar_one() == 0:
        raise Conflict(LAST_ADMINISTRATOR)


def _end_access(connection: Connection, now: datetime, person_id: str) -> None:
    people.end_sessions(connection, person_id)
    for table in (access_token, calendar_feed):
        live: tuple[ColumnElement[bool], ...] = (table.c.person_id == person_id, table.c.revoked_at.is_(None))
        connection.execute(update(table).where(*live).values(revoked_at=now))
    concerned = (substitution.c.person_id == person_id) | (substitution.c.substitute_id == person_id)
    lasting = (concerned, substitution.c.ended_at.is_(None), substitution.c.last_day >= local_date(now))
    connection.execute(update(substitution).where(*lasting).values(ended_at=now))


def _forget_in_log(connection: Connection, person_id: str) -> None:
    """The log keeps that somebody was added and changed, by whom and when, without name and address."""
    about = administration_event.c.subject == person_id
    for row in connection.execute(select(administration_event).where(about)).all():
        kept = {
            key: {name: value for name, value in said.items() if name not in _TELLING}
            if isinstance(said, dict)
            else said
            for key, said in row.data.items()
        }
        connection.execute(update(administration_event).where(administration_event.c.id == row.id).values(data=kept))
