"""Takes tokens out of a running instance and puts others in: what an operator's modification does to the task tree."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.execution import Execution


@dataclass(frozen=True)
class Step:
    """One change of a running instance.

    `kind` is `cancel` (the tokens that wait at the element; only `task_id`'s when given), `start_before` (a token
    arrives at the element) or `start_after` (a token leaves the element, as if it had just been completed). With
    `scope_id`, the task id of a running embedded sub-process, the token starts there; it may be left out when only one
    runs. `variables` are put into the new token's data.
    """

    kind: str
    element_id: str
    task_id: str | None = None
    scope_id: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, Any]:
        """As it stands in the instance's history."""
        return {name: value for name, value in vars(self).items() if value}


def modify(execution: Execution, steps: Sequence[Step]) -> None:
    """Take the steps in order, and run on to the next wait state."""
    raise NotImplementedError
