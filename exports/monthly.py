"""The workbook that subscribers get by mail each month: where the county stands."""

from datetime import datetime

from sqlalchemy import Connection

from engine.people import Person
from exports.kinds import export, file_name


def monthly_workbook(connection: Connection, person: Person, now: datetime) -> tuple[str, bytes]:
    """The file's name and content, in the person's language. Raises NotFound when no pack is deployed."""
    return file_name("status", "xlsx", now), export(connection, "status", "xlsx", now, None, person.locale, now)
