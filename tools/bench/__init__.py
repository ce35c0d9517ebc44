"""Measurements: `./run bench [NAME] [--quick]`. One module per bench; every line has a baseline."""
