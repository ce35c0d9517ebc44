"""Every error is a problem of a known type, and nothing that is sent can break the service."""

import json
from typing import Any

import pytest
from sqlalchemy import update

from engine.database.tables import person
from tests.web.api.conftest import Program, World
from web.api.json_text import DEEPEST

START = "/process-instances"
MESSAGES = "/messages"


def content(text: str | bytes, kind: str = "application/json") -> dict[str, Any]:
    return {"data": text, "headers": {"Content-Type": kind}}


def report(variables: str) -> str:
    """A deviation to start, with variables as JSON."""
    return f'{{"process_key": "deviation", "organisation": "2080", "variables": {variables}}}'


def test_addresses_that_are_not_there_and_methods_that_are_not_for_them(rss: Program) -> None:
    assert rss.problem("GET", "/nothing", 404, "not-found")
    assert rss.problem("GET", "/user-tasks/nothing", 404, "not-found")
    assert rss.problem("GET", "/user-tasks/%00", 404, "not-found")
    assert rss.problem("GET", "/process-instances/" + "x" * 500, 404, "not-found")
    assert rss.problem("DELETE", "/user-tasks", 405, "method-not-allowed")
    assert "GET" in rss.send("DELETE", "/user-tasks").headers["Allow"]


def test_an_unknown_filter_is_refused_by_name(rss: Program) -> None:
    told = rss.problem("GET", "/user-tasks?asignee=me", 422, "invalid")
    assert [error["field"] for error in told["errors"]] == ["asignee"]
    assert rss.problem("GET", "/agreements/x?a=1", 422, "invalid")["errors"][0]["field"] == "a"
    assert rss.problem("GET", "/user-tasks?role=a&role=b", 422, "invalid")["errors"][0]["field"] == "role"
    assert rss.problem("GET", "/user-tasks?role=%00", 422, "invalid")["errors"][0]["field"] == "role"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1000",
        "limit=x",
        "sort=name",
        "state=gone",
        "due_before=2026-11-24",
        "due_before=0001-01-01T00:00:00%2B23:59",
        "cursor=x",
        "cursor=00010101T000000.0%2B2359~x",
        "cursor=20260101T000000.0Z~" + "x" * 500,
    ],
)
def test_a_query_that_cannot_be_understood(rss: Program, query: str) -> None:
    assert rss.problem("GET", f"/user-tasks?{query}", 422, "invalid")


def test_cursors_are_of_their_own_list(rss: Program) -> None:
    begun = rss.start_agreement()
    history = f"{START}/{begun['id']}/history"
    for path in (START, "/agreements", "/deviations", history):
        assert rss.problem("GET", f"{path}?cursor=x", 422, "invalid")
    assert rss.problem("GET", f"{history}?cursor=20260101T000000.0Z~x~1x", 422, "invalid")
    assert rss.read(history, cursor=f"20260101T000000.0Z~x~{'9' * 40}")["items"] == []


def test_content_of_another_type_or_none_at_all(rss: Program) -> None:
    assert rss.problem("POST", START, 415, "unsupported-media-type", **content("{}", "text/plain"))
    assert rss.problem(
        "POST", START, 415, "unsupported-media-type", **content("a=b", "application/x-www-form-urlencoded")
    )
    assert rss.problem("POST", START, 415, "unsupported-media-type")
    for text in (b"", b"{", b"\xff", b"9" * 5000, b"[1,]"):
        assert rss.problem("POST", START, 400, "malformed", **content(text))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"process_key": 1}', "process_key"),
        ('{"process_key": null}', "process_key"),
        ("{}", "process_key"),
        ('{"process_key": "deviation", "more": 1}', "more"),
        (report('{"happened": NaN}'), "happened"),
        (report('{"happened": -Infinity}'), "happened"),
        (report('{"happened": 1e999}'), "happened"),
        (report('{"happened": "\\ud800"}'), "happened"),
        (report('{"happened": "a\\u0000"}'), "happened"),
        (report('{"\\ud800": 1}'), "?"),
        (report('{"happened": 123456789012345678901}'), "happened"),
        (report('{"typename": "x"}'), "typename"),
        (report('{"__class__": "x"}'), "__class__"),
        (report('[]'), "variables"),
        ('{"process_key": "deviation", "organisation": "9999", "variables": {}}', "organisation"),
        ('{"process_key": "deviation", "organisation": "20", "variables": {}}', "organisation"),
        ('{"process_key": "deviation", "business_key": "a b", "variables": {}}', "business_key"),
        ("[]", ""),
    ],
)  # fmt: skip
def test_values_that_cannot_be_stored_are_refused_by_field(rss: Program, text: str, field: str) -> None:
    told = rss.problem("POST", START, 422, "invalid", **content(text))
    assert [error["field"] for error in told["errors"]] == [field]


@pytest.mark.parametrize("depth", [DEEPEST + 1, 400, 5_000, 100_000])
def test_deep_nesting_is_refused_by_field(rss: Program, depth: int) -> None:
    deep = "[" * depth + "]" * depth
    text = f'{{"process_key": "deviation", "variables": {{"place": "a", "happened": {deep}}}}}'
    told = rss.problem("POST", START, 422, "invalid", **content(text))
    assert told["errors"][0]["field"].split(".")[0] == "happened"


def test_a_value_of_a_megabyte_is_refused_by_field_and_more_at_once(rss: Program) -> None:
    body: dict[str, Any] = {"process_key": "deviation", "organisation": "2080", "variables": {"happened": "x" * 2**20}}
    told = rss.problem("POST", START, 422, "invalid", json=body)
    assert [error["field"] for error in told["errors"]] == ["happened"]
    body["variables"]["happened"] = "x" * 6 * 2**20
    assert rss.problem("POST", START, 413, "too-large", json=body)


@pytest.mark.parametrize("value", [{"typename": "x"}, [[1]], 1.5, "x" * 2**20, [1] * 1000])
def test_a_message_carries_short_plain_values(rss: Program, value: object) -> None:
    body = {"name": "revision_begins", "correlation_key": "x", "variables": {"fine": 1, "wrong": value}}
    told = rss.problem("POST", MESSAGES, 422, "invalid", json=body)
    assert [error["field"] for error in told["errors"]] == ["wrong"]


@pytest.mark.parametrize("name", ["typename", "organisation", "business_key", "data", "__class__", "a b", ""])
def test_a_message_cannot_carry_names_that_the_engine_needs(rss: Program, name: str) -> None:
    body = {"name": "revision_begins", "correlation_key": "x", "variables": {name: 1}}
    told = rss.problem("POST", MESSAGES, 422, "invalid", json=body)
    assert [error["field"] for error in told["errors"]] == [name]


def test_what_breaks_is_told_with_a_number_and_no_detail(
    world: World, rss: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("web.api.agreements.search_agreements", broken)
    told = rss.problem("GET", "/agreements", 500, "internal-error")
    assert "secret" not in json.dumps(told)


def test_a_reason_is_told_in_the_persons_language(world: World, rss: Program) -> None:
    assert rss.problem("GET", "/deviations/x", 404, "not-found")["detail"] == "Avvikelsen finns inte."
    with world.database.write() as connection:
        connection.execute(update(person).values(locale="en"))
    assert "Avvikelsen" not in rss.problem("GET", "/deviations/x", 404, "not-found")["detail"]
