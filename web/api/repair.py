"""What operators do with a running process instance. Each takes a reason, which stands in the instance's history."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from engine.commands import (
    InstancePlan,
    Step,
    cancel_instance,
    migrate_instance,
    modify_instance,
    plan_migration,
    resume_instance,
    suspend_instance,
)
from engine.definitions import definition_by_id
from engine.errors import Conflict
from engine.queries.instance_search import get_instance
from engine.tokens import OPERATE
from web.api.process_instances import ProcessInstance, StartedInstance
from web.api.routes import Call, route
from web.api.shapes import Given, Name, Taken, Variables


class Reasoned(Taken):
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class Instruction(Taken):
    """One change: cancel what waits at an element, or start before or after one."""

    kind: Literal["cancel", "start_before", "start_after"]
    element_id: Name
    task_id: Annotated[Name | None, Field(description="only this one of the tasks that wait at the element")] = None
    scope_id: Annotated[Name | None, Field(description="the embedded sub-process to start in")] = None
    variables: Annotated[Variables, Field(default_factory=dict, description="put into the new token's data")]


class Modification(Reasoned):
    instructions: Annotated[list[Instruction], Field(min_length=1, max_length=50)]


class Migration(Reasoned):
    to_version: Annotated[int, Field(ge=1, le=1_000_000, description="of the same process")]
    mapping: Annotated[
        dict[str, str | None],
        Field(default_factory=dict, description="element ids that are gone, to those that take over; null drops"),
    ]
    dry_run: Annotated[bool, Field(description="only tell what would happen")] = False


class Fate(Given):
    """What becomes of one thing that the instance waits for: kept, moved, dropped, lost (refused) or added."""

    kind: str
    element_id: str
    name: str
    becomes: str
    to_element: str | None
    due_at: datetime | None
    note: str | None


class MigrationOutcome(Given):
    """What became of everything, or would; `refusals` say why it cannot be done."""

    process_instance_id: Annotated[str, Field(validation_alias="instance_id")]
    fates: list[Fate]
    refusals: list[str]


@route(
    "POST",
    "/process-instances/<instance_id>/cancellation",
    "End an instance before its time",
    scope=OPERATE,
    body=Reasoned,
    gives=ProcessInstance,
    refusals=(404, 409),
)
def cancel_process_instance(call: Call, instance_id: str, body: Reasoned) -> ProcessInstance:
    cancel_instance(call.connection, call.now, call.person, instance_id, body.reason)
    return _instance(call, instance_id)


@route(
    "POST",
    "/process-instances/<instance_id>/suspension",
    "Let an instance rest",
    scope=OPERATE,
    body=Reasoned,
    gives=ProcessInstance,
    refusals=(404, 409),
)
def suspend_process_instance(call: Call, instance_id: str, body: Reasoned) -> ProcessInstance:
    suspend_instance(call.connection, call.now, call.person, instance_id, body.reason)
    return _instance(call, instance_id)


@route(
    "POST",
    "/process-instances/<instance_id>/resumption",
    "Let a suspended instance go on",
    scope=OPERATE,
    body=Reasoned,
    gives=ProcessInstance,
    refusals=(404, 409),
)
def resume_process_instance(call: Call, instance_id: str, body: Reasoned) -> ProcessInstance:
    resume_instance(call.connection, call.now, call.person, instance_id, body.reason)
    return _instance(call, instance_id)


@route(
    "POST",
    "/process-instances/<instance_id>/modification",
    "Cancel and start elements by hand, all or none",
    scope=OPERATE,
    body=Modification,
    gives=StartedInstance,
    refusals=(404, 409),
)
def modify_process_instance(call: Call, instance_id: str, body: Modification) -> StartedInstance:
    steps = [Step(**instruction.model_dump()) for instruction in body.instructions]
    done = modify_instance(call.connection, call.now, call.person, instance_id, body.reason, steps)
    row = get_instance(call.connection, call.person, instance_id)
    return StartedInstance.model_validate({**vars(row), "next_tasks": done.next_tasks})


@route(
    "POST",
    "/process-instances/<instance_id>/migration",
    "Move an instance to another version of its process, or tell what that would do",
    scope=OPERATE,
    body=Migration,
    gives=MigrationOutcome,
    refusals=(404, 409),
)
def migrate_process_instance(call: Call, instance_id: str, body: Migration) -> MigrationOutcome:
    if body.dry_run:
        return MigrationOutcome.model_validate(_plan(call, instance_id, body))
    done = migrate_instance(
        call.connection, call.now, call.person, instance_id, body.to_version, body.reason, body.mapping
    )
    return MigrationOutcome.model_validate(done)


def _plan(call: Call, instance_id: str, body: Migration) -> InstancePlan:
    row = get_instance(call.connection, call.person, instance_id)
    version = definition_by_id(call.connection, row.definition_id).version
    whole = plan_migration(
        call.connection,
        call.now,
        call.person,
        row.process_key,
        version,
        body.to_version,
        body.mapping,
        pack_key=row.pack_key,
    )
    planned = next((plan for plan in whole.instances if plan.instance_id == instance_id), None)
    if planned is None:
        raise Conflict("Ärendet är redan avslutat. Inget har ändrats.")
    return planned


def _instance(call: Call, instance_id: str) -> ProcessInstance:
    return ProcessInstance.model_validate(get_instance(call.connection, call.person, instance_id))
