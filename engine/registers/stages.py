"""The register of stages: when an agreement's stage began and ended, in which round, and whether it was sent back."""

from sqlalchemy import bindparam, func, insert, select, update

from engine.bpmn.moments import due_moment
from engine.database.prepared import Prepared
from engine.database.register_tables import stage_period
from engine.packs import Pack
from engine.work import Instance, Work

_of_agreement = stage_period.c.agreement_key == bindparam("agreement_key")
_ROUNDS = Prepared(select(func.count()).where(_of_agreement, stage_period.c.stage == bindparam("stage")))
_LAST_OUTCOME = Prepared(
    select(stage_period.c.outcome)
    .where(_of_agreement, stage_period.c.ended_at.is_not(None), stage_period.c.stage != "annual_review")
    .order_by(stage_period.c.ended_at.desc(), stage_period.c.started_at.desc())
    .limit(1)
)
_BEGIN = Prepared(insert(stage_period))
_RUNNING = Prepared(
    update(stage_period).where(stage_period.c.id == bindparam("period_id"), stage_period.c.ended_at.is_(None))
)


def begin(work: Work, pack: Pack, instance: Instance, period_id: str, stage_key: str, label: str | None) -> None:
    """A stage begins. `period_id` is the process instance, or the embedded sub-process, that is the stage.

    It begins as returned when the stage that ended last in this agreement was sent back.
    """
    stage = pack.stage(stage_key)
    expected = stage.expected if stage else None
    mine = {"agreement_key": instance.agreement_key}
    count = _ROUNDS.scalar(work.connection, {**mine, "stage": stage_key})
    sent_back = label is None and _LAST_OUTCOME.scalar(work.connection, mine) == "returned"
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
    _BEGIN.run(work.connection, row)


def end(work: Work, period_id: str, outcome: str) -> None:
    """A stage has ended: done, returned or cancelled. Nothing happens when it has already, or is no stage."""
    _RUNNING.run(work.connection, {"period_id": period_id, "ended_at": work.now, "outcome": outcome})


def note_return(work: Work, instance: Instance, returned: bool) -> None:
    """A gate inside a stage that goes on has sent the work back, or has let it pass after all."""
    _RUNNING.run(work.connection, {"period_id": instance.id, "returned_at": work.now if returned else None})
