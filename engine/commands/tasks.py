"""What people do with user tasks: take over, let go, hand over, complete."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Boolean, Connection, bindparam, delete, exists, insert, or_, select, update

from engine.authorisation import may_assign_task, may_be_assigned, may_work_task
from engine.bpmn.definitions import Definition
from engine.clock import local_date
from engine.commands import effects, incident_rows, instance_rows, instances, notices, task_files
from engine.commands.undoing import undone_as_a_whole
from engine.database.prepared import Prepared
from engine.database.tables import draft, process_instance, submission, timer, user_task
from engine.definitions import definition_by_id
from engine.errors import AlreadyDone, Attempt, InvalidForm, NotFound, Stale
from engine.forms import Circumstances, fitted, routed, validate, visible
from engine.four_eyes import submitters_by_instance
from engine.history import digest
from engine.people import Person
from engine.registers import stages
from engine.registers.projections import project
from engine.substitutes import acting_person
from engine.work import Instance, NextTask, Work

_DONE = "Uppgiften är redan klar. Någon annan kan ha hunnit före, inget av ditt har skrivits över."
_TAKEN = "Uppgiften har redan tagits över av någon annan."
RETURNS = frozenset({"returned", "declined"})

# Statements are made once: to make one costs SQLAlchemy several times what it costs to run it.
_task = select(
    user_task,
    exists().where(draft.c.task_id == user_task.c.id).label("has_draft"),
    exists().where(*task_files.not_handed_in(user_task.c.id)).label("has_files"),
).where(user_task.c.id == bindparam("task_id"))
_TASK = Prepared(_task)
_TASK_AND_TREE = Prepared(instance_rows.locking_tree(_task, user_task.c.instance_id))
_SUBMITTERS = Prepared(submitters_by_instance(process_instance.c.id == bindparam("instance_id")))
# As it was when it was read: what somebody has taken over meanwhile, or begun to write about, is looked at once more.
_COMPLETE = Prepared(
    update(user_task).where(
        user_task.c.id == bindparam("task_id"),
        user_task.c.state == "open",
        user_task.c.definition_id == bindparam("definition_was"),
        user_task.c.assignee.is_not_distinct_from(bindparam("assignee_was")),
        or_(bindparam("has_draft", type_=Boolean), ~exists().where(draft.c.task_id == user_task.c.id)),
        or_(bindparam("has_files", type_=Boolean), ~exists().where(*task_files.not_handed_in(user_task.c.id))),
    )
)
# A colleague's draft stays for its author to read, see engine.commands.drafts.
_DROP_DRAFT = Prepared(
    delete(draft).where(draft.c.task_id == bindparam("task_id"), draft.c.person_id == bindparam("person_id"))
)
# By instance as well: there is an index on that, and none on the task.
_DROP_TIMERS = Prepared(
    delete(timer).where(timer.c.instance_id == bindparam("instance_id"), timer.c.task_id == bindparam("task_id"))
)
_SUBMIT = Prepared(insert(submission))


@dataclass(frozen=True)
class Completed:
    """What came of completing a task."""

    instance_id: str
    next_tasks: tuple[NextTask, ...]


def claim_task(connection: Connection, now: datetime, person: Person, task_id: str) -> None:
    """Take over an open task. Raises NotFound, NotPermitted, AlreadyDone, Conflict."""
    task = open_task(connection, task_id)
    may_work_task(person, task, submitters(connection, task)).demand()
    # What a substitute takes over stays with whoever is away: it is theirs again when they are back.
    owner = person.acts_for(task.role, task.role_organisation) or person.id
    _assign(connection, now, task_id, owner, task.assignee)


def release_task(connection: Connection, now: datetime, person: Person, task_id: str) -> None:
    """Let go of a task, so that others with the role can take it."""
    task = open_task(connection, task_id)
    may_assign_task(person, task).demand()
    _assign(connection, now, task_id, None, task.assignee)


def assign_task(connection: Connection, now: datetime, person: Person, task_id: str, assignee_id: str) -> None:
    """Hand an open task over to somebody who may do it."""
    task = open_task(connection, task_id)
    may_assign_task(person, task).demand()
    candidate = acting_person(connection, now, assignee_id)
    may_be_assigned(candidate, task, submitters(connection, task)).demand()
    _assign(connection, now, task_id, assignee_id, task.assignee)
    if assignee_id != person.id:
        notices.tell_of_hand_over(Work(connection, now, person.id, person.grants), task, person.name, assignee_id)


def complete_task(
    connection: Connection, now: datetime, person: Person, task_id: str, values: dict[str, Any]
) -> Completed:
    """Complete a task with the values of its form.

    Everything or nothing: the submission, the registers, the instance's new state and the tasks that open.
    Raises NotFound, NotPermitted, AlreadyDone, InvalidForm (with an error by field), Stale, Undone: then a later,
    automatic step failed. Whoever catches it gives it to `note_incident` in a transaction of its own.
    """
    work = Work(connection, now, person.id, person.grants)
    # Locked on the way: a statement fewer. What somebody changed of the task meanwhile shows when it is marked.
    task = open_task(connection, task_id, _TASK if instance_rows.one_writes_at_a_time(work) else _TASK_AND_TREE)
    instance = instance_rows.read(work, task.instance_id)
    may_work_task(person, task, submitters(connection, task)).demand()
    definition = definition_by_id(connection, task.definition_id)
    form = fitted(definition.form(task.form_key), task.role_organisation) if task.form_key else {}
    files = task_files.waiting(connection, task_id) if task.has_files else []
    values = task_files.named_in(form, values, files)
    errors = validate(form, values, work.pack(task.pack_key).catalogues, Circumstances(local_date(now)))
    if errors:
        raise InvalidForm(errors)
    shown = visible(form, values)
    _mark_completed(connection, now, person, task)
    handed_in = task_files.told_in(shown, files)
    absent = person.acts_for(task.role, task.role_organisation, task.assignee)
    submitted = submit(
        work, instance, form, task.element_id, task.form_key or "", handed_in, task=task, acting_for=absent
    )
    if files:
        task_files.hand_in(connection, files, submitted["submission"])
    if task.gate:
        stages.note_return(work, instance, shown.get("outcome") in RETURNS)
    if task.failed_at is not None:
        incident_rows.resolve(connection, now, task_id, "Uppgiften slutfördes.", person.id)
    element = definition.element(task.element_id)
    instance_rows.demand_active(instance)
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
    acting_for: str | None = None,
    definition: Definition | None = None,
) -> dict[str, str]:
    """Append a submission and write its facts into its register. Returns what its event has to tell of it.

    `acting_for`: the person who was away, when a substitute hands it in. `definition`: where the form stands, when it
    is not the instance's own.
    """
    row = {
        "id": uuid4().hex,
        "instance_id": instance.id,
        "task_id": task.id if task is not None else None,
        "definition_id": definition.id if definition else instance.definition_id,
        "process_key": definition.process_key if definition else instance.process_key,
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
        "acting_for": acting_for,
        "submitted_at": work.now,
        "values": values,
    }
    _SUBMIT.run(work.connection, row)
    project(work, row)
    told = {"submission": str(row["id"]), "digest": digest(row)}
    return told | {"for": acting_for} if acting_for else told


def open_task(connection: Connection, task_id: str, query: Prepared = _TASK) -> Any:
    """The task's row. Raises NotFound, AlreadyDone when it is not open."""
    row = query.first(connection, {"task_id": task_id})
    if row is None:
        raise NotFound("Uppgiften finns inte.")
    if row.state != "open":
        raise AlreadyDone(_DONE)
    return row


