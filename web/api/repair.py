"""What operators do with a running process instance. Each takes a reason, which stands in the instance's history."""

from typing import Annotated, Literal

from pydantic import Field

from engine.commands import Step, cancel_instance, modify_instance, resume_instance, suspend_instance
from engine.queries.instance_search import get_instance
from engine.tokens import OPERATE
from web.api.process_instances import ProcessInstance, StartedInstance
from web.api.routes import Call, route
from web.api.shapes import Name, Taken, Variables


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


def _instance(call: Call, instance_id: str) -> ProcessInstance:
    return ProcessInstance.model_validate(get_instance(call.connection, call.person, instance_id))
