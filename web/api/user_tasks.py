"""User tasks: to find, to take over, to write on and to complete."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from engine.commands import assign_task, claim_task, complete_task, release_task, save_draft
from engine.people import find_person
from engine.queries.attachments import files_of_task
from engine.queries.task_detail import get_task
from engine.queries.task_search import Order, TaskSearch, search_tasks
from engine.tokens import WORK
from web.api.routes import Call, route
from web.api.sent_files import Attachments, put_with_task
from web.api.shapes import Given, Moment, Name, Paged, PageOf, Taken, Variables

State = Literal["open", "completed", "cancelled", "all"]


class UserTask(Given):
    """What a person with a role is to do."""

    id: str
    name: str
    item: str | None
    item_title: str | None
    state: str
    element_id: str
    form_key: str | None
    gate: bool
    process_key: str
    process_instance_id: Annotated[str, Field(validation_alias="instance_id")]
    business_key: str
    agreement_key: str | None
    organisation: str | None
    stage: str | None
    role: str
    role_organisation: str
    assignee: Annotated[str | None, Field(validation_alias="assignee_id", description="the person's id")]
    assignee_name: str | None
    created_at: datetime
    follow_up_at: datetime | None
    due_at: datetime
    ended_at: datetime | None


class Attachment(Given):
    """A file that belongs to a task: as the answer to `field` of its form, or beside it."""

    id: str
    name: str
    field: str | None
    media_type: str
    size: Annotated[int, Field(description="bytes")]
    sha256: str
    added_at: datetime
    person_name: str


class UserTaskWithForm(UserTask):
    """One task with its form (JSON Schema) and what the person has written so far, or may begin with."""

    form: dict[str, Any]
    variables: Variables
    draft_version: Annotated[int, Field(description="of the person's own draft; 0 when there is none")]
    attachments: Annotated[list[Attachment], Field(description="files that go with it when it is completed")]
    may_complete: bool
    may_assign: bool
    refusal: Annotated[str | None, Field(description="why the person may not complete it")]
    next_steps: list[str]


class NextTask(Given):
    """A task that opened; `mine` says whether the one who acted may do it."""

    id: str
    name: str
    role: str
    role_organisation: str
    mine: bool


class Completion(Given):
    """What came of completing a task."""

    process_instance_id: Annotated[str, Field(validation_alias="instance_id")]
    next_tasks: list[NextTask]


class SavedDraft(Given):
    saved_at: datetime
    version: int


class TaskQuery(Paged):
    state: State = "open"
    role: Name | None = None
    role_organisation: Annotated[Name | None, Field(description="where the role must be held")] = None
    organisation: Annotated[Name | None, Field(description="whom it is about")] = None
    assignee: Annotated[Name | None, Field(description="a username, a person's id, or `me`")] = None
    process_key: Name | None = None
    process_instance_id: Name | None = None
    business_key: Name | None = None
    due_before: Moment | None = None
    sort: Annotated[Order, Field(description="a minus puts the latest first")] = "due_at"


class Assignment(Taken):
    assignee: Annotated[Name | None, Field(description="a username or a person's id; yourself when left out")] = None


class FormValues(Taken):
    variables: Annotated[Variables, Field(description="values of the task's form, by field")]


class HandedIn(FormValues):
    """Also what was put with the task before, on its page, is handed in."""

    attachments: Attachments


class DraftValues(FormValues):
    version: Annotated[
        int | None, Field(description="`draft_version` that they build on; left out, they replace whatever is there")
    ] = None


@route("GET", "/user-tasks", "The tasks that you may see", query=TaskQuery, gives=PageOf[UserTask])
def list_user_tasks(call: Call, query: TaskQuery) -> PageOf[UserTask]:
    wanted = TaskSearch(
        state=None if query.state == "all" else query.state,
        role=query.role,
        role_organisation=query.role_organisation,
        organisation=query.organisation,
        assignee_id=_person_id(call, query.assignee) if query.assignee else None,
        process_key=query.process_key,
        instance_id=query.process_instance_id,
        business_key=query.business_key,
        due_before=query.due_before,
        order=query.sort,
    )
    rows, onwards = search_tasks(call.connection, call.person, wanted, cursor=query.cursor, limit=query.limit)
    return PageOf[UserTask](items=[UserTask.model_validate(row) for row in rows], next_cursor=onwards)


@route("GET", "/user-tasks/<task_id>", "One task with its form", gives=UserTaskWithForm, refusals=(404,))
def get_user_task(call: Call, task_id: str) -> UserTaskWithForm:
    detail = get_task(call.connection, call.person, call.now, task_id)
    more = {
        "form": detail.form,
        "variables": detail.values,
        "draft_version": detail.draft_version,
        "attachments": files_of_task(call.connection, task_id),
        "may_complete": detail.may_complete,
        "may_assign": detail.may_assign,
        "refusal": detail.refusal,
        "next_steps": detail.next_steps,
    }
    return UserTaskWithForm.model_validate({**vars(detail.task), **more})


@route(
    "POST",
    "/user-tasks/<task_id>/assignment",
    "Take a task over, or hand it over",
    scope=WORK,
    body=Assignment,
    gives=UserTask,
    refusals=(404, 409),
)
def assign_user_task(call: Call, task_id: str, body: Assignment) -> UserTask:
    if body.assignee is None:
        claim_task(call.connection, call.now, call.person, task_id)
    else:
        assign_task(call.connection, call.now, call.person, task_id, _person_id(call, body.assignee))
    return _task(call, task_id)


@route("DELETE", "/user-tasks/<task_id>/assignee", "Let go of a task", scope=WORK, gives=UserTask, refusals=(404, 409))
def release_user_task(call: Call, task_id: str) -> UserTask:
    release_task(call.connection, call.now, call.person, task_id)
    return _task(call, task_id)


@route(
    "PUT",
    "/user-tasks/<task_id>/draft",
    "Keep what has been written so far",
    scope=WORK,
    body=DraftValues,
    gives=SavedDraft,
    refusals=(404, 409),
)
def save_user_task_draft(call: Call, task_id: str, body: DraftValues) -> SavedDraft:
    saved = save_draft(call.connection, call.now, call.person, task_id, body.variables, version=body.version)
    return SavedDraft.model_validate(saved)


@route(
    "POST",
    "/user-tasks/<task_id>/completion",
    "Complete a task with the values of its form",
    scope=WORK,
    body=HandedIn,
    gives=Completion,
    refusals=(404, 409),
)
def complete_user_task(call: Call, task_id: str, body: HandedIn) -> Completion:
    put_with_task(call, task_id, body.attachments)
    done = complete_task(call.connection, call.now, call.person, task_id, body.variables)
    return Completion.model_validate(done)


def _task(call: Call, task_id: str) -> UserTask:
    return UserTask.model_validate(get_task(call.connection, call.person, call.now, task_id).task)


def _person_id(call: Call, named: str) -> str:
    """A person by username, else by what must be an id."""
    if named == "me":
        return call.person.id
    found = find_person(call.connection, named)
    return found.id if found else named
