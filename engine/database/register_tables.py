"""The domain's own tables: typed projections of submissions, written in the same transaction, rebuildable from them."""

from sqlalchemy import Boolean, Column, Date, Float, Index, Integer, String, Table, Text

from engine.database.tables import BusinessKey, Key, metadata
from engine.database.types import Json, Moment

agreement = Table(
    "agreement",
    metadata,
    Column("key", BusinessKey, primary_key=True),
    Column("pack_key", Key, nullable=False),
    Column("kind", Key, nullable=False),  # regional, local
    Column("organisation", Key),
    Column("regional_key", BusinessKey),
    Column("predecessor_key", BusinessKey),
    Column("title", Text, nullable=False),
    Column("instance_id", Key, nullable=False),
    Column("status", Key, nullable=False),  # see agreement_status
    Column("in_force_on", Date),
    Column("valid_to", Date),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
)
Index("ix_agreement_organisation", agreement.c.organisation)

# Each change of status: preparing, in_force, under_revision, extended, prolonged, lapsed, replaced, ended
agreement_status = Table(
    "agreement_status",
    metadata,
    Column("id", Key, primary_key=True),
    Column("agreement_key", BusinessKey, nullable=False),
    Column("status", Key, nullable=False),
    Column("valid_to", Date),
    Column("since", Moment, nullable=False),
)
Index("ix_agreement_status_agreement", agreement_status.c.agreement_key, agreement_status.c.since)

stage_period = Table(
    "stage_period",
    metadata,
    Column("id", Key, primary_key=True),  # the process instance (or sub-process) that is the stage
    Column("agreement_key", BusinessKey, nullable=False),
    Column("organisation", Key),
    Column("stage", Key, nullable=False),
    Column("round", Integer, nullable=False),
    Column("label", Text),  # e.g. the year of an annual review
    Column("started_at", Moment, nullable=False),
    Column("expected_by", Moment),
    Column("ended_at", Moment),
    Column("outcome", Key),  # done, returned, cancelled
    Column("returned_at", Moment),  # begun, or sent back inside itself, because somebody returned it
)
Index("ix_stage_period_agreement", stage_period.c.agreement_key, stage_period.c.stage)

decision = Table(
    "decision",
    metadata,
    Column("id", Key, primary_key=True),  # the submission
    Column("kind", Key, nullable=False),  # party (an approving body), gate (steering group and other bodies)
    Column("agreement_key", BusinessKey),
    Column("organisation", Key),
    Column("party", Key),
    Column("process_key", Key, nullable=False),
    Column("element_id", Key, nullable=False),
    Column("instance_id", Key, nullable=False),
    Column("stage", Key),
    Column("outcome", Key, nullable=False),
    Column("return_to", Key),
    Column("decided_on", Date),
    Column("body", Text),
    Column("case_number", Text),
    Column("protocol", Text),
    Column("reason", Text),
    Column("comments", Text),
    Column("person_id", Key, nullable=False),
    Column("recorded_at", Moment, nullable=False),
)
Index("ix_decision_agreement", decision.c.agreement_key, decision.c.recorded_at)

appointment = Table(
    "appointment",
    metadata,
    Column("id", Key, primary_key=True),
    Column("agreement_key", BusinessKey, nullable=False),
    Column("process_leader", Text),
    Column("steering_group", Text),
    Column("steering_group_kind", Key),
    Column("working_group", Json, nullable=False),
    Column("recorded_at", Moment, nullable=False),
)
Index("ix_appointment_agreement", appointment.c.agreement_key, appointment.c.recorded_at)

activity = Table(
    "activity",
    metadata,
    Column("id", Key, primary_key=True),
    Column("agreement_key", BusinessKey, nullable=False),
    Column("submission_id", Key, nullable=False),
    Column("position", Integer, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("superseded_at", Moment),  # a newer plan replaced this row
    Column("activity", Text, nullable=False),
    Column("when", Text),
    Column("how", Text),
    Column("by", Text),
    Column("with", Text),
    Column("target_groups", Json),
    Column("follow_up", Text),
    Column("status", Key),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("responsible", Text),
)
Index("ix_activity_agreement", activity.c.agreement_key, activity.c.superseded_at)

assessment = Table(
    "assessment",
    metadata,
    Column("id", Key, primary_key=True),
    Column("agreement_key", BusinessKey, nullable=False),
    Column("submission_id", Key, nullable=False),
    Column("stage", Key),
    Column("item", String(200), nullable=False),
    Column("level", Key, nullable=False),
    Column("evidence", Text),
    Column("recorded_at", Moment, nullable=False),
)
Index("ix_assessment_agreement", assessment.c.agreement_key, assessment.c.recorded_at)

# Key figures and ISU at group level, by sex. A missing number is NULL with a reason, never 0.
indicator = Table(
    "indicator",
    metadata,
    Column("id", Key, primary_key=True),
    Column("agreement_key", BusinessKey),
    Column("organisation", Key),
    Column("party", Key),
    Column("submission_id", Key, nullable=False),
    Column("kind", Key, nullable=False),  # indicator, isu
    Column("year", Integer),
    Column("item", String(200), nullable=False),
    Column("women", Float),
    Column("men", Float),
    Column("total", Float),
    Column("missing_reason", Text),
    Column("no_split_reason", Text),
    Column("recorded_at", Moment, nullable=False),
)
Index("ix_indicator_agreement", indicator.c.agreement_key, indicator.c.kind, indicator.c.recorded_at)

deviation = Table(
    "deviation",
    metadata,
    Column("key", BusinessKey, primary_key=True),
    Column("pack_key", Key, nullable=False),
    Column("instance_id", Key, nullable=False),
    Column("agreement_key", BusinessKey),
    Column("organisation", Key),
    Column("receiving_organisation", Key),
    Column("reported_by", Key, nullable=False),
    Column("reported_at", Moment, nullable=False),
    Column("happened", Text, nullable=False),
    Column("happened_on", Date),
    Column("place", Text),
    Column("clause", Text),
    Column("category", Text),
    Column("consequence", Text),
    Column("likelihood", Text),
    Column("principals", Json),
    Column("source", Text),
    Column("maybe_lex", Text),
    Column("external_case_number", Text),
    Column("responsibility", Text),  # the temporary division of responsibility, once agreed
    Column("responsibility_at", Moment),
    Column("lesson", Text),
    Column("system_fault", Boolean),
    Column("closed_at", Moment),
)
Index("ix_deviation_organisation", deviation.c.organisation, deviation.c.reported_at)
