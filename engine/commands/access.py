"""How people and their programs get in: accounts of the identity provider, sessions, tokens; and mail to try again."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select, update

from engine import identities, people, tokens
from engine.authorisation import may_administer, may_end_access, may_operate
from engine.commands.administration import note
from engine.database.access_tables import access_token
from engine.database.tables import outbox
from engine.errors import NotFound
from engine.people import Person
from engine.tokens import NewToken

NO_SUCH_MAIL = "Mejlet finns inte, är redan skickat, eller saknar adress."


def give_token(
    connection: Connection,
    now: datetime,
    person: Person,
    person_id: str,
    scopes: Collection[str],
    purpose: str | None,
    expires_at: datetime | None,
) -> NewToken:
    """Make a token for somebody. Raises NotPermitted, NotFound, Invalid (scopes)."""
    may_administer(person).demand()
    made = tokens.create_token(connection, now, person_id, scopes, purpose, expires_at)
    said = {"scopes": sorted(scopes), "purpose": purpose, "token": made.id}
    note(connection, now, person, "token_created", person_id, after=said)
    return made


def take_token_back(connection: Connection, now: datetime, person: Person, token_id: str) -> None:
    """Make a token worthless at once: one's own, or as an administrator. Raises NotPermitted, NotFound."""
    owner = connection.execute(select(access_token.c.person_id).where(access_token.c.id == token_id)).scalar()
    may_end_access(person, owner or "").demand()
    tokens.revoke_token(connection, now, token_id)
    note(connection, now, person, "token_revoked", str(owner), before={"token": token_id})


def link_account(
    connection: Connection, now: datetime, person: Person, person_id: str, issuer: str, subject: str
) -> None:
    """Let an account of the identity provider sign in as somebody.

    Raises NotPermitted, NotFound, Invalid (no such identity can be kept), Conflict (it is somebody else's).
    """
    may_administer(person).demand()
    if (issuer, subject) in identities.linked_subjects(connection, person_id):
        return
    identities.link_identity(connection, now, person_id, issuer, subject)
    note(connection, now, person, "account_linked", person_id, after={"issuer": issuer, "subject": subject})


def unlink_account(
    connection: Connection, now: datetime, person: Person, person_id: str, issuer: str, subject: str
) -> None:
    """Let the account no longer sign in as somebody, and end what it may have begun. Raises NotPermitted, NotFound."""
    may_administer(person).demand()
    identities.unlink_identity(connection, person_id, issuer, subject)
    people.end_sessions(connection, person_id)
    note(connection, now, person, "account_unlinked", person_id, before={"issuer": issuer, "subject": subject})


def end_sessions(connection: Connection, now: datetime, person: Person, person_id: str) -> None:
    """Sign somebody out in every browser, at once: oneself, or as an administrator. Raises NotPermitted, NotFound."""
    may_end_access(person, person_id).demand()
    people.get_person(connection, person_id)
    people.end_sessions(connection, person_id)
    if person_id != person.id:
        note(connection, now, person, "sessions_ended", person_id)


def resend_mail(connection: Connection, now: datetime, person: Person, mail_id: str) -> None:
    """Let a message that could not be sent be tried again at once. Raises NotPermitted, NotFound."""
    may_operate(person).demand()
    unsent = (outbox.c.id == mail_id, outbox.c.sent_at.is_(None), outbox.c.address.is_not(None))
    again = {"attempts": 0, "try_at": None, "last_error": None}
    if connection.execute(update(outbox).where(*unsent).values(again)).rowcount != 1:
        raise NotFound(NO_SUCH_MAIL)
    to = connection.execute(select(outbox.c.person_id).where(outbox.c.id == mail_id)).scalar_one()
    note(connection, now, person, "mail_resent", to, after={"mail": mail_id})
