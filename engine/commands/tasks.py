"""What people do with user tasks: take over, let go, hand over, save a draft, complete."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Boolean, Connection, bindparam, delete, exists, insert, or_, select, update

from engine.authorisation import may_assign_task, may_be_assigned, may_work_task
from engine.commands import effects, incident_rows, instances
from engine.commands.undoing import undone_as_a_whole
from engine.database.tables import draft, submission, timer, user_task
from engine.definitions import definition_by_id
from engine.errors import AlreadyDone, Attempt, InvalidForm, NotFound, Stale
from engine.forms import routed, validate, visible
from engine.history import digest
from engine.people import Person, get_person
from engine.registers import stages
from engine.registers.projections import project
from engine.work import Instance, NextTask, Work

_DONE = "Uppgiften är redan klar. Någon annan kan ha hunnit före, inget av ditt har skrivits över."
_TAKEN = "Uppgiften har redan tagits över av någon annan."
RETURNS = frozenset({"returned", "declined"})

# Statements are made once: to make one costs SQLAlchemy several times what it costs to run it.
_TASK = select(user_task, exists().where(draft.c.task_id == user_task.c.id).label("has_draft")).where(
    user_task.c.id == bindparam("task_id")
)
_SUBMITTERS = (
    select(submission.c.person_id)
    .join(user_task, user_task.c.id == submission.c.task_id)
    .where(submission.c.instance_id == bindparam("instance_id"), ~user_task.c.gate)
    .distinct()
)
# As it was when it was read: what somebody has taken over meanwhile, or begun to write about, is looked at once more.
_COMPLETE = update(user_task).where(
    user_task.c.id == bindparam("task_id"),
    user_task.c.state == "open",
    user_task.c.definition_id == bindparam("definition_was"),
    user_task.c.assignee.is_not_distinct_from(bindparam("assignee_was")),
    or_(bindparam("has_draft", type_=Boolean), ~exists().where(draft.c.task_id == user_task.c.id)),
)
_DROP_DRAFTS = delete(draft).where(draft.c.task_id == bindparam("task_id"))
# By instance as well: there is an index on that, and none on the task.
_DROP_TIMERS = delete(timer).where(
    timer.c.instance_id == bindparam("instance_id"), timer.c.task_id == bindparam("task_id")
)
_SUBMIT = insert(submission)


@dataclass(frozen=True)
class Completed:
    """What came of completing a task."""

    instance_id: str
    next_tasks: tuple[NextTask, ...]


def claim_task(connection: Connection, now: datetime, person: Person, task_id: str) -> None:
    """Take over an open task. Raises NotFound, NotPermitted, AlreadyDone, Conflict."""
    task = _open_task(connection, task_id)
    may_work_task(person, task, _submitters(connection, task)).demand()
    _assign(connection, now, task_id, person.id, task.assignee)


def release_task(connection: Connection, now: datetime, person: Person, task_id: str) -> None:
    """Let go of a task, so that others with the role can take it."""
    task = _open_task(connection, task_id)
    may_assign_task(person, task).demand()
    _assign(connection, now, task_id, None, task.assignee)


def assign_task(connection: Connection, now: datetime, person: Person, task_id: str, assignee_id: str) -> None:
    """Hand an open task over to somebody who may do it."""
    task = _open_task(connection, task_id)
    may_assign_task(person, task).demand()
    may_be_assigned(get_person(connection, assignee_id), task, _submitters(connection, task)).demand()
    _assign(connection, now, task_id, assignee_id, task.assignee)


def save_draft(connection: Connection, now: datetime, person: Person, task_id: str, values: dict[str, Any]) -> datetime:
    """Keep what the person has written so far, however incomplete. Returns when it was saved."""
    task = _open_task(connection, task_id)
    instances.lock_tree(Work(connection, now), task.instance_id)
    task = _open_task(connection, task_id)  # whoever completes it takes the drafts away, and none may come after
    may_work_task(person, task, _submitters(connection, task)).demand()
    mine = (draft.c.task_id == task_id, draft.c.person_id == person.id)
    saved = {"values": values, "saved_at": now}
    if connection.execute(update(draft).where(*mine).values(saved)).rowcount == 0:
        connection.execute(insert(draft).values(task_id=task_id, person_id=person.id, **saved))
    return now


def complete_task(
    connection: Connection, now: datetime, person: Person, task_id: str, values: dict[str, Any]
) -> Completed:
    """Complete a task with the values of its form.

    Everything or nothing: the submission, the registers, the instance's new state and the tasks that open.
    Raises NotFound, NotPermitted, AlreadyDone, InvalidForm (with an error by field), Stale, Undone: then a later,
    automatic step failed. Whoever catches it gives it to `note_incident` in a transaction of its own.
    """
    task = _open_task(connection, task_id)
    instance = instances.load(work := Work(connection, now, person.id, person.grants), task.instance_id)
    may_work_task(person, task, _submitters(connection, task)).demand()
    definition = definition_by_id(connection, task.definition_id)
    form = definition.form(task.form_key) if task.form_key else {}
    errors = validate(form, values, work.pack(task.pack_key).catalogues)
    if errors:
        raise InvalidForm(errors)
    shown = visible(form, values)
    _mark_completed(connection, now, person, task)
    submitted = submit(work, instance, form, task.element_id, task.form_key or "", shown, task=task)
    if task.gate:
        stages.note_return(work, instance, shown.get("outcome") in RETURNS)
    if task.failed_at is not None:
        incident_rows.resolve(connection, now, task_id, "Uppgiften slutfördes.", person.id)
    element = definition.element(task.element_id)
    instances.demand_active(instance)
    with undone_as_a_whole(Attempt("task", task_id, person.id, values)):
        instances.advance(
            work,
            instance,
            lambda execution: execution.complete(task_id, routed(form, shown), element.item_variable),
            "task_completed",
            element.id,
            **submitted,
        )
        effects.drain(work)
    return Completed(instance.id, tuple(work.next_tasks))


def submit(
    work: Work,
    instance: Instance,
    form: dict[str, Any],
    element_id: str,
    form_key: str,
    values: dict[str, Any],
    task: Any = None,
    party: str | None = None,
) -> dict[str, str]:
    """Append a submission and write its facts into its register. Returns what its event has to tell of it."""
    row = {
        "id": uuid4().hex,
        "instance_id": instance.id,
        "task_id": task.id if task is not None else None,
        "definition_id": instance.definition_id,
        "process_key": instance.process_key,
        "element_id": element_id,
        "form_key": form_key,
        "register": form.get("x-register"),
        "item": task.item if task is not None else None,
        "agreement_key": instance.agreement_key,
        "organisation": instance.organisation,
        "party": task.role_organisation if task is not None else party,
        "role": task.role if task is not None else None,
        "stage": instance.stage,
        "person_id": work.actor,
        "submitted_at": work.now,
        "values": values,
    }
    work.connection.execute(_SUBMIT, row)
    project(work, row)
    return {"submission": str(row["id"]), "digest": digest(row)}


def _open_task(connection: Connection, task_id: str) -> Any:
    row = connection.execute(_TASK, {"task_id": task_id}).first()
    if row is None:
        raise NotFound("Uppgiften finns inte.")
    if row.state != "open":
        raise AlreadyDone(_DONE)
    return row


def _submitters(connection: Connection, task: Any) -> frozenset[str]:
    """Who has handed something in, in the same instance: they may not decide about it (four eyes)."""
    if not task.gate:
        return frozenset()
    return frozenset(connection.execute(_SUBMITTERS, {"instance_id": task.instance_id}).scalars())


def _assign(connection: Connection, now: datetime, task_id: str, assignee: str | None, expected: str | None) -> None:
    unchanged = (
        user_task.c.id == task_id,
        user_task.c.state == "open",
        user_task.c.assignee.is_not_distinct_from(expected),
    )
    values = {"assignee": assignee, "claimed_at": now if assignee else None}
    if connection.execute(update(user_task).where(*unchanged).values(values)).rowcount != 1:
        _open_task(connection, task_id)
        raise AlreadyDone(_TAKEN)


def _mark_completed(connection: Connection, now: datetime, person: Person, task: Any) -> None:
    """Whoever gets here first completes the task; for the other there is no open row left."""
    read = {
        "task_id": task.id,
        "definition_was": task.definition_id,
        "assignee_was": task.assignee,
        "has_draft": task.has_draft,
    }
    completed = {"state": "completed", "ended_at": now, "completed_by": person.id}
    if connection.execute(_COMPLETE, read | completed).rowcount != 1:
        _open_task(connection, task.id)
        raise Stale("Uppgiften ändrades samtidigt av någon annan. Försök igen.")
    if task.has_draft:
        connection.execute(_DROP_DRAFTS, {"task_id": task.id})
    connection.execute(_DROP_TIMERS, {"instance_id": task.instance_id, "task_id": task.id})
