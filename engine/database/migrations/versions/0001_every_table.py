"""Every table"""

import sqlalchemy as sa
from alembic import op

from engine.database.types import Json, Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("agreement_key", sa.String(length=200), nullable=False),
        sa.Column("submission_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("superseded_at", Moment(), nullable=True),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("when", sa.Text(), nullable=True),
        sa.Column("how", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("with", sa.Text(), nullable=True),
        sa.Column("target_groups", Json(), nullable=True),
        sa.Column("follow_up", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("responsible", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index("ix_activity_agreement", "activity", ["agreement_key", "superseded_at"], unique=False)
    op.create_table(
        "administration_event",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administration_event")),
    )
    op.create_index("ix_administration_event_at", "administration_event", ["at"], unique=False)
    op.create_table(
        "agreement",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("pack_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("regional_key", sa.String(length=200), nullable=True),
        sa.Column("predecessor_key", sa.String(length=200), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("in_force_on", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_agreement")),
    )
    op.create_index("ix_agreement_organisation", "agreement", ["organisation"], unique=False)
    op.create_table(
        "agreement_status",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("agreement_key", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_status")),
    )
    op.create_index("ix_agreement_status_agreement", "agreement_status", ["agreement_key", "since"], unique=False)
    op.create_table(
        "appointment",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("agreement_key", sa.String(length=200), nullable=False),
        sa.Column("process_leader", sa.Text(), nullable=True),
        sa.Column("steering_group", sa.Text(), nullable=True),
        sa.Column("steering_group_kind", sa.String(length=64), nullable=True),
        sa.Column("working_group", Json(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index("ix_appointment_agreement", "appointment", ["agreement_key", "recorded_at"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("agreement_key", sa.String(length=200), nullable=False),
        sa.Column("submission_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=True),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    op.create_index("ix_assessment_agreement", "assessment", ["agreement_key", "recorded_at"], unique=False)
    op.create_table(
        "backup_copy",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_copy")),
    )
    op.create_index("ix_backup_copy_made", "backup_copy", ["made_at"], unique=False)
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("agreement_key", sa.String(length=200), nullable=True),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("party", sa.String(length=64), nullable=True),
        sa.Column("process_key", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("return_to", sa.String(length=64), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("protocol", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("comments", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_agreement", "decision", ["agreement_key", "recorded_at"], unique=False)
    op.create_table(
        "deviation",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("pack_key", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("agreement_key", sa.String(length=200), nullable=True),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("receiving_organisation", sa.String(length=64), nullable=True),
        sa.Column("reported_by", sa.String(length=64), nullable=False),
        sa.Column("reported_at", Moment(), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("consequence", sa.Text(), nullable=True),
        sa.Column("likelihood", sa.Text(), nullable=True),
        sa.Column("principals", Json(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("maybe_lex", sa.Text(), nullable=True),
        sa.Column("external_case_number", sa.Text(), nullable=True),
        sa.Column("responsibility", sa.Text(), nullable=True),
        sa.Column("responsibility_at", Moment(), nullable=True),
        sa.Column("lesson", sa.Text(), nullable=True),
        sa.Column("system_fault", sa.Boolean(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deviation")),
    )
    op.create_index("ix_deviation_organisation", "deviation", ["organisation", "reported_at"], unique=False)
    op.create_table(
        "fault_report",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("reported_at", Moment(), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("page", sa.String(length=500), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=320), nullable=True),
        sa.Column("handled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("handled_by", sa.String(length=64), nullable=True),
        sa.Column("handled_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_report")),
    )
    op.create_index("ix_fault_report_at", "fault_report", ["reported_at"], unique=False)
    op.create_table(
        "indicator",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("agreement_key", sa.String(length=200), nullable=True),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("party", sa.String(length=64), nullable=True),
        sa.Column("submission_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("women", sa.Float(), nullable=True),
        sa.Column("men", sa.Float(), nullable=True),
        sa.Column("total", sa.Float(), nullable=True),
        sa.Column("missing_reason", sa.Text(), nullable=True),
        sa.Column("no_split_reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
    )
    op.create_index("ix_indicator_agreement", "indicator", ["agreement_key", "kind", "recorded_at"], unique=False)
    op.create_table(
        "kept_text",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_kept_text")),
    )
    op.create_index("ix_kept_text_kept", "kept_text", ["kept_at"], unique=False)
    op.create_table(
        "kpi",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("papers_by", sa.Date(), nullable=True),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index("ix_meeting_organisation", "meeting", ["organisation", "held_on"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("correlation_key", sa.String(length=200), nullable=False),
        sa.Column("variables", Json(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("delivered_at", Moment(), nullable=True),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_message_id")),
    )
    op.create_index("ix_message_waiting", "message", ["correlation_key", "name", "delivered_at"], unique=False)
    op.create_table(
        "official_figure",
        sa.Column("kpi", sa.String(length=64), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("gender", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("imported_at", Moment(), nullable=False),
        sa.Column("imported_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("kpi", "organisation", "year", "gender", name=op.f("pk_official_figure")),
    )
    op.create_table(
        "organisation",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_organisation")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=64), server_default="notice", nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=True),
        sa.Column("attachment_name", sa.String(length=200), nullable=True),
        sa.Column("attachment", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("sent_to", sa.String(length=320), nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("try_at", Moment(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_created", "outbox", ["created_at", "id"], unique=False)
    op.create_index("ix_outbox_person", "outbox", ["person_id", "created_at"], unique=False)
    op.create_index("ix_outbox_unsent", "outbox", ["sent_at", "created_at"], unique=False)
    op.create_table(
        "pack_version",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("pack_key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.Column("deployed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_version")),
        sa.UniqueConstraint("pack_key", "version", name=op.f("uq_pack_version_pack_key_version")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("session_nonce", sa.String(length=64), server_default="", nullable=False),
        sa.Column("locale", sa.String(length=64), server_default="sv", nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    op.create_table(
        "process_definition",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("pack_key", sa.String(length=64), nullable=False),
        sa.Column("process_key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("bpmn", sa.Text(), nullable=False),
        sa.Column("decisions", Json(), nullable=False),
        sa.Column("forms", Json(), nullable=False),
        sa.Column("deployed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_definition")),
        sa.UniqueConstraint(
            "pack_key", "process_key", "version", name=op.f("uq_process_definition_pack_key_process_key_version")
        ),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", Json(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "stage_period",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("agreement_key", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("expected_by", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("returned_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_period")),
    )
    op.create_index("ix_stage_period_agreement", "stage_period", ["agreement_key", "stage"], unique=False)
    op.create_table(
        "worker_beat",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("beat_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_beat")),
    )
    op.create_table(
        "access_token",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", Json(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_access_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_access_token_secret_hash")),
    )
    op.create_index("ix_access_token_person", "access_token", ["person_id"], unique=False)
    op.create_table(
        "answered_request",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_answered_request_person_id")),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_answered_request")),
    )
    op.create_index("ix_answered_request_answered_at", "answered_request", ["answered_at"], unique=False)
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_feed_secret_hash")),
    )
    op.create_index(
        "uq_calendar_feed_live",
        "calendar_feed",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "identity",
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("linked_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_identity_person_id")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identity")),
    )
    op.create_index("ix_identity_person", "identity", ["person_id"], unique=False)
    op.create_table(
        "preference",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", Json(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preference_person_id")),
        sa.PrimaryKeyConstraint("person_id", "name", name=op.f("pk_preference")),
    )
    op.create_table(
        "process_instance",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("definition_id", sa.String(length=64), nullable=False),
        sa.Column("pack_key", sa.String(length=64), nullable=False),
        sa.Column("process_key", sa.String(length=64), nullable=False),
        sa.Column("business_key", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("agreement_key", sa.String(length=200), nullable=True),
        sa.Column("parent_id", sa.String(length=64), nullable=True),
        sa.Column("parent_task_id", sa.String(length=64), nullable=True),
        sa.Column("parent_element_id", sa.String(length=64), nullable=True),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=True),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("event_hash", sa.String(length=64), nullable=False),
        sa.Column("troubled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name=op.f("fk_process_instance_definition_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["process_instance.id"], name=op.f("fk_process_instance_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instance")),
    )
    op.create_index("ix_process_instance_agreement", "process_instance", ["agreement_key", "status"], unique=False)
    op.create_index(
        "ix_process_instance_business_key", "process_instance", ["business_key", "process_key"], unique=False
    )
    op.create_index("ix_process_instance_parent", "process_instance", ["parent_id"], unique=False)
    op.create_index("ix_process_instance_status", "process_instance", ["status", "process_key"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=False),
        sa.Column("granted_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index("ix_role_grant_person", "role_grant", ["person_id"], unique=False)
    op.create_index("ix_role_grant_role", "role_grant", ["role", "organisation"], unique=False)
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=True),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_filter_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
    )
    op.create_index("ix_saved_filter_person", "saved_filter", ["person_id"], unique=False)
    op.create_index("ix_saved_filter_role", "saved_filter", ["role"], unique=False)
    op.create_table(
        "scheduled_mail",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_scheduled_mail_person_id")),
        sa.PrimaryKeyConstraint("person_id", "kind", "period", name=op.f("pk_scheduled_mail")),
    )
    op.create_table(
        "start_draft",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("pack_key", sa.String(length=64), nullable=False),
        sa.Column("process_key", sa.String(length=64), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("values", Json(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_start_draft_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_draft")),
        sa.UniqueConstraint(
            "person_id", "pack_key", "process_key", name=op.f("uq_start_draft_person_id_pack_key_process_key")
        ),
    )
    op.create_index("ix_start_draft_saved", "start_draft", ["saved_at"], unique=False)
    op.create_table(
        "substitution",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("substitute_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=True),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_substitution_created_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_substitution_person_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["person.id"], name=op.f("fk_substitution_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    op.create_index("ix_substitution_person", "substitution", ["person_id", "last_day"], unique=False)
    op.create_index("ix_substitution_substitute", "substitution", ["substitute_id", "last_day"], unique=False)
    op.create_table(
        "event",
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("data", Json(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_event_instance_id")),
        sa.PrimaryKeyConstraint("instance_id", "sequence", name=op.f("pk_event")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.Column("retry_at", Moment(), nullable=True),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.Column("resolved_by", sa.String(length=64), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_incident_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index("ix_incident_instance", "incident", ["instance_id"], unique=False)
    op.create_index("ix_incident_open", "incident", ["resolved_at", "created_at"], unique=False)
    op.create_index("ix_incident_subject", "incident", ["subject"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=True),
        sa.Column("definition_id", sa.String(length=64), nullable=False),
        sa.Column("process_key", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=64), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("register", sa.String(length=64), nullable=True),
        sa.Column("item", sa.String(length=200), nullable=True),
        sa.Column("agreement_key", sa.String(length=200), nullable=True),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("party", sa.String(length=64), nullable=True),
        sa.Column("role", sa.String(length=64), nullable=True),
        sa.Column("stage", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("acting_for", sa.String(length=64), nullable=True),
        sa.Column("submitted_at", Moment(), nullable=False),
        sa.Column("values", Json(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_submission_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    op.create_index(
        "ix_submission_form",
        "submission",
        ["agreement_key", "form_key", "item", "submitted_at"],
        unique=False,
        sqlite_where=sa.text("agreement_key IS NOT NULL"),
        postgresql_where=sa.text("agreement_key IS NOT NULL"),
    )
    op.create_index("ix_submission_instance", "submission", ["instance_id", "submitted_at"], unique=False)
    op.create_index(
        "ix_submission_register",
        "submission",
        ["register", "agreement_key", "submitted_at"],
        unique=False,
        sqlite_where=sa.text("register IS NOT NULL"),
        postgresql_where=sa.text("register IS NOT NULL"),
    )
    op.create_table(
        "subscription",
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), server_default="message", nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("correlation_key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_subscription_instance_id")),
        sa.PrimaryKeyConstraint("instance_id", "task_id", name=op.f("pk_subscription")),
    )
    op.create_index("ix_subscription_name", "subscription", ["correlation_key", "name"], unique=False)
    op.create_table(
        "timer",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=64), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("suspended", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_timer_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_timer_due", "timer", ["due_at", "id"], unique=False)
    op.create_index("ix_timer_instance", "timer", ["instance_id"], unique=False)
    op.create_table(
        "user_task",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("pack_key", sa.String(length=64), nullable=False),
        sa.Column("process_key", sa.String(length=64), nullable=False),
        sa.Column("definition_id", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=True),
        sa.Column("catalogue", sa.String(length=64), nullable=True),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("gate", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("role_organisation", sa.String(length=64), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("agreement_key", sa.String(length=200), nullable=True),
        sa.Column("business_key", sa.String(length=200), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=True),
        sa.Column("assignee", sa.String(length=64), nullable=True),
        sa.Column("claimed_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("follow_up_at", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("reminded_at", Moment(), nullable=True),
        sa.Column("escalated_to", sa.String(length=64), nullable=True),
        sa.Column("failed_at", Moment(), nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("completed_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_user_task_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_task")),
    )
    op.create_index(
        "ix_user_task_agreement",
        "user_task",
        ["agreement_key"],
        unique=False,
        sqlite_where=sa.text("agreement_key IS NOT NULL"),
        postgresql_where=sa.text("agreement_key IS NOT NULL"),
    )
    op.create_index("ix_user_task_due", "user_task", ["due_at", "id"], unique=False)
    op.create_index(
        "ix_user_task_ended",
        "user_task",
        ["ended_at", "process_key"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.create_index("ix_user_task_instance", "user_task", ["instance_id"], unique=False)
    op.create_index(
        "ix_user_task_open_assignee",
        "user_task",
        ["assignee", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open' AND assignee IS NOT NULL"),
        postgresql_where=sa.text("state = 'open' AND assignee IS NOT NULL"),
    )
    op.create_index(
        "ix_user_task_open_due",
        "user_task",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_user_task_open_role",
        "user_task",
        ["role", "role_organisation", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_user_task_open_role_due",
        "user_task",
        ["role", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=True),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("start_draft_id", sa.String(length=64), nullable=True),
        sa.Column("agreement_key", sa.String(length=200), nullable=True),
        sa.Column("field", sa.String(length=200), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("submission_id", sa.String(length=64), nullable=True),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_attachment_instance_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attachment_person_id")),
        sa.ForeignKeyConstraint(["start_draft_id"], ["start_draft.id"], name=op.f("fk_attachment_start_draft_id")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_attachment_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_instance", "attachment", ["instance_id", "added_at"], unique=False)
    op.create_index("ix_attachment_start_draft", "attachment", ["start_draft_id"], unique=False)
    op.create_index("ix_attachment_task", "attachment", ["task_id", "added_at"], unique=False)
    op.create_table(
        "comment",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("agreement_key", sa.String(length=200), nullable=True),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentions", Json(), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_comment_instance_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_comment_person_id")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_comment_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_instance", "comment", ["instance_id", "written_at"], unique=False)
    op.create_index("ix_comment_task", "comment", ["task_id", "written_at"], unique=False)
    op.create_table(
        "contribution",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("fields", Json(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("values", Json(), nullable=True),
        sa.Column("saved_at", Moment(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_contribution_asked_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contribution_person_id")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_contribution_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
    )
    op.create_index("ix_contribution_person", "contribution", ["person_id", "done_at"], unique=False)
    op.create_index("ix_contribution_task", "contribution", ["task_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("values", Json(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_draft_task_id")),
        sa.PrimaryKeyConstraint("task_id", "person_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "attachment_content",
        sa.Column("attachment_id", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_attachment_content_attachment_id")),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_attachment_content")),
    )
