"""Everything that is stored about a person, for the person's right to know: rows of every table that names them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, LargeBinary, Row, Table, or_, select

from engine.authorisation import may_see_what_is_stored
from engine.database.tables import metadata
from engine.database.tables import person as person_table
from engine.errors import NotFound
from engine.people import Person

# The columns that hold a person's id. A test holds that no other column of the database does.
NAMES = frozenset(
    {
        "acting_for",
        "asked_by",
        "assignee",
        "changed_by",
        "completed_by",
        "created_by",
        "handled_by",
        "imported_by",
        "person_id",
        "reported_by",
        "resolved_by",
        "started_by",
        "substitute_id",
    }
)
SECRETS = frozenset({"password_hash", "session_nonce", "secret_hash", "hash", "event_hash"})
# Answers that the API gave to a program, kept for a day in case it asks again.
NOT_SHOWN = frozenset({"answered_request"})


def stored_about(connection: Connection, person: Person, about: str) -> dict[str, Any]:
    """{table: [row]} of all rows that name somebody, as JSON values. Raises NotPermitted, NotFound.

    Files themselves and secrets are left out.
    """
    may_see_what_is_stored(person, about).demand()
    own = connection.execute(select(person_table).where(person_table.c.id == about)).first()
    if own is None:
        raise NotFound("Personen finns inte.")
    found: dict[str, Any] = {"person": [_plain(person_table, own)]}
    for table in metadata.sorted_tables:
        columns = [column for column in table.c if column.name in NAMES]
        if table.name == "administration_event":
            columns.append(table.c.subject)
        if not columns or table.name in NOT_SHOWN:
            continue
        rows = connection.execute(select(table).where(or_(*(column == about for column in columns)))).all()
        if rows:
            found[table.name] = [_plain(table, row) for row in rows]
    return found


def _plain(table: Table, row: Row[Any]) -> dict[str, Any]:
    shown = [column for column in table.c if column.name not in SECRETS and not isinstance(column.type, LargeBinary)]
    return {column.name: _value(row._mapping[column.name]) for column in shown}


def _value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
