"""Starts, advances and cancels process instances: loads one, lets it take a step, and writes what came of it.

Everything happens in the caller's transaction. Called processes follow: one begins when its call activity is reached,
is cancelled with its caller, and gives its data back when it ends.
"""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, delete, insert, or_, select, update

from engine.bpmn import expressions
from engine.bpmn.definitions import Definition
from engine.bpmn.elements import Element
from engine.bpmn.execution import Execution, Surroundings, Waiting, WaitState
from engine.commands import incident_rows, instance_rows, open_tasks
from engine.commands.broadcasts import broadcast
from engine.database.prepared import Prepared
from engine.database.tables import process_instance, subscription, timer, user_task
from engine.definitions import definition_by_id, latest_definition
from engine.errors import ExecutionFailed
from engine.handlers import Call, run_handler
from engine.history import FIRST_HASH, Log
from engine.packs import Pack
from engine.registers import deviations, stages
from engine.work import Instance, Work

NOTHING = WaitState({}, {}, {}, {}, {}, completed=False)

_BEGIN = Prepared(insert(process_instance))
_CALLED = Prepared(
    select(process_instance).where(
        process_instance.c.parent_id == bindparam("caller_id"),
        or_(process_instance.c.status == "active", process_instance.c.status == "suspended"),
    )
)

# What goes with an instance that is cancelled.
_CANCEL = Prepared(update(process_instance).where(process_instance.c.id == bindparam("instance_id")))
_open_here = (user_task.c.instance_id == bindparam("of_instance"), user_task.c.state == "open")
_CANCEL_TASKS = Prepared(update(user_task).where(*_open_here).values(state="cancelled", ended_at=bindparam("now")))
_DROP_TIMERS = Prepared(delete(timer).where(timer.c.instance_id == bindparam("of_instance")))
_UNSUBSCRIBE = Prepared(delete(subscription).where(subscription.c.instance_id == bindparam("of_instance")))


def begin(
    work: Work,
    definition: Definition,
    *,
    business_key: str,
    organisation: str | None,
    agreement_key: str | None,
    variables: dict[str, Any],
    caller: Instance | None = None,
    caller_task_id: str | None = None,
    caller_element_id: str | None = None,
    stage: str | None = None,
    label: str | None = None,
    on_begun: Callable[[Instance], dict[str, str]] | None = None,
) -> Instance:
    """Start an instance and take it to its first wait state. `variables` are its first data.

    `on_begun` is called when the instance's row is there, before its first step; the history tells what it returns.
    """
    pack = work.pack(definition.pack_key)
    instance_id = uuid4().hex
    instance = Instance(
        id=instance_id,
        definition_id=definition.id,
        pack_key=definition.pack_key,
        process_key=definition.process_key,
        business_key=business_key,
        organisation=organisation,
        agreement_key=agreement_key,
        parent_id=caller.id if caller else None,
        parent_task_id=caller_task_id,
        parent_element_id=caller_element_id,
        root_id=caller.root_id if caller else instance_id,
        stage=stage or (caller.stage if caller else None),
        status="active",
        started_by=work.actor if caller is None else caller.started_by,
        started_at=work.now,
        revision=0,
        sequence=0,
        event_hash=FIRST_HASH,
        troubled=False,
        state=b"",
    )
    _BEGIN.run(work.connection, vars(instance))
    if stage and agreement_key:
        stages.begin(work, pack, instance, instance.id, stage, label)
    told = on_begun(instance) if on_begun is not None else {}
    first = {name: pack.parameters[name] for name in definition.collections if name in pack.parameters}
    data = {**first, "organisation": organisation, "business_key": business_key, **variables}
    log = Log(work, instance)
    log.add("started", **told)
    surroundings = _surroundings(work, instance, pack, definition)
    execution = Execution.start(definition.spec, definition.sub_specs, surroundings, data)
    _store(work, instance, pack, definition, execution, NOTHING, log)
    return instance


def advance(
    work: Work, instance: Instance, step: Callable[[Execution], object], kind: str, element_id: str | None, **data: Any
) -> None:
    """Let the instance take one step, and write what came of it. `kind` and `data` describe the step in its history.

    Raises Conflict when the instance is suspended or over, Stale when another transaction changed it meanwhile.
    """
    instance_rows.demand_active(instance)
    pack = work.pack(instance.pack_key)
    definition = definition_by_id(work.connection, instance.definition_id)
    surroundings = _surroundings(work, instance, pack, definition)
    execution = Execution.resume(definition.spec, definition.sub_specs, surroundings, instance.state)
    before = execution.waited or execution.wait_state()
    log = Log(work, instance)
    log.add(kind, element_id, **data)
    try:
        step(execution)
        _store(work, instance, pack, definition, execution, before, log)
    except ExecutionFailed as error:
        error.instance_ids.append(instance.id)
        error.element_id = error.element_id or element_id
        raise


def cancel(work: Work, instance: Instance, reason: str) -> None:
    """Cancel an instance with everything that it waits for and has called."""
    connection = work.connection
    log = Log(work, instance)
    log.add("cancelled", None, reason=reason)
    log.write()
    values = {"status": "cancelled", "ended_at": work.now, "end_reason": reason, **instance_rows.bookkeeping(instance)}
    _CANCEL.run(connection, {"instance_id": instance.id, **values})
    here = {"of_instance": instance.id}
    _CANCEL_TASKS.run(connection, {**here, "now": work.now})
    _DROP_TIMERS.run(connection, here)
    _UNSUBSCRIBE.run(connection, here)
    stages.end(work, instance.id, "cancelled")
    incident_rows.resolve_all(connection, work.now, instance.id, "Ärendet avbröts.", work.actor)
    _cancel_called(work, instance.id, None, reason)


