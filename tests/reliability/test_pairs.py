"""Two who do things to the same instance: the second begins while the first stands still after its n-th statement.

Whatever n is: exactly one wins (or both, where both can), the other is told in a clear sentence or waits, nobody sees
an error of locks, and the database is sound.
"""

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, event, insert, select

from engine import commands
from engine.bpmn.modification import Step
from engine.database.tables import event as event_table
from engine.database.tables import process_definition, process_instance, submission, timer, user_task
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.integrity import check
from engine.packs import ProcessFiles
from tests.engine.commands.scene import Scene
from tests.packs import PACK

Act = Callable[[Connection], object]
MOST_STATEMENTS = 60
HEAD_START_SECONDS = 0.03  # how long the second may run, or wait for a lock, before the first goes on


def interleaved(scene: Scene, first: Act, second: Act, after: int) -> tuple[list[object], bool]:
    """Both answers, or errors, and whether the first came as far as `after` statements."""
    paused, go_on = threading.Event(), threading.Event()
    answers: list[object] = [None, None]
    sent = 0

    def before(*_: Any) -> None:
        nonlocal sent
        if threading.current_thread().name != "first":
            return
        sent += 1
        if sent == after + 1:
            paused.set()
            go_on.wait(30)

    def run(number: int, act: Act) -> None:
        try:
            answers[number] = scene.database.run(act)
        except Exception as error:  # noqa: BLE001 - looked at by the test
            answers[number] = error
        if number == 0:
            paused.set()

    event.listen(scene.database.engine, "before_cursor_execute", before)
    one = threading.Thread(target=run, args=(0, first), name="first")
    other = threading.Thread(target=run, args=(1, second), name="second")
    one.start()
    paused.wait(30)
    came_so_far = sent > after
    other.start()
    other.join(HEAD_START_SECONDS)
    go_on.set()
    for thread in (one, other):
        thread.join(60)
        assert not thread.is_alive(), "the two wait for each other"
    event.remove(scene.database.engine, "before_cursor_execute", before)
    return answers, came_so_far


