"""Who an identity provider's accounts are here: issuer and subject, linked to a person by an administrator.

Never by e-mail address, which providers let people change and give to somebody else when they have left; and never by
a personal identity number, which this system does not keep.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from engine.database.tables import identity
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.forms import holds_identity_number, is_storable
from engine.people import Person, get_person

LONGEST_ISSUER, LONGEST_SUBJECT = 500, 255
NOT_LINKED = "Kontot är inte kopplat till någon användare i Samflöde. En administratör kan koppla det."
NO_PSEUDONYM = (
    "Inloggningstjänsten skickar personnummer som användarens identitet. Be den som sköter tjänsten om en identitet "
    "som inte är ett personnummer."
)


def link_identity(connection: Connection, now: datetime, person_id: str, issuer: str, subject: str) -> None:
    """Let an account of the provider sign in as the person. Raises NotFound, Invalid, Conflict (it is somebody's)."""
    person = get_person(connection, person_id)
    demand_pseudonym(issuer, subject)
    row = {"issuer": issuer, "subject": subject, "person_id": person.id, "linked_at": now}
    known = connection.execute(select(identity.c.person_id).where(*_mine(issuer, subject))).scalar()
    if known == person.id:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(identity).values(row))
    except IntegrityError as error:
        raise Conflict("Kontot är redan kopplat till en annan användare. Ta bort den kopplingen först.") from error


def unlink_identity(connection: Connection, person_id: str, issuer: str, subject: str) -> None:
    """Let one account of a provider no longer sign in as the person. Raises NotFound."""
    theirs = (*_mine(issuer, subject), identity.c.person_id == person_id)
    if connection.execute(delete(identity).where(*theirs)).rowcount == 0:
        raise NotFound("Kontot är inte kopplat till personen.")


def linked_subjects(connection: Connection, person_id: str) -> list[tuple[str, str]]:
    """(issuer, subject) of the accounts that may sign in as the person."""
    query = select(identity.c.issuer, identity.c.subject).where(identity.c.person_id == person_id)
    return [(row.issuer, row.subject) for row in connection.execute(query.order_by(identity.c.linked_at))]


def person_of_identity(connection: Connection, issuer: str, subject: str) -> Person:
    """The active person whom a provider's account is linked to. Raises NotPermitted when there is none."""
    person_id = connection.execute(select(identity.c.person_id).where(*_mine(issuer, subject))).scalar()
    try:
        return get_person(connection, person_id or "")
    except NotFound as error:
        raise NotPermitted(NOT_LINKED) from error


def demand_pseudonym(issuer: str, subject: str) -> None:
    """Raise Invalid for a subject that cannot be kept, such as a personal identity number."""
    if not issuer.strip() or not subject.strip() or len(issuer) > LONGEST_ISSUER or len(subject) > LONGEST_SUBJECT:
        raise Invalid("Identiteten är tom eller för lång.")
    if not is_storable(issuer) or not is_storable(subject):
        raise Invalid("Identiteten innehåller tecken som inte kan sparas.")
    if holds_identity_number(subject):
        raise Invalid(NO_PSEUDONYM)


def _mine(issuer: str, subject: str) -> tuple[ColumnElement[bool], ...]:
    return identity.c.issuer == issuer, identity.c.subject == subject
