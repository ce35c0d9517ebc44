"""A person's own choices: what is written to them, and how. A missing row is the default."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from engine.authorisation import sees_everything
from engine.database.workplace_tables import preference
from engine.errors import Invalid, NotPermitted
from engine.mail import IN_DIGEST, KINDS, NEVER, NOW, preference_name
from engine.people import Person

DIGEST, MONTHLY = preference_name("weekly"), preference_name("monthly_status")
CHOICES = (NOW, IN_DIGEST, NEVER)
NO_SUCH_CHOICE = "Valet finns inte. Välj direkt, i veckobrevet eller inte alls."
ALWAYS_SENT = "Det som har kort tid skickas alltid direkt, så att ingen missar ansvaret för en avvikelse."
NOT_FOR_YOU = "Månadens arbetsbok är för dem som följer upp hela länet."


def preferences_of(connection: Connection, person_id: str) -> dict[str, Any]:
    """What the person has chosen, by name."""
    of_person = select(preference.c.name, preference.c.value).where(preference.c.person_id == person_id)
    return {row.name: row.value for row in connection.execute(of_person)}


def set_preferences(connection: Connection, now: datetime, person: Person, chosen: Mapping[str, Any]) -> None:
    """Remember choices by name; None goes back to the default."""
    for name, value in chosen.items():
        connection.execute(delete(preference).where(preference.c.person_id == person.id, preference.c.name == name))
        if value is not None:
            row = {"person_id": person.id, "name": name, "value": value, "changed_at": now}
            connection.execute(insert(preference).values(row))


def choose_mail(
    connection: Connection, now: datetime, person: Person, choices: Mapping[str, str], *, digest: bool, monthly: bool
) -> None:
    """What is sent at once, in the weekly letter or not at all, by kind; whether the letter and the workbook come.

    Raises Invalid for a choice that does not exist, NotPermitted for a workbook that is not for everybody.
    """
    for kind, choice in choices.items():
        if kind not in KINDS or choice not in CHOICES:
            raise Invalid(NO_SUCH_CHOICE)
        if KINDS[kind].fixed and choice != NOW:
            raise Invalid(ALWAYS_SENT)
    if monthly and not sees_everything(person):
        raise NotPermitted(NOT_FOR_YOU)
    values: dict[str, Any] = {preference_name(kind): choice for kind, choice in choices.items()}
    set_preferences(connection, now, person, {**values, DIGEST: digest, MONTHLY: monthly})
