"""How often Python looks for garbage in a process that goes on for long.

Objects that point at each other are found by looking through all of them, time and again. Parsed models, statements and
libraries are hundreds of thousands that stay for good: each look through all stops everybody for a tenth of a second.
"""

import gc

_NEW_OBJECTS = 10_000  # before the youngest are looked through; Python's own 700 is less than one completion makes
_ROUNDS = 20  # among the young, before older ones are looked through too


def collect_seldom() -> None:
    """To be called once all is loaded: what is there now is never looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _ROUNDS, _ROUNDS)
