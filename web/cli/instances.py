"""`instance list`, `show`, `suspend`, `resume`, `cancel`, `modify`, `incidents` and `retry`; `signal`."""

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from engine import commands
from engine.clock import utc_now
from engine.commands import Step
from engine.errors import ExecutionFailed, Invalid
from engine.people import Person
from engine.queries.incidents import list_incidents
from engine.queries.instance_search import InstanceSearch, get_instance, search_instances
from engine.queries.waiting import list_waiting
from web.cli.opening import open_database, open_settings
from web.cli.operators import operator
from web.cli.telling import tell

Act = Callable[[Connection, datetime, Person], object]


def show_list(arguments: argparse.Namespace) -> int:
    """One line per instance, the newest first."""
    wanted = InstanceSearch(arguments.process, arguments.business_key, arguments.organisation, arguments.status)
    with open_database(open_settings()).read() as connection:
        person = operator(connection, arguments)
        rows, _ = search_instances(connection, person, wanted, cursor=None, limit=arguments.limit)
    for row in rows:
        print(f"{row.id}\t{row.status}\t{row.process_key}\t{row.business_key}\t{row.started_at:%Y-%m-%d}")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """What an instance waits for, with the ids that `modify` takes, and what has failed in it."""
    with open_database(open_settings()).read() as connection:
        person = operator(connection, arguments)
        row = get_instance(connection, person, arguments.instance)
        print(f"{row.process_key}\t{row.business_key}\t{row.status}")
        for waiting in list_waiting(connection, person, arguments.instance):
            scope = f"\ti {waiting.scope_id}" if waiting.scope_id else ""
            due = f"\t{waiting.due_at:%Y-%m-%d %H:%M} UTC" if waiting.due_at else ""
            print(f"  {waiting.kind}\t{waiting.element_id}\t{waiting.task_id}{due}{scope}")
        _print_incidents(connection, person, arguments.instance, resolved=False)
    return 0


def suspend(arguments: argparse.Namespace) -> int:
    _do(arguments, lambda c, now, p: commands.suspend_instance(c, now, p, arguments.instance, arguments.reason))
    tell("Pausat. Tidpunkter väntar och meddelanden sparas tills ärendet återupptas.")
    return 0


def resume(arguments: argparse.Namespace) -> int:
    _do(arguments, lambda c, now, p: commands.resume_instance(c, now, p, arguments.instance, arguments.reason))
    tell("Återupptaget.")
    return 0


def cancel(arguments: argparse.Namespace) -> int:
    _do(arguments, lambda c, now, p: commands.cancel_instance(c, now, p, arguments.instance, arguments.reason))
    tell("Avbrutet.")
    return 0


def modify(arguments: argparse.Namespace) -> int:
    """Cancel and start, in the order of the command line."""
    steps = [_step(kind, written, arguments) for kind, written in arguments.steps]

    def act(connection: Connection, now: datetime, person: Person) -> commands.Modified:
        return commands.modify_instance(connection, now, person, arguments.instance, arguments.reason, steps)

    done = _do(arguments, act)
    tell("Ändrat.")
    for task in done.next_tasks:
        print(f"  {task.name}\t{task.role}@{task.role_organisation}\t{task.id}")
    return 0


def signal(arguments: argparse.Namespace) -> int:
    told = _do(arguments, lambda c, now, p: commands.send_signal(c, now, p, arguments.name))
    tell(f"Signalen {arguments.name} är sänd till {told} som väntade på den.")
    return 0


def incidents(arguments: argparse.Namespace) -> int:
    with open_database(open_settings()).read() as connection:
        _print_incidents(connection, operator(connection, arguments), None, resolved=arguments.all)
    return 0


def retry(arguments: argparse.Namespace) -> int:
    tell(_do(arguments, lambda c, now, p: commands.retry_incident(c, now, p, arguments.incident, arguments.reason)))
    return 0


def _do(arguments: argparse.Namespace, act: Act) -> Any:
    """One command in a transaction of its own. What fails is noted in another one."""
    database = open_database(open_settings())
    now = utc_now()
    try:
        return database.run(lambda connection: act(connection, now, operator(connection, arguments)))
    except ExecutionFailed as error:
        failure = error
        database.run(lambda connection: commands.note_incident(connection, now, failure))
        raise


def _step(kind: str, written: str, arguments: argparse.Namespace) -> Step:
    element_id, _, task_id = written.partition("@")
    variables = {} if kind == "cancel" else dict(map(_assignment, arguments.set or []))
    return Step(kind, element_id, task_id or None, None if kind == "cancel" else arguments.scope, variables)


def _assignment(written: str) -> tuple[str, Any]:
    """`name=value`, where the value is JSON, or else a text."""
    name, sign, value = written.partition("=")
    if not sign:
        raise Invalid(f"{written!r}: skriv namn=värde.")
    try:
        return name, orjson.loads(value)
    except orjson.JSONDecodeError:
        return name, value


def _print_incidents(connection: Connection, person: Person, instance_id: str | None, *, resolved: bool) -> None:
    for row in list_incidents(connection, person, instance_id=instance_id, resolved=resolved):
        again = f"nytt försök {row.retry_at:%Y-%m-%d %H:%M} UTC" if row.retry_at else "väntar på dig"
        state = row.resolution or again
        tell(f"{row.id}\t{row.kind}\t{row.business_key}\t{row.element_id}\t{row.attempts} försök\t{state}")
        tell(f"  {row.reason}")
        if row.data:
            print(f"  {orjson.dumps(row.data).decode()}")
