"""The register of stages: when an agreement's stage began and ended, in which round, and whether it was sent back."""

from typing import Any

from sqlalchemy import func, insert, select, update

from engine.bpmn.moments import due_moment
from engine.database.register_tables import stage_period
from engine.packs import Pack
from engine.work import Instance, Work


def begin(work: Work, pack: Pack, instance: Instance, period_id: str, stage_key: str, label: str | None) -> None:
    """A stage begins. `period_id` is the process instance, or the embedded sub-process, that is the stage.

    It begins as returned when the stage that ended last in this agreement was sent back.
    """
    stage = pack.stage(stage_key)
    expected = stage.expected if stage else None
    of_agreement = stage_period.c.agreement_key == instance.agreement_key
    rounds = select(func.count()).where(of_agreement, stage_period.c.stage == stage_key)
    last_outcome = (
        select(stage_period.c.outcome)
        .where(of_agreement, stage_period.c.ended_at.is_not(None), stage_period.c.stage != "annual_review")
        .order_by(stage_period.c.ended_at.desc(), stage_period.c.started_at.desc())
        .limit(1)
    )
    count = work.connection.execute(rounds).scalar_one()
    sent_back = label is None and work.connection.execute(last_outcome).scalar() == "returned"
    row = {
        "id": period_id,
        "agreement_key": instance.agreement_key,
        "organisation": instance.organisation,
        "stage": stage_key,
        "round": count + 1,
        "label": label,
        "started_at": work.now,
        "expected_by": due_moment(work.now, expected) if expected else None,
        "returned_at": work.now if sent_back else None,
    }
    work.connection.execute(insert(stage_period).values(row))


def end(work: Work, period_id: str, outcome: str) -> None:
    """A stage has ended: done, returned or cancelled. Nothing happens when it has already, or is no stage."""
    running = (stage_period.c.id == period_id, stage_period.c.ended_at.is_(None))
    work.connection.execute(update(stage_period).where(*running).values(ended_at=work.now, outcome=outcome))


def note_return(work: Work, instance: Instance, returned: bool) -> None:
    """A gate inside a stage that goes on has sent the work back, or has let it pass after all."""
    value: dict[str, Any] = {"returned_at": work.now if returned else None}
    running = (stage_period.c.id == instance.id, stage_period.c.ended_at.is_(None))
    work.connection.execute(update(stage_period).where(*running).values(value))
