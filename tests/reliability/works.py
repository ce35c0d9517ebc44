"""What the victims do: one command or one tick each. Imported once, by the process that victims are forked from."""

import smtplib
from datetime import datetime
from typing import Any

from engine import commands, delivery, worker
from engine.database import Database
from engine.people import get_person
from engine.settings import Settings
from tests.reliability.victim import reach


def complete(database: Database, now: datetime, person_id: str, task_id: str, values: dict[str, Any]) -> None:
    def unit(connection: Any) -> None:
        commands.complete_task(connection, now, get_person(connection, person_id), task_id, values)

    database.run(unit)


def fire_due(database: Database, now: datetime) -> None:
    worker.fire_due(database, now)


def deliver(database: Database, now: datetime, smtp_url: str) -> None:
    plain = smtplib.SMTP.send_message

    def send(self: smtplib.SMTP, *arguments: Any, **more: Any) -> Any:
        answer = plain(self, *arguments, **more)
        reach("sent")
        return answer

    smtplib.SMTP.send_message = send  # type: ignore[method-assign]
    delivery.deliver_mail(database, mail_settings(smtp_url), now)


def mail_settings(smtp_url: str) -> Settings:
    return Settings.from_environment({"SAMFLODE_SMTP_URL": smtp_url, "SAMFLODE_BASE_URL": "https://s.example.se"})
