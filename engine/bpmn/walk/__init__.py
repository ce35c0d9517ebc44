"""Walks every process of a pack on the real engine, every way that it can go, before the pack is deployed.

Every answer that a gateway can tell apart, every timer, every message and every outcome of a called process is tried
from every state that can be reached. What does not matter (ids, times, values that nobody asks for again) is left out
of a state, so that loops end. A list has none, one or two items; timers and messages come in any order. The static
rules (`engine.bpmn.profile`) come first: a walk needs a model inside the profile.
"""

from engine.bpmn.walk.pack import Proof, demand_proof, prove_and_remember, prove_pack

__all__ = ["Proof", "demand_proof", "prove_and_remember", "prove_pack"]
