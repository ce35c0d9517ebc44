"""Whose work a decision is about: who has handed something in, in the stage that it approves. They may not decide.

Decisions at gates do not count: whoever returned a draft may well decide about the next round. Nor does having
started the process. A stage may be spread over several instances, one called by the other.
"""

from typing import Any

from sqlalchemy import CompoundSelect, Select, or_, select
from sqlalchemy.orm import aliased

from engine.database.tables import process_instance, submission, user_task
from engine.database.workplace_tables import contribution


def submitters_by_instance(of_these: Any) -> CompoundSelect[str, str]:
    """(instance, person) for each instance that `of_these`, a condition on `process_instance`, picks out.

    Whoever has completed a task or written a part of one; and for whom a substitute has done it.
    """
    kin = _of_the_same_stage(of_these)
    handed_in = _by_task(kin, submission.c.person_id, submission.c.instance_id == kin.c.id)
    in_the_place_of = _by_task(kin, submission.c.acting_for, submission.c.instance_id == kin.c.id)
    # Asked so that SQLite, too, goes from the tasks to their contributions and not through all of those.
    tasks = select(user_task.c.id).where(user_task.c.instance_id == kin.c.id, ~user_task.c.gate).correlate(kin)
    written = (
        select(kin.c.origin, contribution.c.person_id)
        .select_from(kin)
        .join(contribution, contribution.c.task_id.in_(tasks))
        .where(contribution.c.done_at.is_not(None))
    )
    return handed_in.union(in_the_place_of.where(submission.c.acting_for.is_not(None)), written)


def _by_task(kin: Any, person: Any, there: Any) -> Select[str, str]:
    return (
        select(kin.c.origin, person)
        .select_from(kin)
        .join(submission, there)
        .join(user_task, user_task.c.id == submission.c.task_id)
        .where(~user_task.c.gate)
    )


def _of_the_same_stage(of_these: Any) -> Any:
    """Each instance, with those that have called it or that it has called, as far as the stage is the same."""
    columns = process_instance.c
    first = select(columns.id.label("origin"), columns.id, columns.parent_id, columns.stage).where(of_these)
    kin = first.cte("kin", recursive=True)
    other = aliased(process_instance, name="other")
    beside = or_(other.c.id == kin.c.parent_id, other.c.parent_id == kin.c.id)
    further = select(kin.c.origin, other.c.id, other.c.parent_id, other.c.stage).join(
        kin, beside & other.c.stage.is_not_distinct_from(kin.c.stage)
    )
    return kin.union(further)
