"""Plays years of an agreement's life with made-up people on a simulated clock, by the commands that pages use."""

from engine.simulation.county import Options, Played, play

__all__ = ["Options", "Played", "play"]
