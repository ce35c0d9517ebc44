"""Everything that changes something. A command takes the connection and the moment, and never commits."""

from engine.commands.deployment import Deployed, deploy_pack
from engine.commands.messages import correlate_message
from engine.commands.starting import Started, start_process
from engine.commands.tasks import Completed, assign_task, claim_task, complete_task, release_task, save_draft
from engine.commands.timers import Fired, due_timers, fire_timer, next_due

__all__ = [
    "Completed",
    "Deployed",
    "Fired",
    "Started",
    "assign_task",
    "claim_task",
    "complete_task",
    "correlate_message",
    "deploy_pack",
    "due_timers",
    "fire_timer",
    "next_due",
    "release_task",
    "save_draft",
    "start_process",
]
