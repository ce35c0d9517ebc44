"""What somebody was in the middle of sending when their session had ended, kept while they sign in somewhere else.

Nobody is signed in then, so there is a limit to how much is kept, and an hour is all it has.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from engine.database.workplace_tables import kept_text
from engine.errors import Invalid

KEPT_FOR = timedelta(hours=1)
LONGEST = 1_500_000  # characters
MOST = 50_000_000  # characters of all together
FULL = "Det går inte att spara texten just nu. Logga in med användarnamn och lösenord, eller kopiera texten först."


def keep_text(connection: Connection, now: datetime, content: str) -> str:
    """Keep it, and return the secret that it is asked for with. Raises Invalid when there is no room."""
    clear_old(connection, now)
    kept = connection.execute(select(func.coalesce(func.sum(kept_text.c.size), 0))).scalar_one()
    if len(content) > LONGEST or kept + len(content) > MOST:
        raise Invalid(FULL)
    secret = secrets.token_urlsafe(24)
    row = {"secret_hash": _hash(secret), "content": content, "size": len(content), "kept_at": now}
    connection.execute(insert(kept_text).values(row))
    return secret


def read_text(connection: Connection, now: datetime, secret: str) -> str | None:
    """What was kept under the secret; None when there is nothing, or it has been there too long."""
    query = select(kept_text.c.content).where(
        kept_text.c.secret_hash == _hash(secret), kept_text.c.kept_at > now - KEPT_FOR
    )
    return connection.execute(query).scalar()


def clear_old(connection: Connection, now: datetime) -> int:
    """Remove what nobody came back for. Returns how many."""
    return connection.execute(delete(kept_text).where(kept_text.c.kept_at <= now - KEPT_FOR)).rowcount


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
