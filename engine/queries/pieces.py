"""Several short lists in one statement: each row says which list it is of, and has its columns as text."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Row, Select, Text, cast, literal_column, null, select
from sqlalchemy import union_all as together

WIDTH = 6
Pieces = dict[str, list[Row[Any]]]


def piece(name: str, *columns: ColumnElement[Any]) -> Select[Any]:
    """One list, to add conditions to. Its columns come back as `one`, `two` ..., whatever they are called."""
    padded: list[ColumnElement[Any]] = [cast(column, Text) for column in columns]
    padded += [cast(null(), Text)] * (WIDTH - len(columns))
    names = ("one", "two", "three", "four", "five", "six")
    labelled = [column.label(label) for column, label in zip(padded, names, strict=True)]
    return select(literal_column(f"'{name}'").label("piece"), *labelled)


def put_together(pieces: Sequence[Select[Any]]) -> CompoundSelect[Any]:
    return together(*pieces)


def read_pieces(connection: Connection, query: CompoundSelect[Any]) -> Pieces:
    """The rows of every list by its name, in no order; a list without rows is empty."""
    found: Pieces = defaultdict(list)
    for row in connection.execute(query):
        found[row.piece].append(row)
    return found
