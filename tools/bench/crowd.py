"""Rows in bulk that the engine would have written one by one: open tasks and dormant timers of other instances."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.engine import RowMapping

from engine.database import Database
from engine.database.tables import event, process_instance, timer, user_task
from tools.bench.measure import batches

_BATCH = 20_000
_TASKS_EACH = 100  # per instance


def add_tasks(database: Database, count: int, now: datetime, mine: int, like: str) -> None:
    """`count` open tasks, `mine` of which are spread among them and are like task `like`; others hold the rest."""
    with database.read() as connection:
        model = dict(_row(connection, user_task, like))
        owner = dict(_row(connection, process_instance, model["instance_id"]))
    every = count // mine
    for batch in batches(count, _BATCH):
        rows = [
            {
                **model,
                "id": f"task-{number:09}",
                "instance_id": f"crowd-{number // _TASKS_EACH:07}",
                "role_organisation": model["role_organisation"] if number % every == 0 else str(1000 + number % 290),
                "due_at": now + timedelta(minutes=number % 500_000),
            }
            for number in batch
        ]
        with database.write() as connection:
            _add_instances(connection, owner, [row["instance_id"] for row in rows])
            connection.execute(insert(user_task), rows)
    settle(database)


def add_dormant_timers(database: Database, count: int, now: datetime, like: str) -> None:
    """Timers that are not due for a year, of instances like `like`."""
    with database.read() as connection:
        owner = dict(_row(connection, process_instance, like))
    for batch in batches(count, _BATCH):
        rows: list[dict[str, Any]] = [
            {
                "id": f"dormant-{number:09}",
                "instance_id": f"crowd-{number // _TASKS_EACH:07}",
                "kind": "remind",
                "task_id": f"task-{number:09}",
                "element_id": "write_text",
                "due_at": now + timedelta(days=365, minutes=number),
            }
            for number in batch
        ]
        with database.write() as connection:
            _add_instances(connection, owner, [row["instance_id"] for row in rows])
            connection.execute(insert(timer), rows)
    settle(database)


def settle(database: Database) -> None:
    """What a database in use has had done to it: statistics for its planner."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _row(connection: Connection, table: Any, row_id: str) -> RowMapping:
    return connection.execute(select(table).where(table.c.id == row_id)).mappings().one()


def _add_instances(connection: Connection, model: dict[str, Any], ids: list[str]) -> None:
    rows = [{**model, "id": each, "root_id": each, "business_key": each} for each in dict.fromkeys(ids)]
    connection.execute(insert(process_instance), rows)


def add_events(database: Database, count: int, now: datetime, like: str, person_id: str) -> None:
    """Events that tell of completed tasks, the newest now, of instances like `like`."""
    with database.read() as connection:
        owner = dict(_row(connection, process_instance, like))
    for batch in batches(count, _BATCH):
        rows: list[dict[str, Any]] = [
            {
                "instance_id": f"crowd-{number // _TASKS_EACH:07}",
                "sequence": number % _TASKS_EACH + 1,
                "at": now - timedelta(minutes=count - number),
                "kind": "task_completed",
                "element_id": "write_text",
                "person_id": person_id,
                "data": {},
                "hash": "",
            }
            for number in batch
        ]
        with database.write() as connection:
            _add_instances(connection, owner, [row["instance_id"] for row in rows])
            connection.execute(insert(event), rows)
    settle(database)
