"""Schemathesis sends what the description allows and what it does not: nothing breaks, every answer is described."""

from collections.abc import Iterator
from itertools import cycle
from threading import Thread
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from sqlalchemy import select
from werkzeug.serving import make_server

from engine.database.tables import process_instance, user_task
from tests.web.api.conftest import Program, World
from tests.web.api.test_process_instances import DEVIATION
from web.api.description import describe


@pytest.fixture
def busy(world: World) -> World:
    rss = world.program("rss")
    for code in ("2080", "2062"):
        rss.start_agreement(code)
    rss.post("/deviations", {"organisation": "2080", "variables": DEVIATION})
    return world


def configuration(program: Program, address: str) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "base-url": address,
            "headers": program.headers,
            "seed": 1,
            "workers": 1,
            "generation": {"max-examples": 6, "deterministic": True, "database": "none"},
            "phases": {"stateful": {"enabled": False}},
            "checks": {
                # What a form demands, and whether a person may, is not in the description.
                "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "422"]},
            },
        }
    )


def lead_somewhere(schema: Any, world: World) -> None:
    """Every other address is one of something that is there: made-up ids would only ever meet a 404."""
    with world.database.read() as connection:
        tasks = cycle(connection.execute(select(user_task.c.id)).scalars().all())
        instances = cycle(connection.execute(select(process_instance.c.id)).scalars().all())
        keys = cycle(connection.execute(select(process_instance.c.business_key)).scalars().all())
    known = {"task_id": tasks, "instance_id": instances, "key": keys, "kind": cycle(["status", "tasks"])}
    turns = cycle([True, False])

    def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        if not path_parameters or not next(turns):
            return path_parameters
        return {name: next(known[name]) for name in path_parameters}

    schema.hook(map_path_parameters)


@pytest.fixture
def address(busy: World) -> Iterator[str]:
    """The application behind a socket."""
    server = make_server("127.0.0.1", 0, busy.application, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/api/v1"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_nothing_breaks(busy: World, address: str) -> None:
    schema = schemathesis.openapi.from_dict(describe(), config=configuration(busy.program("everything"), address))
    lead_somewhere(schema, busy)
    cases, failures = 0, []
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            failures.append(str(getattr(event, "value", event)))
        if isinstance(event, events.ScenarioFinished):
            cases += len(event.recorder.cases)
            failures.extend(told(event))
    assert failures == []
    assert cases > 300


def told(event: events.ScenarioFinished) -> list[str]:
    """What failed, with the command that shows it again."""
    checks = [check for of_case in event.recorder.checks.values() for check in of_case]
    found = [(check.name, check.failure_info) for check in checks if check.failure_info]
    return [f"{name}: {info.failure} {info.code_sample}" for name, info in found]
