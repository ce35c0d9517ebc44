"""Those who write to a SQLite file take turns, in one process and between processes."""

import multiprocessing
import threading
from pathlib import Path
from typing import Any

import pytest

from engine.database.queue import WriteQueue
from engine.errors import Stale

PATIENCE_SECONDS = 20.0


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "samflode.sqlite3")


def test_nobody_is_passed_over(file: str) -> None:
    queue = WriteQueue(file, PATIENCE_SECONDS)
    inside, most, served = 0, 0, []

    def write(number: int) -> None:
        nonlocal inside, most
        for _ in range(30):
            with queue.turn():
                inside += 1
                most = max(most, inside)
                served.append(number)
                inside -= 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.close()
    assert most == 1
    assert [served.count(number) for number in range(6)] == [30] * 6


def test_who_has_waited_too_long_for_others_is_told(file: str) -> None:
    queue = WriteQueue(file, 0.01)
    told: list[Stale] = []

    def wait_in_vain() -> None:
        try:
            with queue.turn():
                pass
        except Stale as error:
            told.append(error)

    with queue.turn():
        thread = threading.Thread(target=wait_in_vain)
        thread.start()
        thread.join()
    with queue.turn():  # and the one who gave up stands in nobody's way
        assert "Försök igen" in str(told[0])
    queue.close()


def _hold(file: str, holding: Any, release: Any, left: Any) -> None:
    with WriteQueue(file, PATIENCE_SECONDS).turn():
        holding.set()
        release.wait(PATIENCE_SECONDS)
        left.value = 1


def test_processes_take_turns(file: str) -> None:
    context = multiprocessing.get_context("spawn")
    holding, release, left = context.Event(), context.Event(), context.Value("i", 0)
    other = context.Process(target=_hold, args=(file, holding, release, left))
    other.start()
    assert holding.wait(PATIENCE_SECONDS)
    queue, seen = WriteQueue(file, PATIENCE_SECONDS), []

    def write() -> None:
        with queue.turn():
            seen.append(left.value)

    thread = threading.Thread(target=write)
    thread.start()
    release.set()
    thread.join()
    other.join()
    queue.close()
    assert seen == [1]


def test_a_process_that_hangs_while_it_writes_keeps_nobody_waiting_for_ever(file: str) -> None:
    context = multiprocessing.get_context("spawn")
    holding, release, left = context.Event(), context.Event(), context.Value("i", 0)
    other = context.Process(target=_hold, args=(file, holding, release, left))
    other.start()
    assert holding.wait(PATIENCE_SECONDS)
    queue = WriteQueue(file, 0.05)
    for _ in range(2):  # the second finds nothing locked by the first, which gave up
        with pytest.raises(Stale, match="Försök igen"), queue.turn():
            pytest.fail("two wrote at once")
    release.set()
    other.join()
    with queue.turn():
        assert left.value == 1
    queue.close()


def test_where_no_file_can_stand_beside_threads_take_turns_all_the_same(tmp_path: Path) -> None:
    queue = WriteQueue(str(tmp_path / "missing" / "samflode.sqlite3"), PATIENCE_SECONDS)
    with queue.turn():
        assert list(tmp_path.iterdir()) == []
