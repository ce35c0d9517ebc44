"""Workers that live write so now and then; from that everybody else knows whether the clock goes."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version

from sqlalchemy import Connection, delete, insert, select, update

from engine.database import Database
from engine.database.workplace_tables import worker_beat

EVERY = timedelta(seconds=15)
SILENT_AFTER = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class WorkerRow:
    """A worker that has been heard of within a day. `version` is the program's that it runs."""

    name: str
    version: str
    started_at: datetime
    beat_at: datetime

    def lives(self, now: datetime) -> bool:
        return self.beat_at > now - SILENT_AFTER


class Heart:
    """One worker's own: beats at most so often as it has to."""

    def __init__(self, started_at: datetime) -> None:
        self._name = f"{socket.gethostname()[:50]}:{os.getpid()}"
        self._started_at = started_at
        self._last: datetime | None = None

    def beat(self, database: Database, now: datetime) -> None:
        """Write that the worker is about its work."""
        if self._last is not None and abs(now - self._last) < EVERY:
            return
        row = {"version": version("samflode"), "started_at": self._started_at, "beat_at": now}
        database.run(lambda connection: _write(connection, self._name, row))
        self._last = now

    def stop(self, database: Database) -> None:
        """Write that it has been told to stop: its silence is no fault."""
        mine = delete(worker_beat).where(worker_beat.c.name == self._name)
        database.run(lambda connection: connection.execute(mine))


def list_workers(connection: Connection, now: datetime) -> list[WorkerRow]:
    """Workers that have been heard of within a day, the latest first."""
    query = select(worker_beat).where(worker_beat.c.beat_at > now - FORGOTTEN_AFTER)
    rows = connection.execute(query.order_by(worker_beat.c.beat_at.desc(), worker_beat.c.name))
    return [WorkerRow(row.name, row.version, row.started_at, row.beat_at) for row in rows]


def forget_silent(connection: Connection, now: datetime) -> int:
    """Remove workers that nobody has heard of for a day. Returns how many."""
    return connection.execute(delete(worker_beat).where(worker_beat.c.beat_at <= now - FORGOTTEN_AFTER)).rowcount


def _write(connection: Connection, name: str, row: dict[str, object]) -> None:
    if connection.execute(update(worker_beat).where(worker_beat.c.name == name).values(row)).rowcount == 0:
        connection.execute(insert(worker_beat).values(name=name, **row))
