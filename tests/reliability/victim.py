"""A process that does one piece of work and is killed in the middle of it, as by a power cut: no handler runs."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from engine.database import Database

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.reliability.works"])

Point = str  # "statement 7", "commit", "answer"


def work_until_killed(url: str, work: Callable[..., object], *arguments: Any, point: int) -> tuple[bool, list[Point]]:
    """Let another process do `work(database, *arguments)`, killed at its `point`-th point.

    Points are: before each SQL statement, before each commit, after each commit, and what `work` itself adds with
    `reach`. Returns whether the process came to its end, and the points that it reached.
    """
    receiver, sender = _forks.Pipe(duplex=False)
    process = _forks.Process(target=_victim, args=(url, work, arguments, point, sender))
    process.start()
    sender.close()
    reached: list[Point] = []
    while True:
        try:
            reached.append(receiver.recv())
        except EOFError:
            break
    process.join(60)
    if process.exitcode not in (0, -signal.SIGKILL):
        raise AssertionError(f"the process ended with {process.exitcode}, not by our hand, at {reached[-1:]}")
    return process.exitcode == 0, reached


def _live_on(point: Point) -> None:
    pass


_reach: Callable[[Point], None] = _live_on


def reach(point: Point) -> None:
    """A point at which this process may be killed."""
    _reach(point)


def _victim(url: str, work: Callable[..., object], arguments: tuple[Any, ...], point: int, sender: Any) -> None:
    global _reach  # noqa: PLW0603 - one victim per process
    count = 0

    def count_and_die(name: Point) -> None:
        nonlocal count
        count += 1
        sender.send(name)
        if count == point:
            os.kill(os.getpid(), signal.SIGKILL)

    _reach = count_and_die
    database = Database(url, pooled=False)
    with points_of(database, count_and_die):
        work(database, *arguments)
    os._exit(0)  # the parent's libraries have nothing to tidy up here


@contextmanager
def points_of(database: Database, reached: Callable[[Point], None]) -> Iterator[None]:
    """Calls `reached` before every statement and around every commit, inside the block."""
    plain = database.engine.dialect.do_commit

    def commit(connection: Any) -> None:
        reached("commit")
        plain(connection)
        reached("answer")

    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        reached(f"statement {' '.join(statement.split())[:60]}")

    database.engine.dialect.do_commit = commit  # type: ignore[method-assign,assignment]
    event.listen(database.engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(database.engine, "before_cursor_execute", before)
        database.engine.dialect.do_commit = plain  # type: ignore[method-assign]
