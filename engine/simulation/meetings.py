"""Made-up meetings of the bodies that decide, so that decisions have something to be ready for."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, insert

from engine.authorisation import is_municipality
from engine.database.workplace_tables import meeting
from engine.packs import Pack

_PAPERS_BEFORE = timedelta(days=14)
# Months, and the day from which the first Tuesday is taken; each organisation some days after the one before.
_STEERING_GROUP = ("Styrgruppen", (2, 5, 9, 11), 3)
_BODIES = {
    "municipality": ("Kommunstyrelsen", (1, 3, 4, 6, 9, 10, 12), 8),
    "region": ("Regionstyrelsen", (2, 4, 6, 9, 12), 1),
    "network": ("Länschefsnätverket", (1, 3, 5, 9, 10, 12), 5),
    "welfare_council": ("Välfärdsrådet", (2, 4, 6, 9, 11), 12),
}


def plan_meetings(connection: Connection, now: datetime, pack: Pack, today: date) -> None:
    """Enter a year's meetings of every organisation of the pack, for this year and the next."""
    rows = []
    for number, item in enumerate(pack.catalogues["organisations"]):
        key = str(item["key"])
        body = _BODIES.get(str(item.get("kind")), _BODIES.get(key))
        plans = [plan for plan in (body, _STEERING_GROUP if is_municipality(key) else None) if plan]
        for name, months, first in plans:
            for year in (today.year, today.year + 1):
                rows += [_row(now, key, name, _tuesday(date(year, month, first), number)) for month in months]
    connection.execute(insert(meeting), rows)


def _tuesday(day: date, number: int) -> date:
    later = day + timedelta(days=number % 10)
    return later + timedelta(days=(1 - later.weekday()) % 7)


def _row(now: datetime, organisation: str, body: str, held_on: date) -> dict[str, object]:
    return {
        "id": uuid4().hex,
        "organisation": organisation,
        "body": body,
        "held_on": held_on,
        "papers_by": held_on - _PAPERS_BEFORE,
        "created_by": "system",
        "created_at": now,
    }
