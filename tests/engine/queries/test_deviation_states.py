"""Where a deviation stands, from what it waits for."""

import pytest

from engine.queries.deviations import DeviationState, state_of


@pytest.mark.parametrize(
    ("elements", "state"),
    [
        (["receive_report"], "reported"),
        (["forward_report"], "reported"),
        # The answer to the reporter is open beside the work for 60 days; a deviation that had just been received said
        # "measures" before anybody had agreed on who is responsible meanwhile.
        (["propose_responsibility", "give_feedback"], "received"),
        (["investigate_own_part", "investigate_party_part", "give_feedback"], "investigating"),
        (["plan_measures", "give_feedback"], "measures"),
        (["judge_effect", "read_feedback"], "follow_up"),
        (["give_feedback"], "follow_up"),
        # Nobody has a task until the day when the measures shall have told; it said "received" meanwhile.
        (["measures_due"], "measures"),
        (["consider_county_fault"], "follow_up"),
    ],
)
def test_the_state_is_how_far_the_work_has_come(elements: list[str], state: DeviationState) -> None:
    assert state_of(closed=False, lesson=None, handled=False, elements=elements) == state


def test_a_closed_deviation_that_nobody_handled_was_not_for_us() -> None:
    assert state_of(closed=True, lesson=None, handled=False, elements=[]) == "not_for_us"
    assert state_of(closed=True, lesson="Korta möten", handled=False, elements=[]) == "closed"
