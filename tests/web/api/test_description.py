"""The API's description: every route is in it, it is valid, it is the same wherever it is read."""

import json
import re

import pytest

from tests.web.api.conftest import World
from web.api.description import describe
from web.api.problems import KINDS
from web.cli import main


def test_every_route_is_described(world: World) -> None:
    described = {(method.upper(), path) for path, operations in describe()["paths"].items() for method in operations}
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")))
        for rule in world.application.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "api.openapi"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == served


def test_it_is_served_to_everyone_and_printed(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    served = world.application.test_client().get("/api/v1/openapi.json").json
    assert main(["openapi"]) == 0
    assert served == json.loads(capsys.readouterr().out) == describe()
    assert served["openapi"] == "3.1.0"


def test_it_points_only_at_what_is_there() -> None:
    text = json.dumps(describe())
    for name in re.findall(r'"#/components/schemas/(\w+)"', text):
        assert name in describe()["components"]["schemas"]


def test_every_problem_has_a_type_of_its_own() -> None:
    assert len({kind.type for kind in KINDS}) == len(KINDS)
    assert all(kind.type in describe()["info"]["description"] for kind in KINDS)
