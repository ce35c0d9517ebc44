"""People who work with the small pack: each act is a transaction of its own, as a request or a tick is."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, event, func, select

from engine import commands
from engine.commands import Completed, Fired, Started
from engine.database import Database
from engine.database.tables import process_instance, timer, user_task
from engine.people import Person
from tests.engine.build import somebody
from tests.packs import PACK

START = datetime(2026, 1, 15, 9, tzinfo=UTC)  # a Thursday

GRANTS = {
    "leader": [("process_leader", "2080")],
    "colleague": [("process_leader", "2080")],
    "mora": [("process_leader", "2062")],
    "chair": [("steering_group", "2080")],
    "member": [("steering_group", "2080")],
    "both_roles": [("process_leader", "2080"), ("steering_group", "2080")],
    "rss": [("rss", "rss")],
    "admin": [("administrator", "rss")],
    "falun": [("recipient", "2080")],
    "region": [("recipient", "20")],
}


def prepare(database: Database, pack: Path) -> dict[str, Person]:
    """Deploy the pack and create the people."""
    with database.write() as connection:
        commands.deploy_pack(connection, START, pack)
        return {name: somebody(connection, name, *grants) for name, grants in GRANTS.items()}


class Scene:
    """The database with the pack, its people and the moment."""

    def __init__(self, database: Database, people: dict[str, Person]) -> None:
        self.database = database
        self.people = people
        self.now = START

    def person(self, name: str) -> Person:
        return self.people[name]

    # Acts ------------------------------------------------------------------------------------------------------

    def start(self, process_key: str, *, by: str = "leader", **more: Any) -> Started:
        given = {"organisation": "2080", "pack_key": PACK, **more}
        with self.database.write() as connection:
            return commands.start_process(connection, self.now, self.person(by), process_key, **given)

    def complete(self, task_id: str, *, by: str = "leader", **values: Any) -> Completed:
        with self.database.write() as connection:
            return commands.complete_task(connection, self.now, self.person(by), task_id, values)

    def claim(self, task_id: str, *, by: str = "leader") -> None:
        with self.database.write() as connection:
            commands.claim_task(connection, self.now, self.person(by), task_id)

    def release(self, task_id: str, *, by: str = "leader") -> None:
        with self.database.write() as connection:
            commands.release_task(connection, self.now, self.person(by), task_id)

    def assign(self, task_id: str, to: str, *, by: str = "leader") -> None:
        with self.database.write() as connection:
            commands.assign_task(connection, self.now, self.person(by), task_id, self.person(to).id)

    def draft(self, task_id: str, *, by: str = "leader", **values: Any) -> None:
        with self.database.write() as connection:
            commands.save_draft(connection, self.now, self.person(by), task_id, values)

    def tell(self, name: str, key: str, **more: Any) -> str | None:
        with self.database.write() as connection:
            return commands.correlate_message(connection, self.now, name, key, **more)

    def fire(self, timer_id: str) -> Fired | None:
        with self.database.write() as connection:
            return commands.fire_timer(connection, self.now, timer_id)

    def wait_until(self, moment: datetime) -> int:
        """Fire everything that is due until then, each when it is due. Returns how many."""
        fired = 0
        while (due := self._next_due()) is not None and due <= moment:
            self.now = max(self.now, due)
            fired += sum(self.fire(timer_id) is not None for timer_id in self.due())
        self.now = max(self.now, moment)
        return fired

    def wait(self, **time: float) -> int:
        return self.wait_until(self.now + timedelta(**time))

    # Looking ---------------------------------------------------------------------------------------------------

    def rows(self, table: Table, *conditions: ColumnElement[bool]) -> list[Row[Any]]:
        keys = table.c["started_at"] if "started_at" in table.c else next(iter(table.primary_key))
        with self.database.read() as connection:
            return list(connection.execute(select(table).where(*conditions).order_by(keys)))

    def count(self, *tables: Table) -> list[int]:
        with self.database.read() as connection:
            return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]

    def open(self, element_id: str | None = None) -> Row[Any]:
        """The one open task (at this element)."""
        here = [user_task.c.element_id == element_id] if element_id else []
        found = self.rows(user_task, user_task.c.state == "open", *here)
        assert len(found) == 1, [row.element_id for row in found]
        return found[0]

    def open_tasks(self) -> list[str]:
        return sorted(row.element_id for row in self.rows(user_task, user_task.c.state == "open"))

    def task(self, task_id: str) -> Row[Any]:
        return self.rows(user_task, user_task.c.id == task_id)[0]

    def instance(self, process_key: str) -> Row[Any]:
        """The newest instance of a process."""
        return self.rows(process_instance, process_instance.c.process_key == process_key)[-1]

    def statuses(self) -> Counter[tuple[str, str]]:
        return Counter((row.process_key, row.status) for row in self.rows(process_instance))

    def due(self) -> list[str]:
        with self.database.read() as connection:
            return commands.due_timers(connection, self.now, 1000)

    def _next_due(self) -> datetime | None:
        with self.database.read() as connection:
            return commands.next_due(connection)

    def timers(self, kind: str) -> list[Row[Any]]:
        return self.rows(timer, timer.c.kind == kind)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table: two pictures are equal when nothing was written between them."""
        tables = process_instance.metadata.sorted_tables
        with self.database.read() as connection:
            return {table.name: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in tables}

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The SQL statements that are sent inside the block."""
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            sent.append(statement)

        event.listen(self.database.engine, "before_cursor_execute", note)
        yield sent
        event.remove(self.database.engine, "before_cursor_execute", note)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Let each act in a thread of its own, all beginning at the same time. Returns their answers, or their errors."""
    answers: list[object] = [None] * len(acts)
    ready = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], object]) -> None:
        ready.wait()
        try:
            answers[number] = act()
        except Exception as error:  # noqa: BLE001 - handed to the test
            answers[number] = error

    threads = [threading.Thread(target=run, args=numbered) for numbered in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "two acts wait for each other"
    return answers
