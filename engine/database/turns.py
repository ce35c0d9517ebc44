"""Lets transactions that name the same thing go one after the other, where there is no row that they could lock."""

from sqlalchemy import Connection, func, select


def take_turns(connection: Connection, name: str) -> None:
    """Wait until no other transaction that named this is under way. SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
