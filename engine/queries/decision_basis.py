"""What a decision rests on: what was handed in, what stood there the last time, and what is still open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.database.tables import submission, user_task
from engine.people import Person
from engine.queries.agreement_document import AgreementDocument, get_document
from engine.queries.agreement_versions import TEXT_STAGES
from engine.queries.decisions import RecordedDecision, list_decisions
from engine.queries.deviations import DeviationRow, list_deviations
from engine.queries.submissions import SubmissionRow, of_the_same_case, read_submissions
from engine.queries.task_rows import TaskRow, task_columns, task_row
from engine.queries.titles import load_titles


@dataclass(frozen=True)
class DecisionBasis:
    """`before` holds, by the id of a submission in the task's context, the one that it replaced."""

    before: dict[str, SubmissionRow]
    open_deviations: list[DeviationRow]
    decisions: list[RecordedDecision]
    document: AgreementDocument | None  # the proposal, when it is the agreement's own text that is decided about


def get_decision_basis(
    connection: Connection, person: Person, now: datetime, task: TaskRow, context: list[SubmissionRow]
) -> DecisionBasis:
    """What to lay beside the submissions in `context` when somebody decides about them."""
    titles = load_titles(connection)
    same = of_the_same_case(task.agreement_key, task.instance_id) if task.agreement_key else _same_instance(task)
    forms = submission.c.form_key.in_({row.form_key for row in context})
    older = read_submissions(connection, titles, same, forms) if context else []
    deviations = list_deviations(connection, person, now, organisation=task.organisation, open_only=True)
    about = {"agreement_key": task.agreement_key} if task.agreement_key else {"instance_id": task.instance_id}
    return DecisionBasis(
        before={row.id: found for row in context if (found := _before(row, older)) is not None},
        open_deviations=deviations if task.organisation and task.agreement_key else [],
        decisions=list_decisions(connection, person, **about),
        document=_document(connection, person, now, task),
    )


def following_tasks(connection: Connection, person: Person, task: TaskRow) -> list[TaskRow]:
    """The tasks that opened when this one was completed: they were created in the same moment, about the same thing."""
    if task.ended_at is None:
        return []
    about = user_task.c.agreement_key == task.agreement_key
    if task.agreement_key is None:
        about = user_task.c.business_key == task.business_key
    query = task_columns(person.id).where(about, user_task.c.created_at == task.ended_at, user_task.c.state == "open")
    titles = load_titles(connection)
    return [task_row(row, titles) for row in connection.execute(query.order_by(user_task.c.due_at, user_task.c.id))]


def _same_instance(task: TaskRow) -> Any:
    return submission.c.instance_id == task.instance_id


def _document(connection: Connection, person: Person, now: datetime, task: TaskRow) -> AgreementDocument | None:
    if task.agreement_key is None or task.stage not in TEXT_STAGES or task.organisation is None:
        return None
    return get_document(connection, person, now, task.agreement_key)


def _before(row: SubmissionRow, older: list[SubmissionRow]) -> SubmissionRow | None:
    """The newest one on the same form, about the same item and for the same party, that was handed in earlier."""
    kind = (row.form_key, row.item, row.party)
    return next(
        (old for old in older if (old.form_key, old.item, old.party) == kind and old.submitted_at < row.submitted_at),
        None,
    )
