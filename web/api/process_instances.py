"""Process instances: to start, to find, and what has happened in one."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from engine.authorisation import may_name_business_key
from engine.commands import start_process
from engine.errors import FieldError, InvalidForm, NotFound
from engine.packs import Pack, deployed_packs
from engine.queries.history import list_events
from engine.queries.instance_search import (
    InstanceSearch,
    InstanceStatus,
    get_diagram,
    get_instance,
    search_instances,
)
from engine.tokens import WORK
from web.api.routes import Call, Created, route
from web.api.sent_files import Attachments
from web.api.shapes import Given, Name, Paged, PageOf, Taken, Variables
from web.api.user_tasks import NextTask


class ProcessInstance(Given):
    """One run of a process."""

    id: str
    process_key: str
    process_title: str
    process_definition_id: Annotated[str, Field(validation_alias="definition_id")]
    business_key: str
    organisation: str | None
    agreement_key: str | None
    parent_id: str | None
    stage: str | None
    status: str
    started_by: Annotated[str | None, Field(description="a person's id")]
    started_at: datetime
    ended_at: datetime | None


class StartedInstance(ProcessInstance):
    """A process that has begun, and the tasks that opened."""

    next_tasks: list[NextTask]


class HistoryEvent(Given):
    """One thing that happened, as a sentence."""

    sequence: int
    at: datetime
    kind: str
    what: str
    text: str
    person_name: str | None
    reason: str | None


class DiagramStep(Given):
    """One step of the process, in words."""

    element_id: str
    name: str
    status: str
    who: str | None
    since: datetime | None


class Diagram(Given):
    """The model (BPMN 2.0 XML) and which of its elements are current or passed."""

    bpmn: str
    current: list[str]
    passed: list[str]
    steps: list[DiagramStep]


class InstanceQuery(Paged):
    process_key: Name | None = None
    business_key: Name | None = None
    organisation: Name | None = None
    status: InstanceStatus | None = None


class Start(Taken):
    process_key: Name
    business_key: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=100,
            pattern=r"^[A-Za-z0-9ÅÄÖåäö._:/-]+$",
            description="made up by the process's own pattern when left out; only for those who follow up the county",
        ),
    ] = None
    organisation: Annotated[Name | None, Field(description="a municipality's code, when the process needs one")] = None
    variables: Annotated[Variables, Field(default_factory=dict, description="values of the start form, by field")]
    attachments: Attachments


def instance_address(instance_id: str) -> str:
    return f"/api/v1/process-instances/{instance_id}"


@route(
    "POST",
    "/process-instances",
    "Start a process",
    scope=WORK,
    body=Start,
    gives=StartedInstance,
    status=201,
    refusals=(404, 409),
)
def start_process_instance(call: Call, body: Start) -> Created:
    if body.business_key is not None:
        may_name_business_key(call.person).demand()
    pack = pack_with(call, body.process_key)
    demand_known(pack, body.organisation)
    started = start_process(
        call.connection,
        call.now,
        call.person,
        body.process_key,
        organisation=body.organisation,
        business_key=body.business_key,
        values=body.variables,
        pack_key=pack.key,
        files=[attachment.file() for attachment in body.attachments],
    )
    row = get_instance(call.connection, call.person, started.instance_id)
    begun = StartedInstance.model_validate({**vars(row), "next_tasks": started.next_tasks})
    return Created(begun, instance_address(row.id))


@route(
    "GET", "/process-instances", "Process instances, the newest first", query=InstanceQuery,
    gives=PageOf[ProcessInstance],
)  # fmt: skip
def list_process_instances(call: Call, query: InstanceQuery) -> PageOf[ProcessInstance]:
    wanted = InstanceSearch(query.process_key, query.business_key, query.organisation, query.status)
    rows, onwards = search_instances(call.connection, call.person, wanted, cursor=query.cursor, limit=query.limit)
    return PageOf[ProcessInstance](items=[ProcessInstance.model_validate(row) for row in rows], next_cursor=onwards)


@route("GET", "/process-instances/<instance_id>", "One process instance", gives=ProcessInstance, refusals=(404,))
def get_process_instance(call: Call, instance_id: str) -> ProcessInstance:
    return ProcessInstance.model_validate(get_instance(call.connection, call.person, instance_id))


@route(
    "GET",
    "/process-instances/<instance_id>/history",
    "What has happened, the newest first",
    query=Paged,
    gives=PageOf[HistoryEvent],
    refusals=(404,),
)
def get_process_instance_history(call: Call, instance_id: str, query: Paged) -> PageOf[HistoryEvent]:
    get_instance(call.connection, call.person, instance_id)
    page = list_events(call.connection, instance_id=instance_id, cursor=query.cursor, limit=query.limit)
    return PageOf[HistoryEvent](
        items=[HistoryEvent.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@route("GET", "/process-instances/<instance_id>/diagram", "The model, and where it is", gives=Diagram, refusals=(404,))
def get_process_instance_diagram(call: Call, instance_id: str) -> Diagram:
    return Diagram.model_validate(get_diagram(call.connection, call.person, instance_id))


def pack_with(call: Call, process_key: str) -> Pack:
    """The first deployed pack that has the process. Raises NotFound."""
    for pack in deployed_packs(call.connection):
        if pack.process(process_key) is not None:
            return pack
    raise NotFound(f"Processen {process_key} finns inte.")


def demand_known(pack: Pack, organisation: str | None) -> None:
    """Nothing is started for an organisation that the pack does not know. Raises InvalidForm."""
    if organisation is None:
        return
    found = pack.item("organisations", organisation)
    if found is None or found.get("kind") != "municipality":
        raise InvalidForm([FieldError("organisation", "Ange en kommuns kod.")])
