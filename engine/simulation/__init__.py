"""Plays years of an agreement's life with made-up people on a simulated clock, through the same commands as pages use."""

from engine.simulation.county import Options, Played, play

__all__ = ["Options", "Played", "play"]
