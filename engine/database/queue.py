"""Lets those who want to write to a SQLite file have their turns in the order in which they came.

SQLite itself only looks again, after ever longer pauses, whether the lock is free: with many who wait, one of them has
bad luck for seconds. Here whoever leaves wakes the next. SQLite's own lock is still what protects the file.
"""

import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from engine.errors import Stale

if sys.platform != "win32":
    import fcntl

_LOOK_SECONDS = 0.0002  # how long the next in turn sleeps before it looks again: a turn takes a few milliseconds
_MOST_LOOK_SECONDS = 0.01  # when it has waited for long


class WriteQueue:
    """The queue in front of one file, for the threads of this process and, through a file beside it, for others'.

    Whoever has waited too long gives up, as with SQLite: also when a process hangs while it writes.
    """

    def __init__(self, file: str, patience_seconds: float) -> None:
        self._file = file
        self._patience_seconds = patience_seconds
        self._guard = Lock()
        self._busy = False
        self._waiting: deque[Lock] = deque()
        self._process = 0
        self._next = self._writing = -1

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Inside the block it is one's turn. Raises Stale."""
        until = time.monotonic() + self._patience_seconds
        self._await_threads()
        try:
            self._await_processes(until)
            try:
                yield
            finally:
                self._leave_process()
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
                raise _too_many()

    def _await_processes(self, until: float) -> None:
        """Be the next to write, then be the one who writes.

        With one lock, a process that has just left it would take it again before any other had woken up. The turn goes
        to another process each time: while that one writes, this one has time to answer those whose turn it was.
        """
        if self._process != os.getpid() and not self._open():  # locks are not inherited
            return
        _lock(self._next, until)
        try:
            _lock(self._writing, until)
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

    def _leave_process(self) -> None:
        if self._process == os.getpid():
            fcntl.flock(self._writing, fcntl.LOCK_UN)

    def _leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._busy = False


def _opened(file: str) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)


def _lock(file: int, until: float) -> None:
    """Lock the file for this process. Looks again and again: the system's own waiting has no end. Raises Stale."""
    pause = _LOOK_SECONDS
    while not _locked(file):
        if time.monotonic() > until:
            raise _too_many()
        time.sleep(pause)
        pause = min(pause * 1.02, _MOST_LOOK_SECONDS)


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _too_many() -> Stale:
    return Stale("Det är många som sparar just nu. Inget har ändrats. Försök igen.")
