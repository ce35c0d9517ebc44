"""Process packs: what one kind of agreement is made of, read from a folder of data and checked for shape.

What the models in a pack may contain is `engine.bpmn.profile`'s business.
"""

from engine.packs.deployed import current_pack, deployed_packs
from engine.packs.folder import load_pack, read_pack, shipped_packs
from engine.packs.pack import Deadlines, Pack, Parameter, Process, Role, Stage
from engine.packs.processes import ProcessFiles, collect_processes, read_processes

__all__ = [
    "Deadlines",
    "Pack",
    "Parameter",
    "Process",
    "ProcessFiles",
    "Role",
    "Stage",
    "collect_processes",
    "current_pack",
    "deployed_packs",
    "load_pack",
    "read_pack",
    "read_processes",
    "shipped_packs",
]