def submitters(connection: Connection, task: Any) -> frozenset[str]:
    """Who has handed something in, in the same stage: they may not decide about it (see `engine.four_eyes`)."""
    if not task.gate:
        return frozenset()
    return frozenset(person for _, person in _SUBMITTERS.all(connection, {"instance_id": task.instance_id}))


def _assign(connection: Connection, now: datetime, task_id: str, assignee: str | None, expected: str | None) -> None:
    unchanged = (
        user_task.c.id == task_id,
        user_task.c.state == "open",
        user_task.c.assignee.is_not_distinct_from(expected),
    )
    values = {"assignee": assignee, "claimed_at": now if assignee else None}
    if connection.execute(update(user_task).where(*unchanged).values(values)).rowcount != 1:
        open_task(connection, task_id)
        raise AlreadyDone(_TAKEN)


def _mark_completed(connection: Connection, now: datetime, person: Person, task: Any) -> None:
    """Whoever gets here first completes the task; for the other there is no open row left."""
    read = {
        "task_id": task.id,
        "definition_was": task.definition_id,
        "assignee_was": task.assignee,
        "has_draft": task.has_draft,
        "has_files": task.has_files,
    }
    completed = {"state": "completed", "ended_at": now, "completed_by": person.id}
    if _COMPLETE.run(connection, read | completed) != 1:
        open_task(connection, task.id)
        raise Stale("Uppgiften ändrades samtidigt av någon annan. Försök igen.")
    if task.has_draft:
        _DROP_DRAFT.run(connection, {"task_id": task.id, "person_id": person.id})
    _DROP_TIMERS.run(connection, {"instance_id": task.instance_id, "task_id": task.id})
