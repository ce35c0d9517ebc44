"""How far a walk may go: a model that branches without end is left where the budget ends, and that is told."""

import time
from dataclasses import dataclass, field

MOST_STATES = 20_000  # of all processes of a pack; the shipped one has about 600
MOST_STEPS = 5_000  # the shipped pack takes about 1,700, in one to four seconds
MOST_SECONDS = 6.0  # with two or three to start and read the pack, an answer comes within ten


def budget_of_deployment() -> "Budget":
    """Nobody waits for it as for the answer of a check, and the machine may be a slow one."""
    return Budget(steps=100_000, seconds=60.0)


@dataclass
class Budget:
    """What is left for the walk through one pack. Seconds are of work: a busy machine does not shorten the walk."""

    states: int = MOST_STATES
    steps: int = MOST_STEPS
    seconds: float = MOST_SECONDS
    _begun: float = field(default_factory=time.thread_time)

    def spend_state(self) -> None:
        self.states -= 1

    def spend_step(self) -> None:
        self.steps -= 1

    @property
    def is_spent(self) -> bool:
        return self.states <= 0 or self.steps <= 0 or time.thread_time() - self._begun > self.seconds
