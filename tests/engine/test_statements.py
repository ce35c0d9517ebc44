"""How many SQL statements a completion takes: few, and as many after a long history as after a short one."""

from collections.abc import Callable

from sqlalchemy import event

from engine.clock import utc_now
from engine.database import Database
from engine.database.upgrade import upgrade
from tools.bench import tiny_pack
from tools.bench.completion import Loop

# BEGIN, the task, its instance's lock (PostgreSQL) and row, the pack's version, completed, submission, its timers away,
# events, next task, its timers, the instance; COMMIT is not a statement here.
MOST = 12


def test_a_plain_completion_takes_a_dozen_statements_whatever_its_history(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)
    with database.write() as connection:
        person = tiny_pack.deploy(connection, utc_now())
    loop = Loop(database, person)
    loop()  # the first one reads the model
    few = _statements(database, loop)
    loop.grow(100)
    many = _statements(database, loop)
    database.close()
    assert many == few
    assert len(few) <= MOST, "\n".join(few)


def _statements(database: Database, step: Callable[[], None]) -> list[str]:
    """The SQL that a step executes."""
    executed: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        executed.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    step()
    event.remove(database.engine, "before_cursor_execute", note)
    return executed
