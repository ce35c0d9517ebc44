"""`tasklist`: a page of one's open tasks, soonest due first, among ever more of others'; to the smallest case."""

from collections.abc import Iterator
from contextlib import ExitStack

from engine.clock import utc_now
from engine.database import Database
from engine.people import Person
from engine.queries import TaskFilter, list_tasks
from tools.bench import crowd, tiny_pack
from tools.bench.databases import Place
from tools.bench.measure import Line, Step, alternate, line

_CROWDS = (1_000, 10_000, 100_000, 1_000_000)
_QUICK_CROWDS = (1_000, 10_000)
_MINE = 1_000
_PAGE = 10  # so that even the smallest case has a hundred pages


def run(place: Place, quick: bool) -> Iterator[Line]:
    """Two lines per crowd: its first page, and its hundredth, which the cursor of the ninety-ninth leads to."""
    crowds = _QUICK_CROWDS if quick else _CROWDS
    with ExitStack() as stack:
        pages = [_pages(stack.enter_context(place.database()), count) for count in crowds]
        for which, suffix in ((0, ""), (1, "-page-100")):
            times = alternate(30 if quick else 200, *(page[which] for page in pages))
            for count, taken in zip(crowds, times, strict=True):
                yield line(
                    "tasklist", f"tasks-{count}{suffix}", place.kind, taken, f"tasks-{crowds[0]}{suffix}", times[0]
                )


def _pages(database: Database, count: int) -> tuple[Step, Step]:
    now = utc_now()
    with database.write() as connection:
        person = tiny_pack.deploy(connection, now)
        first = tiny_pack.start_loop(connection, now, person)
    crowd.add_tasks(database, count, now, _MINE, first)
    cursor = None
    for _ in range(99):
        cursor = _page(database, person, cursor)
    return lambda: _page(database, person, None), lambda: _page(database, person, cursor)


def _page(database: Database, person: Person, cursor: str | None) -> str | None:
    chosen = TaskFilter(organisation=tiny_pack.ORGANISATION)
    with database.read() as connection:
        page = list_tasks(connection, person, utc_now(), chosen, cursor=cursor, limit=_PAGE)
    if len(page.items) != _PAGE:
        raise RuntimeError(f"a page of {len(page.items)} tasks where {_PAGE} were expected")
    return page.next_cursor
