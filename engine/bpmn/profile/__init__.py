"""Proves a process pack before it is loaded: that its models stay inside the part of BPMN that the engine runs right.

Each rule is a small function from a `Case` (one process in its pack) to the faults that it finds. `check_pack` runs
them all over a folder; its list `RULES` is the table of contents.
"""

from engine.bpmn.profile.check import check_pack

__all__ = ["check_pack"]
