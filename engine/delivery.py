"""Sends mail from the outbox: at least once, with the row's id as message id, so that a receiver can tell a repeat."""

import smtplib
import time
from datetime import datetime, timedelta
from email.message import EmailMessage
from mimetypes import guess_type
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import ColumnElement, Connection, or_, select, update

from engine.database import Database
from engine.database.tables import outbox
from engine.database.workplace_tables import setting
from engine.settings import Settings

REDIRECT = "mail_redirect"  # the setting: an address that gets all mail
_BATCH = 50
_MOST_ATTEMPTS = 8
_TIMEOUT_SECONDS = 20.0


def deliver_mail(database: Database, settings: Settings, now: datetime) -> int:
    """Send what has not been sent. Returns how many went out; what failed waits for the next time, ever longer."""
    with database.read() as connection:
        redirect = redirect_address(connection)
        waiting = connection.execute(
            select(outbox)
            .where(
                outbox.c.sent_at.is_(None),
                outbox.c.address.is_not(None),
                outbox.c.attempts < _MOST_ATTEMPTS,
                or_(outbox.c.try_at.is_(None), outbox.c.try_at <= now),
            )
            .order_by(outbox.c.created_at, outbox.c.id)
            .limit(_BATCH)
        ).all()
    began = time.monotonic()
    # A slow server may take minutes for a batch, and what each message is given counts from when its turn comes.
    return sum(
        _deliver(database, settings, now + timedelta(seconds=time.monotonic() - began), row, redirect)
        for row in waiting
    )


def redirect_address(connection: Connection) -> str | None:
    """Where all mail goes instead of to its receivers, while the installation is tried out; None when it does not."""
    value = connection.execute(select(setting.c.value).where(setting.c.name == REDIRECT)).scalar()
    return value if isinstance(value, str) and value else None


def _deliver(database: Database, settings: Settings, now: datetime, row: Any, redirect: str | None) -> bool:
    # Taken before it is sent: other workers leave it alone for a while. Should we die now, one of them sends it again,
    # under the same message id.
    attempts = row.attempts + 1
    untouched = (outbox.c.id == row.id, outbox.c.sent_at.is_(None), outbox.c.attempts == row.attempts)
    taken = {"attempts": attempts, "try_at": now + timedelta(minutes=2**attempts), "sent_to": redirect}
    if not _note(database, taken, *untouched):
        return False
    try:
        _send(settings, compose(row, settings, redirect))
    except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: no address that can be written to
        _note(database, {"last_error": str(error)[:500]}, outbox.c.id == row.id)
        return False
    return _note(database, {"sent_at": now, "last_error": None}, outbox.c.id == row.id)


def _note(database: Database, values: dict[str, Any], *rows: ColumnElement[bool]) -> bool:
    return database.run(lambda connection: connection.execute(update(outbox).where(*rows).values(values)).rowcount == 1)


def compose(row: Any, settings: Settings, redirect: str | None = None) -> EmailMessage:
    """The message of an outbox row: plain text, with a link to what it is about, and its attachment.

    A `redirect`ed message says in its subject for whom it was.
    """
    message = EmailMessage()
    subject = " ".join(str(row.subject).split())
    message["Subject"] = f"[Till {row.address}] {subject}" if redirect else subject
    message["From"] = f"Samflöde <noreply@{urlsplit(settings.base_url).hostname}>"
    message["To"] = redirect or row.address
    message["Message-ID"] = f"<{row.id}@{urlsplit(settings.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    link = f"\n\n{settings.base_url}{row.link}" if row.link else ""
    message.set_content(f"{row.body}{link}\n")
    if row.attachment is not None:
        maintype, _, subtype = (guess_type(row.attachment_name)[0] or "application/octet-stream").partition("/")
        message.add_attachment(row.attachment, maintype=maintype, subtype=subtype, filename=row.attachment_name)
    return message


def _send(settings: Settings, message: EmailMessage) -> None:
    """By smtp:// or smtps://, with user and password from the address when it has them."""
    url = urlsplit(settings.smtp_url or "")
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with kind(url.hostname or "localhost", url.port or 25, timeout=_TIMEOUT_SECONDS) as server:
        if url.username:
            if url.scheme == "smtp":
                server.starttls()
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)
