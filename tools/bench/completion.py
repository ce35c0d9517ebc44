"""`completion`: one complete_task, with everything, after so and so many in the same instance; to a bare commit."""

from collections.abc import Iterator
from itertools import cycle

from engine.clock import utc_now
from engine.database import Database
from engine.people import Person
from tools.bench import tiny_pack
from tools.bench.databases import BareCommit, Place
from tools.bench.measure import Line, Step, alternate, batches, line

_HISTORIES = (10, 100, 1000, 5000)
_QUICK_HISTORIES = (10, 100)
_COMPLETIONS = 300


class Loop:
    """An instance of the loop model in a database; each call completes its open task in a transaction of its own."""

    def __init__(self, database: Database, person: Person) -> None:
        self._database, self._person = database, person
        with database.write() as connection:
            self._task_id = tiny_pack.start_loop(connection, utc_now(), person)
        self.completed = 0

    def __call__(self) -> None:
        with self._database.write() as connection:
            self._task_id = tiny_pack.complete(connection, utc_now(), self._person, self._task_id)
        self.completed += 1

    def grow(self, completed: int) -> None:
        """Complete until so many have been, a hundred in a transaction: only what follows is measured."""
        for batch in batches(completed - self.completed, 100):
            with self._database.write() as connection:
                for _ in batch:
                    self._task_id = tiny_pack.complete(connection, utc_now(), self._person, self._task_id)
        self.completed = completed


def _in_turn(loops: list[Loop]) -> Step:
    turns = cycle(loops)
    return lambda: next(turns)()  # noqa: PLW0108 - another loop each time


def run(place: Place, quick: bool) -> Iterator[Line]:
    """A line per length of history."""
    for history in _QUICK_HISTORIES if quick else _HISTORIES:
        with place.database() as database:
            with database.write() as connection:
                person = tiny_pack.deploy(connection, utc_now())
            # Many instances where the history is short, so that it is not much longer when the measuring ends.
            loops = [Loop(database, person) for _ in range(max(1, _COMPLETIONS // history))]
            for loop in loops:
                loop.grow(history)
            bare = BareCommit(database)
            completed, commits = alternate(_COMPLETIONS // (5 if quick else 1), _in_turn(loops), bare)
            bare.close()
            yield line("completion", f"history-{history}", place.kind, completed, "bare_commit", commits)
