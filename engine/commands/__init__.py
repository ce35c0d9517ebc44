"""Everything that changes something. A command takes the connection and the moment, and never commits."""

from engine.commands.activity_plans import import_activities
from engine.commands.deployment import Deployed, deploy_pack
from engine.commands.drafts import save_draft
from engine.commands.incidents import note_incident, retry_incident
from engine.commands.messages import correlate_message, deliver_message, send_signal
from engine.commands.migration import (
    Fate,
    InstancePlan,
    Migrated,
    MigrationPlan,
    migrate_instance,
    migrate_instances,
    plan_migration,
)
from engine.commands.modification import Modified, Step, modify_instance
from engine.commands.official_figures import Imported, import_kolada
from engine.commands.operations import cancel_instance, resume_instance, suspend_instance
from engine.commands.reminders import Reminded, remind_task
from engine.commands.saved_filters import change_filter, remove_filter, save_filter
from engine.commands.starting import Started, start_process
from engine.commands.tasks import Completed, assign_task, claim_task, complete_task, release_task
from engine.commands.timers import Fired, due_timers, fire_timer, next_due, next_timer

__all__ = [
    "Completed",
    "Deployed",
    "Fate",
    "Fired",
    "Imported",
    "InstancePlan",
    "Migrated",
    "MigrationPlan",
    "Modified",
    "Reminded",
    "Started",
    "Step",
    "assign_task",
    "cancel_instance",
    "change_filter",
    "claim_task",
    "complete_task",
    "correlate_message",
    "deliver_message",
    "deploy_pack",
    "due_timers",
    "fire_timer",
    "import_activities",
    "import_kolada",
    "migrate_instance",
    "migrate_instances",
    "modify_instance",
    "next_due",
    "next_timer",
    "note_incident",
    "plan_migration",
    "release_task",
    "remind_task",
    "remove_filter",
    "resume_instance",
    "retry_incident",
    "save_draft",
    "save_filter",
    "send_signal",
    "start_process",
    "suspend_instance",
]
