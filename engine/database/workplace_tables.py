"""Tables of the workplace: what people write, attach, arrange and choose around their tasks; never the engine's own."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    false,
    text,
)
from sqlalchemy import UniqueConstraint as Unique

from engine.database.tables import BusinessKey, Key, metadata
from engine.database.types import Json, Moment

# Around a task -----------------------------------------------------------------------------------------------------

comment = Table(
    "comment",
    metadata,
    Column("id", Key, primary_key=True),
    Column("task_id", ForeignKey("user_task.id"), nullable=False),
    Column("instance_id", ForeignKey("process_instance.id"), nullable=False),
    Column("agreement_key", BusinessKey),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("mentions", Json, nullable=False),  # [person id]
    Column("written_at", Moment, nullable=False),
    Column("removed_at", Moment),  # by its author; the row stays, the text is not shown
)
Index("ix_comment_task", comment.c.task_id, comment.c.written_at)
Index("ix_comment_instance", comment.c.instance_id, comment.c.written_at)

# What somebody has begun to write on a start form: nothing has started yet. One of each kind and person.
start_draft = Table(
    "start_draft",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("pack_key", Key, nullable=False),
    Column("process_key", Key, nullable=False),
    Column("organisation", Key),  # as chosen so far
    Column("values", Json, nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("version", Integer, nullable=False),  # so that two windows do not overwrite each other
    Unique("person_id", "pack_key", "process_key"),
)
Index("ix_start_draft_saved", start_draft.c.saved_at)

# What is known of a file stands apart from its content, so that lists never read the content.
attachment = Table(
    "attachment",
    metadata,
    Column("id", Key, primary_key=True),
    Column("task_id", ForeignKey("user_task.id")),  # none for a file of a start form
    Column("instance_id", ForeignKey("process_instance.id")),  # none before the start
    Column("start_draft_id", ForeignKey("start_draft.id")),  # until the start
    Column("agreement_key", BusinessKey),
    Column("field", String(200)),  # the form's file field that it answers; none for a file beside the form
    Column("name", String(200), nullable=False),
    Column("media_type", String(200), nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("sha256", Key, nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("submission_id", Key),  # once it has been handed in it stays
    Column("removed_at", Moment),
)
Index("ix_attachment_task", attachment.c.task_id, attachment.c.added_at)
Index("ix_attachment_instance", attachment.c.instance_id, attachment.c.added_at)
Index("ix_attachment_start_draft", attachment.c.start_draft_id)

attachment_content = Table(
    "attachment_content",
    metadata,
    Column("attachment_id", ForeignKey("attachment.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# A part of a task's form that somebody else has been asked to write.
contribution = Table(
    "contribution",
    metadata,
    Column("id", Key, primary_key=True),
    Column("task_id", ForeignKey("user_task.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),  # who is asked
    Column("fields", Json, nullable=False),  # [name of a property of the form]
    Column("note", Text),
    Column("asked_by", ForeignKey("person.id"), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("due_on", Date),
    Column("values", Json),  # what has been written so far: {property: value}
    Column("saved_at", Moment),
    Column("done_at", Moment),
    Column("withdrawn_at", Moment),
)
Index("ix_contribution_task", contribution.c.task_id)
Index("ix_contribution_person", contribution.c.person_id, contribution.c.done_at)

# People's own arrangements -------------------------------------------------------------------------------------------

# While it lasts, the substitute may do what the absent person may. Four eyes count the two as one.
substitution = Table(
    "substitution",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),  # who is away
    Column("substitute_id", ForeignKey("person.id"), nullable=False),
    Column("role", Key),  # none for all that the absent person has
    Column("organisation", Key),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("created_by", ForeignKey("person.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),  # taken back before its last day
)
Index("ix_substitution_substitute", substitution.c.substitute_id, substitution.c.last_day)
Index("ix_substitution_person", substitution.c.person_id, substitution.c.last_day)

saved_filter = Table(
    "saved_filter",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("page", Key, nullable=False),  # the list that it is for: tasks, deviations ...
    Column("name", String(100), nullable=False),
    Column("query", Text, nullable=False),  # as in the address, without the question mark
    Column("role", Key),  # shared with those who hold this role
    Column("organisation", Key),  # in this organisation; none for anywhere
    Column("created_at", Moment, nullable=False),
)
Index("ix_saved_filter_person", saved_filter.c.person_id)
Index("ix_saved_filter_role", saved_filter.c.role)

# A person's choices: which mail, which digest, keyboard shortcuts, look. A missing row is the default.
preference = Table(
    "preference",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("name", Key, primary_key=True),
    Column("value", Json, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

calendar_feed = Table(
    "calendar_feed",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("secret_hash", Key, nullable=False, unique=True),  # SHA-256, as for access tokens
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)
_live = text("revoked_at IS NULL")
Index("uq_calendar_feed_live", calendar_feed.c.person_id, unique=True, sqlite_where=_live, postgresql_where=_live)

# What has been sent by schedule, so that no restart and no second worker sends it again.
scheduled_mail = Table(
    "scheduled_mail",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("kind", Key, primary_key=True),  # digest, monthly_status
    Column("period", Key, primary_key=True),  # the week or month: 2026-W48, 2026-11
    Column("written_at", Moment, nullable=False),
)

# The installation ----------------------------------------------------------------------------------------------------

# Switches that an administrator turns while the system runs, e.g. mail_redirect. A missing row is the default.
setting = Table(
    "setting",
    metadata,
    Column("name", Key, primary_key=True),
    Column("value", Json, nullable=False),
    Column("changed_by", Key, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

# Append-only: what administrators did outside any process instance (which keep histories of their own).
administration_event = Table(
    "administration_event",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("person_id", Key),  # none for the command line
    Column("kind", Key, nullable=False),
    Column("subject", BusinessKey, nullable=False),
    Column("data", Json, nullable=False),
)
Index("ix_administration_event_at", administration_event.c.at)

# When the bodies that decide meet: decisions are planned after it.
meeting = Table(
    "meeting",
    metadata,
    Column("id", Key, primary_key=True),
    Column("organisation", Key, nullable=False),  # a municipality, the region or a body
    Column("body", String(200), nullable=False),  # e.g. Kommunstyrelsen
    Column("held_on", Date, nullable=False),
    Column("papers_by", Date),  # when what is to be decided has to be handed in
    Column("created_by", Key, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("removed_at", Moment),
)
Index("ix_meeting_organisation", meeting.c.organisation, meeting.c.held_on)

# Official figures that have been imported; what people submit stays in `indicator`.
official_figure = Table(
    "official_figure",
    metadata,
    Column("kpi", Key, primary_key=True),  # the source's own id, entered by a person or read from a file, never made up
    Column("organisation", Key, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("gender", Key, primary_key=True),  # T, K, M as in Kolada
    Column("value", String(40)),  # as written in the file; none when there is none, never 0
    Column("status", Text),  # why there is none, in the source's words
    Column("count", Integer),
    Column("source", Key, nullable=False),  # kolada
    Column("imported_at", Moment, nullable=False),
    Column("imported_by", Key),
)

kpi = Table(
    "kpi",
    metadata,
    Column("id", Key, primary_key=True),
    Column("title", Text, nullable=False),
    Column("item", String(200)),  # the pack's own indicator that it is the official figure of
    Column("unit", Text),
    Column("source", Key, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", Key),
)

# Faults that readers report from the accessibility statement, signed in or not.
fault_report = Table(
    "fault_report",
    metadata,
    Column("id", Key, primary_key=True),
    Column("reported_at", Moment, nullable=False),
    Column("person_id", Key),
    Column("page", String(500)),
    Column("text", Text, nullable=False),
    Column("contact", String(320)),
    Column("handled", Boolean, nullable=False, server_default=false()),
    Column("handled_by", Key),
    Column("handled_at", Moment),
)
Index("ix_fault_report_at", fault_report.c.reported_at)

# Whatever a person was in the middle of sending when the session had ended, while they sign in somewhere else.
kept_text = Table(
    "kept_text",
    metadata,
    Column("secret_hash", Key, primary_key=True),  # SHA-256 of what only that browser's cookie holds
    Column("content", Text, nullable=False),
    Column("size", Integer, nullable=False),  # characters
    Column("kept_at", Moment, nullable=False),
)
Index("ix_kept_text_kept", kept_text.c.kept_at)

# Workers that live: each writes now and then that it does.
worker_beat = Table(
    "worker_beat",
    metadata,
    Column("name", Key, primary_key=True),  # machine and process
    Column("version", Key, nullable=False),  # of the program
    Column("started_at", Moment, nullable=False),
    Column("beat_at", Moment, nullable=False),
)

# Copies that `samflode backup` has made; the copies themselves lie elsewhere.
backup_copy = Table(
    "backup_copy",
    metadata,
    Column("id", Key, primary_key=True),
    Column("made_at", Moment, nullable=False),  # the moment that the copy is of
    Column("size", BigInteger, nullable=False),  # bytes
    Column("checked", Boolean, nullable=False),  # whether `database check` has found it faultless
)
Index("ix_backup_copy_made", backup_copy.c.made_at)
