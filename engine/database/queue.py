"""Lets those who want to write to a SQLite file have their turns in the order in which they came.

SQLite itself only looks again, after ever longer pauses, whether the lock is free: with many who wait, one of them has
bad luck for seconds. Here whoever leaves wakes the next. SQLite's own lock is still what protects the file.
"""

import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from engine.errors import Stale

if sys.platform != "win32":
    import fcntl

_MOST_TURNS = 8  # in a row by one process, while another waits: to wake another process takes time


class WriteQueue:
    """The queue in front of one file, for the threads of this process and, through a file beside it, for others'."""

    def __init__(self, file: str, patience_seconds: float) -> None:
        """Whoever has waited so long for the others of this process gives up, as with SQLite."""
        self._file = file
        self._patience_seconds = patience_seconds
        self._guard = Lock()
        self._busy = False
        self._waiting: deque[Lock] = deque()
        self._turns = 0  # in a row, by threads of this process
        self._process = 0
        self._next = self._writing = -1

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Inside the block it is one's turn. Raises Stale."""
        self._await_threads()
        try:
            if self._turns == 0:
                self._await_processes()
            yield
        finally:
            self._leave()

    def close(self) -> None:
        """Let go of the file beside."""
        if self._process == os.getpid():
            os.close(self._next)
            os.close(self._writing)
        self._process = 0

    def _await_threads(self) -> None:
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            called = Lock()
            called.acquire()
            self._waiting.append(called)
        if called.acquire(timeout=self._patience_seconds):
            return
        with self._guard:
            if called in self._waiting:  # else it was called just now
                self._waiting.remove(called)
                raise Stale("Det är många som sparar just nu. Inget har ändrats. Försök igen.")

    def _await_processes(self) -> None:
        """Be the next to write, then be the one who writes.

        With one lock, a process that has just left it would take it again before any other had woken up.
        """
        if self._process != os.getpid() and not self._open():  # locks are not inherited
            return
        fcntl.flock(self._next, fcntl.LOCK_EX)
        try:
            fcntl.flock(self._writing, fcntl.LOCK_EX)
        finally:
            fcntl.flock(self._next, fcntl.LOCK_UN)

    def _open(self) -> bool:
        """Open the file that the processes queue at, once per process. False when none can be made there.

        On Windows there is no such queue between processes, only SQLite's own patience.
        """
        if sys.platform == "win32":
            return False
        try:
            self._next = _opened(f"{self._file}-next")
            self._writing = _opened(f"{self._file}-writing")
        except OSError:
            return False
        self._process = os.getpid()
        return True

    def _leave(self) -> None:
        with self._guard:
            self._turns = (self._turns + 1) % _MOST_TURNS if self._waiting else 0
            if self._turns == 0 and self._process == os.getpid():
                fcntl.flock(self._writing, fcntl.LOCK_UN)
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._busy = False


def _opened(file: str) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
