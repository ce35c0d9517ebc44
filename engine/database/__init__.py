"""The only door to the database: where transactions begin and end. See `Database`."""

from engine.database.connection import Database

__all__ = ["Database"]
