"""Every table but the registers (in `register_tables`): packs, the running of processes, people."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
)
from sqlalchemy import UniqueConstraint as Unique

from engine.database.types import Json, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Key = String(64)  # identifiers of ours: hex ids, element ids, role keys, organisation codes
BusinessKey = String(200)

# Packs and definitions: written once, never changed -------------------------------------------------------------

pack_version = Table(
    "pack_version",
    metadata,
    Column("id", Key, primary_key=True),
    Column("pack_key", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_hash", Key, nullable=False),
    Column("content", Json, nullable=False),  # {"manifest", "catalogues", "translations"}
    Column("deployed_at", Moment, nullable=False),
    Unique("pack_key", "version"),
)

process_definition = Table(
    "process_definition",
    metadata,
    Column("id", Key, primary_key=True),
    Column("pack_key", Key, nullable=False),
    Column("process_key", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_hash", Key, nullable=False),
    Column("bpmn", Text, nullable=False),
    Column("decisions", Json, nullable=False),  # {decision id: DMN text}
    Column("forms", Json, nullable=False),  # {form key: JSON Schema}
    Column("deployed_at", Moment, nullable=False),
    Unique("pack_key", "process_key", "version"),
)

# Running processes -----------------------------------------------------------------------------------------------

process_instance = Table(
    "process_instance",
    metadata,
    Column("id", Key, primary_key=True),
    Column("definition_id", ForeignKey("process_definition.id"), nullable=False),
    Column("pack_key", Key, nullable=False),
    Column("process_key", Key, nullable=False),
    Column("business_key", BusinessKey, nullable=False),
    Column("organisation", Key),  # the municipality, or none for the county's own processes
    Column("agreement_key", BusinessKey),
    Column("parent_id", ForeignKey("process_instance.id")),
    Column("parent_task_id", Key),  # the call activity that waits in the parent
    Column("parent_element_id", Key),
    Column("root_id", Key, nullable=False),  # the topmost caller; itself when nobody called
    Column("stage", Key),
    Column("status", Key, nullable=False),  # active, suspended, completed, cancelled
    Column("started_by", Key),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("end_reason", Text),
    Column("revision", Integer, nullable=False),  # optimistic lock
    Column("sequence", Integer, nullable=False),  # last event's number
    Column("event_hash", Key, nullable=False),  # last event's hash
    Column("troubled", Boolean, nullable=False, server_default=false()),  # whether it has ever had an incident
    Column("state", LargeBinary, nullable=False),
)
Index("ix_process_instance_business_key", process_instance.c.business_key, process_instance.c.process_key)
Index("ix_process_instance_parent", process_instance.c.parent_id)
Index("ix_process_instance_agreement", process_instance.c.agreement_key, process_instance.c.status)
Index("ix_process_instance_status", process_instance.c.status, process_instance.c.process_key)

user_task = Table(
    "user_task",
    metadata,
    Column("id", Key, primary_key=True),
    Column("instance_id", ForeignKey("process_instance.id"), nullable=False),
    Column("pack_key", Key, nullable=False),
    Column("process_key", Key, nullable=False),
    Column("definition_id", Key, nullable=False),
    Column("element_id", Key, nullable=False),
    Column("name", Text, nullable=False),  # as drawn in the model, Swedish
    Column("item", String(200)),  # a multi-instance task's own item, e.g. a section or a party
    Column("catalogue", Key),  # where the item's title stands
    Column("form_key", Key),
    Column("gate", Boolean, nullable=False),  # a decision that approves or returns
    Column("role", Key, nullable=False),
    Column("role_organisation", Key, nullable=False),  # where the role must be held
    Column("organisation", Key),  # whose agreement it is about
    Column("agreement_key", BusinessKey),
    Column("business_key", BusinessKey, nullable=False),
    Column("stage", Key),
    Column("assignee", Key),
    Column("claimed_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("follow_up_at", Moment),
    Column("due_at", Moment, nullable=False),
    Column("reminded_at", Moment),
    Column("escalated_to", Key),  # a role key: who has been told that it is late
    Column("failed_at", Moment),  # when somebody's completion of it last had to be undone (see incident)
    Column("state", Key, nullable=False),  # open, completed, cancelled
    Column("ended_at", Moment),
    Column("completed_by", Key),
)
_open = text("state = 'open'")
Index(
    "ix_user_task_open_role",
    user_task.c.role,
    user_task.c.role_organisation,
    user_task.c.due_at,
    user_task.c.id,
    sqlite_where=_open,
    postgresql_where=_open,
)
# A role wherever it is held, and all tasks whatever became of them: what programs ask for page by page.
Index(
    "ix_user_task_open_role_due",
    user_task.c.role,
    user_task.c.due_at,
    user_task.c.id,
    sqlite_where=_open,
    postgresql_where=_open,
)
Index("ix_user_task_due", user_task.c.due_at, user_task.c.id)
Index("ix_user_task_open_due", user_task.c.due_at, user_task.c.id, sqlite_where=_open, postgresql_where=_open)
_held = text("state = 'open' AND assignee IS NOT NULL")
Index(
    "ix_user_task_open_assignee", user_task.c.assignee, user_task.c.due_at, sqlite_where=_held, postgresql_where=_held
)
Index("ix_user_task_instance", user_task.c.instance_id)
_of_agreement = text("agreement_key IS NOT NULL")
Index(
    "ix_user_task_agreement",
    user_task.c.agreement_key,
    sqlite_where=_of_agreement,
    postgresql_where=_of_agreement,
)
_ended = text("ended_at IS NOT NULL")
Index("ix_user_task_ended", user_task.c.ended_at, user_task.c.process_key, sqlite_where=_ended, postgresql_where=_ended)

timer = Table(
    "timer",
    metadata,
    Column("id", Key, primary_key=True),
    Column("instance_id", ForeignKey("process_instance.id"), nullable=False),
    Column("kind", Key, nullable=False),  # event (drawn in the model), remind, escalate, message (to be tried again)
    Column("task_id", Key, nullable=False),  # the waiting event, or the user task or message that it is about
    Column("element_id", Key, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("suspended", Boolean, nullable=False, server_default=false()),  # rests with its instance
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    sqlite_with_rowid=False,
)
Index("ix_timer_due", timer.c.due_at, timer.c.id)
Index("ix_timer_instance", timer.c.instance_id)

submission = Table(
    "submission",
    metadata,
    Column("id", Key, primary_key=True),
    Column("instance_id", ForeignKey("process_instance.id"), nullable=False),
    Column("task_id", Key),  # none for a start form
    Column("definition_id", Key, nullable=False),
    Column("process_key", Key, nullable=False),
    Column("element_id", Key, nullable=False),
    Column("form_key", Key, nullable=False),
    Column("register", Key),
    Column("item", String(200)),
    Column("agreement_key", BusinessKey),
    Column("organisation", Key),
    Column("party", Key),  # the organisation that the submitter acted for
    Column("role", Key),
    Column("stage", Key),
    Column("person_id", Key, nullable=False),
    Column("acting_for", Key),  # who was away, when a substitute handed it in
    Column("submitted_at", Moment, nullable=False),
    Column("values", Json, nullable=False),
)
Index("ix_submission_instance", submission.c.instance_id, submission.c.submitted_at)
Index(
    "ix_submission_form",
    submission.c.agreement_key,
    submission.c.form_key,
    submission.c.item,
    submission.c.submitted_at,
    sqlite_where=_of_agreement,
    postgresql_where=_of_agreement,
)
_in_register = text("register IS NOT NULL")
Index(
    "ix_submission_register",
    submission.c.register,
    submission.c.agreement_key,  # else the newest text of one agreement is looked for among all agreements' texts
    submission.c.submitted_at,
    sqlite_where=_in_register,
    postgresql_where=_in_register,
)

draft = Table(
    "draft",
    metadata,
    Column("task_id", ForeignKey("user_task.id"), primary_key=True),
    Column("person_id", Key, primary_key=True),
    Column("values", Json, nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),  # so that two windows do not overwrite each other
)

event = Table(
    "event",
    metadata,
    Column("instance_id", ForeignKey("process_instance.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("kind", Key, nullable=False),
    Column("element_id", Key),
    Column("person_id", Key),
    Column("data", Json, nullable=False),
    Column("hash", Key, nullable=False),  # covers the row and the hash of the row before
    sqlite_with_rowid=False,
)

message = Table(
    "message",
    metadata,
    Column("id", Key, primary_key=True),
    Column("message_id", BusinessKey, unique=True),  # the sender's own, so that twice is once
    Column("name", Key, nullable=False),
    Column("correlation_key", BusinessKey, nullable=False),
    Column("variables", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("delivered_at", Moment),
    Column("instance_id", Key),
)
Index("ix_message_waiting", message.c.correlation_key, message.c.name, message.c.delivered_at)

subscription = Table(
    "subscription",
    metadata,
    Column("instance_id", ForeignKey("process_instance.id"), primary_key=True),
    Column("task_id", Key, primary_key=True),
    Column("element_id", Key, nullable=False),
    Column("kind", Key, nullable=False, server_default="message"),  # message (for one), signal (for all)
    Column("name", Key, nullable=False),
    Column("correlation_key", BusinessKey, nullable=False),
)
Index("ix_subscription_name", subscription.c.correlation_key, subscription.c.name)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", Key, nullable=False),
    Column("address", String(320)),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("link", Text),
    Column("kind", Key, nullable=False, server_default="notice"),  # notice, reminder, escalation, mention, digest ...
    Column("task_id", Key),
    Column("attachment_name", String(200)),
    Column("attachment", LargeBinary),
    Column("created_at", Moment, nullable=False),
    Column("sent_to", String(320)),  # when another address than the person's own: mail was redirected
    Column("sent_at", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("try_at", Moment),  # not before this: whoever sends it has it until then
    Column("last_error", Text),
)
Index("ix_outbox_unsent", outbox.c.sent_at, outbox.c.created_at)
Index("ix_outbox_created", outbox.c.created_at, outbox.c.id)
Index("ix_outbox_person", outbox.c.person_id, outbox.c.created_at)

incident = Table(
    "incident",
    metadata,
    Column("id", Key, primary_key=True),
    Column("instance_id", ForeignKey("process_instance.id"), nullable=False),
    Column("kind", Key, nullable=False),  # what set it off: timer, message, task (a person's completion)
    Column("subject", Key, nullable=False),  # the id of that timer, message or user task
    Column("element_id", Key),  # where it failed
    Column("reason", Text, nullable=False),
    Column("data", Json, nullable=False),  # the routing values there, when they are known
    Column("person_id", Key),  # whose completion it was
    Column("attempts", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("retry_at", Moment),  # none: it waits for a person
    Column("resolved_at", Moment),
    Column("resolved_by", Key),
    Column("resolution", Text),
)
Index("ix_incident_open", incident.c.resolved_at, incident.c.created_at)
Index("ix_incident_subject", incident.c.subject)
Index("ix_incident_instance", incident.c.instance_id)

# People and organisations ---------------------------------------------------------------------------------------

organisation = Table(
    "organisation",
    metadata,
    Column("code", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Key, nullable=False),  # municipality, region, body
)

person = Table(
    "person",
    metadata,
    Column("id", Key, primary_key=True),
    Column("username", Key, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("email", String(320)),
    Column("password_hash", Text),
    Column("session_nonce", Key, nullable=False, server_default=""),  # sessions that began with another are over
    Column("locale", Key, nullable=False, server_default="sv"),
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
)

# Accounts of an identity provider that may sign in as a person. Never a personal identity number.
identity = Table(
    "identity",
    metadata,
    Column("issuer", String(500), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("linked_at", Moment, nullable=False),
)
Index("ix_identity_person", identity.c.person_id)

role_grant = Table(
    "role_grant",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("role", Key, nullable=False),
    Column("organisation", Key, nullable=False),
    Column("granted_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)
Index("ix_role_grant_person", role_grant.c.person_id)
Index("ix_role_grant_role", role_grant.c.role, role_grant.c.organisation)

counter = Table(
    "counter",
    metadata,
    Column("name", BusinessKey, primary_key=True),
    Column("value", Integer, nullable=False),
)
