"""How far a walk may go: a model that branches without end is left where the budget ends, and that is told."""

import time
from dataclasses import dataclass, field

MOST_STATES = 20_000  # of all processes of a pack; the shipped one has about 600
MOST_SECONDS = 4.0  # the shipped pack takes about one
DEPLOYMENT_SECONDS = 60.0  # nobody waits for the answer as after a check, and the machine may be a slow one


@dataclass
class Budget:
    """What is left for the walk through one pack. Seconds are of work: a busy machine does not shorten the walk."""

    states: int = MOST_STATES
    seconds: float = MOST_SECONDS
    _begun: float = field(default_factory=time.thread_time)

    def spend_state(self) -> None:
        self.states -= 1

    @property
    def is_spent(self) -> bool:
        return self.states <= 0 or time.thread_time() - self._begun > self.seconds