def _surroundings(work: Work, instance: Instance, pack: Pack, definition: Definition) -> Surroundings:
    def call_handler(element_id: str, data: dict[str, Any]) -> dict[str, Any]:
        call = Call(work, instance, pack, definition.element(element_id), data)
        return run_handler(call)

    def decide(element_id: str, data: dict[str, Any]) -> dict[str, Any]:
        return definition.decide(element_id, {**pack.parameters, **data})

    return Surroundings(work.now, pack.parameters, call_handler, decide)


def _store(
    work: Work,
    instance: Instance,
    pack: Pack,
    definition: Definition,
    execution: Execution,
    before: WaitState,
    log: Log,
) -> None:
    """Write the instance's new state and rows, then let called and calling processes follow."""
    after = execution.wait_state()
    for element_id, _ in execution.passed:
        log.add("passed", element_id, **work.told.pop((instance.id, element_id), {}))
    for name in execution.signals:
        log.add("signal_sent", name=name)
    if after.completed:
        log.add("completed")
        instance.status = "completed"
    log.write()
    passed = {task_id for _, task_id in execution.passed}
    open_tasks.record(work, instance, pack, definition, before, after, passed)
    _record_scopes(work, instance, pack, definition, before, after)
    state = execution.save()
    _write(work, instance, state)
    for name in execution.signals:  # before anything begins that did not wait when they were thrown
        broadcast(work, name, instance)
    _follow_calls(work, instance, pack, definition, before, after)
    if after.completed:
        if instance.troubled:
            incident_rows.close(work.connection, work.now, instance.id)
        deviations.close(work, instance)
        _give_back(work, instance, execution.data)
    execution.rest(state, after)


def _write(work: Work, instance: Instance, state: bytes) -> None:
    instance.state = state
    # Columns that stay as they are would have their indexes written all the same.
    ended = {} if instance.is_active else {"status": instance.status, "ended_at": work.now}
    instance_rows.write_changes(work, instance, state=state, **ended)


def _record_scopes(
    work: Work, instance: Instance, pack: Pack, definition: Definition, before: WaitState, after: WaitState
) -> None:
    """An embedded sub-process may be a stage of its own."""
    for key, scope in before.scopes.items():
        if key not in after.scopes and definition.element(scope.element_id).stage:
            stages.end(work, key, "done")
    for key, scope in after.scopes.items():
        stage = definition.element(scope.element_id).stage
        if key not in before.scopes and stage and instance.agreement_key:
            stages.begin(work, pack, instance, key, stage, None)


def _follow_calls(
    work: Work, instance: Instance, pack: Pack, definition: Definition, before: WaitState, after: WaitState
) -> None:
    for key, waiting in before.calls.items():
        if key not in after.calls:
            reason = f"{definition.element(waiting.element_id).name} avbröts."
            _cancel_called(work, instance.id, key, reason)
    for key, waiting in after.calls.items():
        if key not in before.calls:
            _begin_called(work, instance, pack, definition.element(waiting.element_id), waiting)


def _begin_called(work: Work, caller: Instance, pack: Pack, element: Element, waiting: Waiting) -> None:
    named = {**pack.parameters, **waiting.data}
    passed = {mapping.target: storable(named.get(mapping.source)) for mapping in element.ins}
    suffix = waiting.data.get(element.properties.get("key_suffix", ""))
    label = str(suffix) if suffix is not None else None
    begin(
        work,
        latest_definition(work.connection, caller.pack_key, element.called_element or ""),
        business_key=f"{caller.business_key}/{label}" if label else caller.business_key,
        organisation=caller.organisation,
        agreement_key=caller.agreement_key,
        variables=passed,
        caller=caller,
        caller_task_id=waiting.id,
        caller_element_id=element.id,
        stage=element.stage,
        label=label,
    )


def _cancel_called(work: Work, caller_id: str, caller_task_id: str | None, reason: str) -> None:
    """Cancel what an instance has called: by one call activity, or (None) by any."""
    for row in _CALLED.all(work.connection, {"caller_id": caller_id}):
        if caller_task_id is None or row.parent_task_id == caller_task_id:
            cancel(work, Instance.from_row(row), reason)


def _give_back(work: Work, ended: Instance, data: dict[str, Any]) -> None:
    """An ended process's stage ends, and its caller goes on with the data that it declared."""
    if ended.parent_id is None or ended.parent_task_id is None:
        return
    caller = instance_rows.read(work, ended.parent_id)  # of the same tree, which is locked
    definition = definition_by_id(work.connection, caller.definition_id)
    task_id = ended.parent_task_id
    element = definition.element(ended.parent_element_id or "")
    stages.end(work, ended.id, _outcome(element, data))
    values = {mapping.target: data.get(mapping.source) for mapping in element.outs}
    advance(work, caller, lambda execution: execution.call_ended(task_id, values), "returned_from", element.id)


def _outcome(element: Element, data: dict[str, Any]) -> str:
    """Whether the stage that a called process was ended well or was sent back (property `returned_when`)."""
    sent_back = element.properties.get("returned_when", "outcome == 'returned'")
    known = {name: data.get(name) for name in expressions.names(sent_back)}
    return "returned" if expressions.evaluate(sent_back, known) else "done"


def storable(value: Any) -> Any:
    """A pack parameter as it may enter an instance's data: dates and moments as ISO text."""
    return value.isoformat() if isinstance(value, date) else value
