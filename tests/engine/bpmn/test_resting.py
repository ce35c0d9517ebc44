"""An instance in memory is only ever given to whoever has read the very state that it was saved as."""

from typing import Any

from engine.bpmn import resting
from engine.bpmn.definitions import Definition
from engine.bpmn.execution import Execution, Surroundings
from tests.engine.bpmn.profile.drawing import chain, end, model, start, user
from tests.engine.bpmn.walking import START, nothing

TWO_TASKS = model(start(), user("one"), user("two"), end(), chain("begun", "one", "two", "done"))
MANY = 300
SURROUNDINGS = Surroundings(START, {}, nothing, nothing)


def definition() -> Definition:
    return Definition("d", "pack", "p", 1, TWO_TASKS, {}, {})


def begin(drawn: Definition, **data: Any) -> tuple[Execution, bytes]:
    execution = Execution.start(drawn.spec, drawn.sub_specs, SURROUNDINGS, data)
    return execution, execution.save()


def resume(drawn: Definition, state: bytes) -> Execution:
    return Execution.resume(drawn.spec, drawn.sub_specs, SURROUNDINGS, state)


def waits_at(execution: Execution) -> list[str]:
    return [waiting.element_id for waiting in execution.wait_state().tasks.values()]


def test_it_is_given_out_once() -> None:
    drawn = definition()
    execution, state = begin(drawn)
    execution.rest(state, execution.wait_state())
    first, second = resume(drawn, state), resume(drawn, state)
    assert first.workflow is execution.workflow
    assert second.workflow is not execution.workflow
    assert waits_at(first) == waits_at(second) == ["one"]


def test_a_step_that_was_rolled_back_leaves_no_trace() -> None:
    drawn = definition()
    execution, state = begin(drawn)
    execution.rest(state, execution.wait_state())
    failed = resume(drawn, state)
    failed.complete(next(iter(failed.wait_state().tasks)), {"outcome": "wrong"})
    failed.rest(failed.save(), failed.wait_state())  # ... and then the transaction failed: `state` is what is stored
    again = resume(drawn, state)
    assert waits_at(again) == ["one"]
    assert [waiting.data for waiting in again.wait_state().tasks.values()] == [{}]


def test_a_step_taken_by_another_process_is_seen() -> None:
    drawn = definition()
    execution, state = begin(drawn)
    execution.rest(state, execution.wait_state())
    elsewhere = Execution.load(drawn.spec, drawn.sub_specs, SURROUNDINGS, state)
    elsewhere.complete(next(iter(elsewhere.wait_state().tasks)), {})
    assert waits_at(resume(drawn, elsewhere.save())) == ["two"]


def test_another_definition_reads_the_state_itself() -> None:
    drawn, other = definition(), definition()
    execution, state = begin(drawn)
    execution.rest(state, execution.wait_state())
    assert resume(other, state).workflow.spec is other.spec


def test_what_was_given_to_it_can_change_without_changing_it() -> None:
    drawn = definition()
    chosen = ["2080"]
    execution, state = begin(drawn, parties=chosen)
    execution.rest(state, execution.wait_state())
    chosen.append("20")
    assert [waiting.data for waiting in resume(drawn, state).wait_state().tasks.values()] == [{"parties": ["2080"]}]


def test_those_that_have_rested_longest_make_room() -> None:
    drawn = definition()
    begun = [begin(drawn, number=number) for number in range(MANY)]
    for execution, state in begun:
        execution.rest(state, execution.wait_state())
    found = [resting.take(drawn.spec, state) is not None for _, state in begun]
    assert not any(found[: MANY - 200])
    assert all(found[-200:])
