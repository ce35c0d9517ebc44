"""Checks what the database says about itself: every instance's unbroken history, and open tasks' owners."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from engine.database.tables import event, process_instance, user_task
from engine.history import FIRST_HASH, chain


def check(connection: Connection) -> list[str]:
    """Every fault found, as a sentence that names the row; empty when all is well."""
    return [*_broken_chains(connection), *_homeless_tasks(connection)]


def _broken_chains(connection: Connection) -> Iterator[str]:
    ends = {
        row.id: (row.sequence, row.event_hash)
        for row in connection.execute(
            select(process_instance.c.id, process_instance.c.sequence, process_instance.c.event_hash)
        )
    }
    last: dict[str, tuple[int, str]] = {}
    broken: set[str] = set()
    rows = connection.execute(select(event).order_by(event.c.instance_id, event.c.sequence))
    for row in rows.mappings():
        instance_id = row["instance_id"]
        number, previous = last.get(instance_id, (0, FIRST_HASH))
        last[instance_id] = (row["sequence"], row["hash"])
        if instance_id in broken:
            continue
        if row["sequence"] != number + 1 or chain(previous, dict(row)) != row["hash"]:
            broken.add(instance_id)
            yield f"Händelse {row['sequence']} i ärende {instance_id} har ändrats eller saknar en granne."
    for instance_id, end in ends.items():
        if instance_id not in broken and last.get(instance_id, (0, FIRST_HASH)) != end:
            yield f"Ärende {instance_id}: de sista händelserna saknas."


def _homeless_tasks(connection: Connection) -> Iterator[str]:
    query = (
        select(user_task.c.id, process_instance.c.status)
        .join(process_instance, process_instance.c.id == user_task.c.instance_id)
        .where(user_task.c.state == "open", process_instance.c.status.not_in(("active", "suspended")))
    )
    for row in connection.execute(query):
        yield f"Uppgift {row.id} är öppen fast ärendet är avslutat."
