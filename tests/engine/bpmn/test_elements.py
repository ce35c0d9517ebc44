"""A model as frozen values."""

import pytest

from engine.bpmn.model import read_model
from tests.engine.bpmn.profile.drawing import chain, end, model, start, sub, user


@pytest.mark.parametrize(
    "bpmn",
    [
        model(start(), user("p"), end(), chain("begun", "p", "done"), key="p"),
        model(start(), sub("a", sub("b", sub("a", user("work")))), end(), chain("begun", "a", "done")),
    ],
    ids=["task named as the process", "sub-process inside one of its own name"],
)
def test_the_scopes_around_an_element_come_to_an_end_though_an_id_is_used_twice(bpmn: str) -> None:
    # `processes check` used to go round until the memory was full, before it could tell of the id.
    found = read_model(bpmn)
    assert found.repeated_ids
    for element_id in found.elements:
        assert len(list(found.around(element_id))) <= len(found.elements)
