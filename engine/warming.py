"""What a process that goes on for long does before its first work, so that nobody has to wait for it later."""

import gc

from engine.bpmn.moments import load_holidays

_NEW_OBJECTS = 10_000  # before the youngest are looked through; Python's own 700 is less than one completion makes
_ROUNDS = 20  # among the young, before older ones are looked through too


def warm_up() -> None:
    """Load what is loaded when it is first asked for, and let Python look for garbage seldom.

    Objects that point at each other are found by looking through all of them, time and again. Models, statements and
    libraries are hundreds of thousands that stay for good: each look through all stops everybody for a tenth of a
    second. What is there now is never looked through again.
    """
    load_holidays()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _ROUNDS, _ROUNDS)
