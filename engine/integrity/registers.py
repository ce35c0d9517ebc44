"""Makes the registers again from submissions, in memory, and compares them with those in the database."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, create_engine, delete, insert, literal, select, update

from engine.database.register_tables import deviation
from engine.database.tables import process_instance, submission
from engine.integrity.histories import told_submissions
from engine.registers.projections import REGISTER_TABLES, project
from engine.work import Work

Rows = dict[Any, dict[str, Any]]  # by primary key


def differing(connection: Connection) -> Iterator[str]:
    """Rows that are not as the submissions say, that these do not know, or that are missing."""
    for table, wanted in _made_again(connection).items():
        found = _rows(connection, table)
        for key in sorted(wanted.keys() | found.keys()):
            if key not in found:
                yield f"Registret {table.name} saknar raden {key}."
            elif key not in wanted:
                yield f"Registret {table.name} har raden {key}, som inget underlag säger."
            elif found[key] != wanted[key]:
                names = [name for name, value in wanted[key].items() if found[key][name] != value]
                yield f"Registret {table.name}, rad {key}: {', '.join(names)} stämmer inte med underlaget."


def rebuild(connection: Connection) -> None:
    """Replace every register that is a picture of submissions."""
    for table, rows in _made_again(connection).items():
        connection.execute(delete(table))
        if rows:
            connection.execute(insert(table), list(rows.values()))


def _made_again(connection: Connection) -> dict[Table, Rows]:
    """Each register as it comes out when every submission is projected once more, in the order of their coming."""
    memory = create_engine("sqlite://")
    try:
        with memory.begin() as scratch:
            process_instance.metadata.create_all(scratch, tables=[process_instance, submission, *REGISTER_TABLES])
            _copy_instances(connection, scratch)
            for row in _submissions(connection):
                project(Work(scratch, row["submitted_at"], row["person_id"]), row)
            _close_deviations(scratch)
            return {table: _rows(scratch, table) for table in REGISTER_TABLES}
    finally:
        memory.dispose()


def _copy_instances(connection: Connection, scratch: Connection) -> None:
    """What the projections ask of instances; their states are of no use here."""
    columns = [literal(b"").label("state") if column.name == "state" else column for column in process_instance.c]
    rows = [dict(row) for row in connection.execute(select(*columns)).mappings()]
    if rows:
        scratch.execute(insert(process_instance), rows)


def _submissions(connection: Connection) -> list[dict[str, Any]]:
    told = told_submissions(connection)
    rows = [dict(row) for row in connection.execute(select(submission)).mappings()]

    def coming(row: dict[str, Any]) -> tuple[Any, ...]:
        known = told.get(row["id"])
        return row["submitted_at"], row["instance_id"], known.sequence if known else 0

    return sorted(rows, key=coming)


def _close_deviations(scratch: Connection) -> None:
    """A deviation is closed when its instance ends, which is the one thing that no submission says."""
    ended = (
        select(process_instance.c.ended_at).where(process_instance.c.id == deviation.c.instance_id).scalar_subquery()
    )
    scratch.execute(update(deviation).values(closed_at=ended))


def _rows(connection: Connection, table: Table) -> Rows:
    key = next(iter(table.primary_key)).name
    return {row[key]: dict(row) for row in connection.execute(select(table)).mappings()}
