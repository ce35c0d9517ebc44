"""Bearer tokens as administrators hand them out and take them back, and mail that is to be tried again."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select, update

from engine import tokens
from engine.authorisation import may_administer, may_operate
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
    """Make a token worthless at once. Raises NotPermitted, NotFound."""
    may_administer(person).demand()
    owner = connection.execute(select(access_token.c.person_id).where(access_token.c.id == token_id)).scalar()
    tokens.revoke_token(connection, now, token_id)
    note(connection, now, person, "token_revoked", str(owner), before={"token": token_id})


def resend_mail(connection: Connection, now: datetime, person: Person, mail_id: str) -> None:
    """Let a message that could not be sent be tried again at once. Raises NotPermitted, NotFound."""
    may_operate(person).demand()
    unsent = (outbox.c.id == mail_id, outbox.c.sent_at.is_(None), outbox.c.address.is_not(None))
    again = {"attempts": 0, "try_at": None, "last_error": None}
    if connection.execute(update(outbox).where(*unsent).values(again)).rowcount != 1:
        raise NotFound(NO_SUCH_MAIL)
    to = connection.execute(select(outbox.c.person_id).where(outbox.c.id == mail_id)).scalar_one()
    note(connection, now, person, "mail_resent", to, after={"mail": mail_id})
