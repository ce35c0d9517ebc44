"""What a task's page shows: the form with its first values, guidance, what others handed in, what follows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.authorisation import Verdict, may_assign_task, may_see_task, may_work_task
from engine.database.register_tables import agreement
from engine.database.tables import draft, process_definition, process_instance, submission, user_task
from engine.errors import NotFound
from engine.forms import fitted
from engine.people import Person
from engine.prefill import About, prefill
from engine.queries.instances import InstanceRow, instance_row
from engine.queries.outline import read_outline
from engine.queries.submissions import SubmissionRow, latest_of_each, of_the_same_case, read_submissions, submitters
from engine.queries.task_rows import TaskRow, task_columns, task_row
from engine.queries.titles import Titles, load_titles

NO_SUCH_TASK = "Uppgiften finns inte."
DONE = "Uppgiften är redan klar."
CANCELLED = "Uppgiften behövs inte längre: arbetet har gått vidare på ett annat sätt."
CONTEXT_LIMIT = 60


@dataclass(frozen=True)
class TaskDetail:
    """One task. `context` is what set the work going and what others have handed in since, the latest of each kind.

    `previous` are earlier rounds of this very form for the same agreement and item, the newest first.
    """

    task: TaskRow
    may_complete: bool
    refusal: str | None
    may_assign: bool
    form: dict[str, Any] = field(repr=False)
    values: dict[str, Any] = field(repr=False)
    draft_version: int  # of the person's own draft, 0 when there is none
    guidance: dict[str, Any] | None
    previous: list[SubmissionRow]
    context: list[SubmissionRow]
    next_steps: list[str]
    instance: InstanceRow


def get_task(connection: Connection, person: Person, now: datetime, task_id: str) -> TaskDetail:
    """The task with what surrounds it. Raises `NotFound`, or `NotPermitted` when it concerns other organisations."""
    row = connection.execute(task_columns(person.id).where(user_task.c.id == task_id)).first()
    if row is None:
        raise NotFound(NO_SUCH_TASK)
    titles = load_titles(connection)
    task = task_row(row, titles)
    may_see_task(person, task).demand()
    definition = connection.execute(
        select(process_definition).where(process_definition.c.id == row.definition_id)
    ).one()
    instance = connection.execute(select(process_instance).where(process_instance.c.id == row.instance_id)).one()
    form = definition.forms.get(row.form_key) or {"type": "object", "title": row.name, "properties": {}}
    form = fitted(form, task.role_organisation)
    handed_in = read_submissions(connection, titles, _surrounding(task, instance))
    verdict = _may_complete(person, task, submitters(connection, task.instance_id))
    open_now = task.state == "open"
    values, draft_version = _values(connection, person, now, task, form) if open_now else ({}, 0)
    return TaskDetail(
        task=task,
        may_complete=bool(verdict),
        refusal=verdict.refusal,
        may_assign=open_now and bool(may_assign_task(person, task)),
        form=form,
        values=values,
        draft_version=draft_version,
        guidance=_guidance(titles, row),
        previous=[old for old in handed_in if _is_same_form(old, task)],
        context=_context(handed_in, task, instance),
        next_steps=_next_steps(connection, definition.bpmn, row.element_id, instance),
        instance=instance_row(instance, titles),
    )


def _may_complete(person: Person, task: TaskRow, handed_in_by: frozenset[str]) -> Verdict:
    if task.state != "open":
        return Verdict(DONE if task.state == "completed" else CANCELLED)
    return may_work_task(person, task, handed_in_by)


def _values(
    connection: Connection, person: Person, now: datetime, task: TaskRow, form: dict[str, Any]
) -> tuple[dict[str, Any], int]:
    """The person's own draft with its version, else what can be filled in beforehand."""
    saved = select(draft.c["values"], draft.c.version).where(draft.c.task_id == task.id, draft.c.person_id == person.id)
    if (own := connection.execute(saved).first()) is not None:
        return dict(own[0]), int(own.version)
    predecessor = connection.execute(
        select(agreement.c.predecessor_key).where(agreement.c.key == task.agreement_key)
    ).scalar()
    about = About(
        instance_id=task.instance_id,
        form_key=task.form_key or "",
        item=task.item,
        agreement_key=task.agreement_key,
        predecessor_key=predecessor,
        organisation=task.organisation,
        now=now,
    )
    return prefill(connection, form, about), 0


def _surrounding(task: TaskRow, instance: Row[Any]) -> Any:
    same_instance = submission.c.instance_id == task.instance_id
    if task.agreement_key is None:
        return same_instance
    same_form = of_the_same_case(task.agreement_key, task.instance_id) & (submission.c.form_key == task.form_key)
    cause = (submission.c.agreement_key == task.agreement_key) & (submission.c.submitted_at == instance.started_at)
    return same_instance | same_form | cause


def _is_same_form(old: SubmissionRow, task: TaskRow) -> bool:
    return old.form_key == task.form_key and old.item == task.item


def _context(handed_in: list[SubmissionRow], task: TaskRow, instance: Row[Any]) -> list[SubmissionRow]:
    others = [row for row in handed_in if not _is_same_form(row, task) and _concerns(row, instance)]
    return latest_of_each(others)[-CONTEXT_LIMIT:]


def _concerns(row: SubmissionRow, instance: Row[Any]) -> bool:
    """Handed in here, or what a called process was started by, in the same moment: a steering group that sends work
    back a phase does it in another instance, and whoever takes the work up again needs to read its comments."""
    caused = instance.parent_id is not None and row.submitted_at == instance.started_at
    return bool(caused) or row.instance_id == str(instance.id)


def _guidance(titles: Titles, row: Row[Any]) -> dict[str, Any] | None:
    pack = titles.packs.get(row.pack_key)
    return pack.item(row.catalogue, row.item) if pack and row.catalogue and row.item else None


def _next_steps(connection: Connection, bpmn: str, element_id: str, instance: Row[Any]) -> list[str]:
    """What can come next; where this process can end, also what the process that called it goes on with."""
    names, ends = read_outline(bpmn).next_steps(element_id)
    if not ends or instance.parent_id is None:
        return names
    tables = process_instance.join(process_definition, process_definition.c.id == process_instance.c.definition_id)
    query = select(process_definition.c.bpmn).select_from(tables).where(process_instance.c.id == instance.parent_id)
    caller = read_outline(connection.execute(query).scalar_one())
    onwards, _ = caller.next_steps(instance.parent_element_id or "")
    return list(dict.fromkeys([*names, *onwards]))
