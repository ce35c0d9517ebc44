"""The switch that sends all mail to one address while an installation is tried out, so that nobody is written to."""

import re
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, delete, insert

from engine.authorisation import may_operate
from engine.database.workplace_tables import administration_event, setting
from engine.delivery import REDIRECT, redirect_address
from engine.errors import Invalid
from engine.people import Person

NOT_AN_ADDRESS = "Skriv en e-postadress, till exempel namn@kommun.se."
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")


def redirect_mail(connection: Connection, now: datetime, person: Person, address: str | None) -> None:
    """Send all mail to `address` from now on, or with None to its receivers again. Raises NotPermitted, Invalid."""
    may_operate(person).demand()
    address = (address or "").strip() or None
    if address is not None and not _ADDRESS.fullmatch(address):
        raise Invalid(NOT_AN_ADDRESS)
    before = redirect_address(connection)
    if address == before:
        return
    connection.execute(delete(setting).where(setting.c.name == REDIRECT))
    if address is not None:
        row = {"name": REDIRECT, "value": address, "changed_by": person.id, "changed_at": now}
        connection.execute(insert(setting).values(row))
    said = {"from": before, "to": address}
    event = {"id": uuid4().hex, "at": now, "person_id": person.id, "kind": REDIRECT, "subject": REDIRECT, "data": said}
    connection.execute(insert(administration_event).values(event))
