"""Sends mail from the outbox: at least once, with the row's id as message id, so that a receiver can tell a repeat."""

import smtplib
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import select, update

from engine.database import Database
from engine.database.tables import outbox
from engine.settings import Settings

_BATCH = 50
_MOST_ATTEMPTS = 8
_TIMEOUT_SECONDS = 20.0


def deliver_mail(database: Database, settings: Settings, now: datetime) -> int:
    """Send what has not been sent. Returns how many went out; what failed waits for the next time, ever longer."""
    with database.read() as connection:
        waiting = connection.execute(
            select(outbox)
            .where(outbox.c.sent_at.is_(None), outbox.c.address.is_not(None), outbox.c.attempts < _MOST_ATTEMPTS)
            .order_by(outbox.c.created_at)
            .limit(_BATCH)
        ).all()
    due = [row for row in waiting if row.created_at + _patience(row.attempts) <= now]
    if not due:
        return 0
    return sum(_deliver(database, settings, now, row) for row in due)


def _patience(attempts: int) -> timedelta:
    return timedelta(minutes=2**attempts - 1)


def _deliver(database: Database, settings: Settings, now: datetime, row: Any) -> bool:
    try:
        _send(settings, compose(row, settings))
    except (OSError, smtplib.SMTPException) as error:
        values: dict[str, Any] = {"attempts": outbox.c.attempts + 1, "last_error": str(error)[:500]}
    else:
        values = {"sent_at": now, "attempts": outbox.c.attempts + 1, "last_error": None}
    with database.write() as connection:
        connection.execute(update(outbox).where(outbox.c.id == row.id).values(values))
    return "sent_at" in values


def compose(row: Any, settings: Settings) -> EmailMessage:
    """The message of an outbox row: plain text, with a link to what it is about."""
    message = EmailMessage()
    message["Subject"] = " ".join(str(row.subject).split())
    message["From"] = f"Samflöde <noreply@{urlsplit(settings.base_url).hostname}>"
    message["To"] = row.address
    message["Message-ID"] = f"<{row.id}@{urlsplit(settings.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    link = f"\n\n{settings.base_url}{row.link}" if row.link else ""
    message.set_content(f"{row.body}{link}\n")
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