class Pair:
    """What two do, made anew for each interleaving."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def start(self, process_key: str) -> str:
        key = f"{process_key}-{uuid4().hex}"  # time passes, and numbers begin anew each year
        return self.scene.start(process_key, business_key=key).instance_id

    def complete(self, task_id: str, by: str = "leader", **values: Any) -> Act:
        values = values or {"text": "x"}
        return lambda connection: commands.complete_task(
            connection, self.scene.now, self.scene.person(by), task_id, values
        )

    def claim(self, task_id: str, by: str) -> Act:
        return lambda connection: commands.claim_task(connection, self.scene.now, self.scene.person(by), task_id)

    def fire(self, timer_id: str) -> Act:
        return lambda connection: commands.fire_timer(connection, self.scene.now, timer_id)

    def operate(self, command: Callable[..., object], instance_id: str) -> Act:
        admin = self.scene.person("admin")
        return lambda connection: command(connection, self.scene.now, admin, instance_id, "Prov")


def task_of(scene: Scene, instance_id: str, element_id: str) -> Any:
    return scene.rows(user_task, user_task.c.instance_id == instance_id, user_task.c.element_id == element_id)[0]


def completions(scene: Scene, instance_id: str) -> int:
    return len(scene.rows(submission, submission.c.instance_id == instance_id))


def is_winner(answer: object) -> bool:
    """None is what a worker says who found that somebody else has the timer."""
    return answer is not None and not isinstance(answer, Exception)


def complete_and_complete(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    instance = pair.start("both")
    one = task_of(pair.scene, instance, "one")

    def verdict(answers: list[object]) -> None:
        assert sorted(map(is_winner, answers)) == [False, True]
        assert completions(pair.scene, instance) == 1

    return pair.complete(one.id, first="a"), pair.complete(one.id, "colleague", first="b"), verdict


def branch_and_branch(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    instance = pair.start("both")
    one, two = task_of(pair.scene, instance, "one"), task_of(pair.scene, instance, "two")

    def verdict(answers: list[object]) -> None:
        assert [is_winner(answer) for answer in answers] == [True, True]
        row = pair.scene.rows(process_instance, process_instance.c.id == instance)[0]
        assert row.status == "completed"
        ended = [row.kind for row in pair.scene.rows(event_table, event_table.c.instance_id == instance)]
        assert ended.count("completed") == 1

    return pair.complete(one.id, first="a"), pair.complete(two.id, second="b"), verdict


def complete_and_timer(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    instance = pair.start("both")
    two = task_of(pair.scene, instance, "two")
    late = pair.scene.rows(timer, timer.c.instance_id == instance, timer.c.kind == "event")[0]
    pair.scene.now = max(pair.scene.now, late.due_at)

    def verdict(answers: list[object]) -> None:
        assert sorted(map(is_winner, answers)) == [False, True]
        state = task_of(pair.scene, instance, "two").state
        assert state == ("completed" if completions(pair.scene, instance) else "cancelled")
        assert not pair.scene.rows(timer, timer.c.id == late.id)

    return pair.complete(two.id, second="b"), pair.fire(late.id), verdict


def timer_and_complete(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    complete, fire, verdict = complete_and_timer(pair)
    return fire, complete, verdict


def worker_and_worker(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    instance = pair.start("both")
    late = pair.scene.rows(timer, timer.c.instance_id == instance, timer.c.kind == "event")[0]
    pair.scene.now = max(pair.scene.now, late.due_at)

    def verdict(answers: list[object]) -> None:
        assert sorted(map(is_winner, answers)) == [False, True]

    return pair.fire(late.id), pair.fire(late.id), verdict


def claim_and_claim(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    one = task_of(pair.scene, pair.start("both"), "one")

    def verdict(answers: list[object]) -> None:
        assert sorted(isinstance(answer, Conflict | NotPermitted) for answer in answers) == [False, True]
        assert pair.scene.task(one.id).assignee is not None

    return pair.claim(one.id, "leader"), pair.claim(one.id, "colleague"), verdict


def complete_and_claim(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    instance = pair.start("both")
    one = task_of(pair.scene, instance, "one")

    def verdict(answers: list[object]) -> None:
        # Whoever claims first keeps it: the other may no longer complete it, and is told.
        assert completions(pair.scene, instance) == is_winner(answers[0])
        assert is_winner(answers[0]) != (answers[1] is None)

    return pair.complete(one.id, first="a"), pair.claim(one.id, "colleague"), verdict


def complete_called_and_cancel_calling(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    instance = pair.start("caller")
    called = pair.scene.rows(process_instance, process_instance.c.parent_id == instance)[0].id
    work = task_of(pair.scene, called, "work")
    too_late = pair.scene.rows(timer, timer.c.instance_id == instance, timer.c.kind == "event")[0]
    pair.scene.now = max(pair.scene.now, too_late.due_at)

    def verdict(answers: list[object]) -> None:
        assert any(map(is_winner, answers))
        if pair.scene.rows(timer, timer.c.id == too_late.id):
            assert pair.scene.fire(too_late.id)  # it did not wait, and comes again
        assert not pair.scene.rows(
            process_instance,
            process_instance.c.root_id == instance,
            process_instance.c.id != instance,
            process_instance.c.status == "active",
        )

    return pair.complete(work.id), pair.fire(too_late.id), verdict


def complete_and_suspend(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    instance = pair.start("both")
    one = task_of(pair.scene, instance, "one")

    def verdict(answers: list[object]) -> None:
        assert answers[1] is None, "suspending waits for its turn"
        assert pair.scene.rows(process_instance, process_instance.c.id == instance)[0].status == "suspended"
        assert completions(pair.scene, instance) == is_winner(answers[0])

    return pair.complete(one.id, first="a"), pair.operate(commands.suspend_instance, instance), verdict


def suspend_and_complete(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    complete, suspend, verdict = complete_and_suspend(pair)
    return suspend, complete, lambda answers: verdict(answers[::-1])


def complete_and_cancel(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    instance = pair.start("both")
    one = task_of(pair.scene, instance, "one")

    def verdict(answers: list[object]) -> None:
        assert answers[1] is None, "cancelling waits for its turn"
        assert pair.scene.rows(process_instance, process_instance.c.id == instance)[0].status == "cancelled"
        assert completions(pair.scene, instance) == is_winner(answers[0])

    return pair.complete(one.id, first="a"), pair.operate(commands.cancel_instance, instance), verdict


def draft_and_complete(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    instance = pair.start("both")
    one = task_of(pair.scene, instance, "one")

    def save(connection: Connection) -> object:
        return commands.save_draft(connection, pair.scene.now, pair.scene.person("colleague"), one.id, {"first": "?"})

    def verdict(answers: list[object]) -> None:
        assert is_winner(answers[1])  # that no draft is left behind, the check says

    return save, pair.complete(one.id, first="a"), verdict


def start_and_start(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    def start(connection: Connection) -> Any:
        return commands.start_process(
            connection, pair.scene.now, pair.scene.person("leader"), "both", organisation="2080", pack_key=PACK
        )

    def verdict(answers: list[Any]) -> None:
        assert len({answer.business_key for answer in answers}) == 2  # each has its own number

    return start, start, verdict


def complete_and_migrate(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    second_version(pair.scene)
    instance = pair.start("both")
    one = task_of(pair.scene, instance, "one")
    admin = pair.scene.person("admin")

    def migrate(connection: Connection) -> object:
        return commands.migrate_instance(connection, pair.scene.now, admin, instance, 1, "Prov")

    def verdict(answers: list[object]) -> None:
        assert [is_winner(answer) for answer in answers] == [True, True], answers
        assert completions(pair.scene, instance) == 1
        row = pair.scene.rows(process_instance, process_instance.c.id == instance)[0]
        assert row.definition_id == task_of(pair.scene, instance, "two").definition_id

    return pair.complete(one.id, first="a"), migrate, verdict


def migrate_and_complete(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    complete, migrate, verdict = complete_and_migrate(pair)
    return migrate, complete, lambda answers: verdict(answers[::-1])


def second_version(scene: Scene) -> None:
    """A newer version of the process, which instances begin in; they may be moved to the older one."""
    with scene.database.write() as connection:
        of_process = select(process_definition).where(process_definition.c.process_key == "both")
        versions = connection.execute(of_process).mappings().all()
        if len(versions) > 1:
            return
        row = {**versions[0], "id": uuid4().hex, "version": 2, "bpmn": versions[0]["bpmn"] + "\n"}
        files = ProcessFiles("both", row["bpmn"], row["decisions"], row["forms"])
        connection.execute(insert(process_definition).values({**row, "content_hash": files.content_hash}))


def complete_and_modify(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    instance = pair.start("both")
    one = task_of(pair.scene, instance, "one")
    admin = pair.scene.person("admin")
    steps = [Step("cancel", "one", one.id), Step("start_before", "one")]

    def modify(connection: Connection) -> object:
        return commands.modify_instance(connection, pair.scene.now, admin, instance, "Prov", steps)

    def verdict(answers: list[object]) -> None:
        assert sorted(map(is_winner, answers)) == [False, True]
        assert completions(pair.scene, instance) == is_winner(answers[0])

    return pair.complete(one.id, first="a"), modify, verdict


def modify_and_complete(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    complete, modify, verdict = complete_and_modify(pair)
    return modify, complete, lambda answers: verdict(answers[::-1])


def signal_and_complete(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    """A signal that cancels the very task that somebody completes, which throws one too."""
    instance = pair.start("calls_out")
    own = task_of(pair.scene, instance, "own_work")
    admin = pair.scene.person("admin")

    def signal(connection: Connection) -> object:
        return commands.send_signal(connection, pair.scene.now, admin, "all_stop")

    def verdict(answers: list[object]) -> None:
        assert any(map(is_winner, answers))
        assert completions(pair.scene, instance) == is_winner(answers[1])
        events = [row.kind for row in pair.scene.rows(event_table, event_table.c.instance_id == instance)]
        assert events.count("signal_sent") == 1
        assert events.count("signal_received") + events.count("task_completed") == 1

    return signal, pair.complete(own.id), verdict


def complete_and_signal(pair: Pair) -> tuple[Act, Act, Callable[[list[object]], None]]:
    signal, complete, verdict = signal_and_complete(pair)
    return complete, signal, lambda answers: verdict(answers[::-1])


PAIRS = (
    complete_and_complete,
    branch_and_branch,
    complete_and_timer,
    timer_and_complete,
    worker_and_worker,
    claim_and_claim,
    complete_and_claim,
    complete_called_and_cancel_calling,
    complete_and_suspend,
    suspend_and_complete,
    complete_and_cancel,
    complete_and_migrate,
    migrate_and_complete,
    complete_and_modify,
    modify_and_complete,
    draft_and_complete,
    start_and_start,
    signal_and_complete,
    complete_and_signal,
)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.__name__)
def test_two_at_once(scene: Scene, pair: Callable[[Pair], tuple[Act, Act, Callable[[list[object]], None]]]) -> None:
    # SQLite has one writer at a time from its first statement on: there is less to try.
    stride = 6 if scene.database.dialect == "sqlite" else 1
    for after in range(0, MOST_STATEMENTS, stride):
        first, second, verdict = pair(Pair(scene))
        answers, came_so_far = interleaved(scene, first, second, after)
        unclear = [
            a
            for a in answers
            if isinstance(a, Exception) and not isinstance(a, Conflict | NotPermitted | Invalid | NotFound)
        ]
        assert not unclear, f"after {after} statements: {unclear!r}"
        verdict(answers)
        if not came_so_far:
            break
    with scene.database.read() as connection:
        assert check(connection) == []
