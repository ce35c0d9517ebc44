"""Where tokens go: sound models pass, and one tiny faulty model per rule on flows and gateways."""

from pathlib import Path

import pytest

from engine.bpmn.profile import check_pack
from tests.engine.bpmn.profile.drawing import (
    YES,
    back,
    boundary,
    call,
    chain,
    choice,
    end,
    exclusive,
    extra,
    flow,
    fork,
    many,
    model,
    node,
    plain,
    service,
    start,
    sub,
    timer,
    user,
    wait,
)
from tests.engine.bpmn.profile.packing import is_told, pack_with

SOUND = {
    "plain": plain(),
    "choice": choice(flow("approved", "done"), flow("approved", "refused", YES), default="approved_to_done"),
    "parallel": fork(flow("join", "done")).replace('camunda:formKey="answer"', 'camunda:formKey="quiet"', 1),
    "sub-process with timer": model(
        start(),
        sub("work", start("work_begun"), user("write"), end("written"), chain("work_begun", "write", "written")),
        boundary("too_late", "work", timer("decision_time")),
        end(),
        end("stopped"),
        chain("begun", "work", "done"),
        flow("too_late", "stopped"),
    ),
    "many": model(
        start(), user("ask", many()), end(), chain("begun", "ask", "done"), lane_inner=extra(organisation="party")
    ),
    "call": model(start(), call("ask", stage="drafting"), end(), chain("begun", "ask", "done")).replace(
        "</bpmn:extensionElements>", '<camunda:out source="outcome" target="answer"/></bpmn:extensionElements>'
    ),
    "service": plain(service("tell"), ids=("tell",)),
    "timers": plain(
        wait("later", timer("2032-12-31", "timeDate")), wait("soon", timer("PT24H")), ids=("later", "soon")
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_model_has_no_findings(tmp_path: Path, name: str) -> None:
    assert check_pack(pack_with(tmp_path, SOUND[name])) == []


# name -> (model, element, beginning of the reason)
FAULTS: dict[str, tuple[str, str | None, str]] = {
    "unreachable": (plain(user("lost"), flow("lost", "done")), "lost", "elementet går inte att nå från starten"),
    "no end": (
        plain(
            exclusive("which", default="x"),
            user("stuck"),
            flow("which", "stuck", YES),
            flow("which", "done", None, "x"),
        ),
        "stuck",
        "inget slut går att nå härifrån",
    ),
    "two starts": (plain(start("again"), flow("again", "done")), "p", "det ska finnas en starthändelse, här finns 2"),
    "no start": (model(user("write"), end(), chain("write", "done")), "p", "det ska finnas en starthändelse"),
    "no end event": (model(start(), user("write"), chain("begun", "write")), "p", "det finns ingen sluthändelse"),
    "flow into a start": (plain(flow("write", "begun")), "begun", "inget flöde får gå in i händelsen"),
    "flow out of an end": (plain(flow("done", "write")), "done", "inget flöde får gå ut från sluthändelsen"),
    "flow from nowhere": (plain(flow("ghost", "done")), "ghost_to_done", "flödet börjar eller slutar i ett element"),
    "flow across scopes": (
        plain(
            sub("inner", start("inner_begun"), end("inner_done"), chain("inner_begun", "inner_done")),
            flow("write", "inner_done"),
        ),
        "write_to_inner_done",
        "flödet går över gränsen",
    ),
    "boundary event on nothing": (
        plain(boundary("late", "ghost", timer("P1D")), flow("late", "done")),
        "late",
        "händelsen sitter inte på någon aktivitet",
    ),
    "no default": (
        choice(flow("approved", "done", YES), flow("approved", "refused", YES)),
        "approved",
        "grinden har flera",
    ),
    "default with condition": (
        choice(flow("approved", "done", YES), flow("approved", "refused", YES), default="approved_to_done"),
        "approved_to_done",
        "den förvalda vägen får inte ha något villkor",
    ),
    "no condition": (
        choice(flow("approved", "done"), flow("approved", "refused"), default="approved_to_done"),
        "approved_to_refused",
        "vägen saknar villkor",
    ),
    "condition that is no expression": (
        choice(flow("approved", "done"), flow("approved", "refused", "outcome ="), default="approved_to_done"),
        "approved_to_refused",
        "villkoret är inget giltigt uttryck",
    ),
    "condition that calls": (
        choice(flow("approved", "done"), flow("approved", "refused", "open('x')"), default="approved_to_done"),
        "approved_to_refused",
        "villkoret är inget giltigt uttryck: funktionsanrop",
    ),
    "condition on what nobody sets": (
        choice(flow("approved", "done"), flow("approved", "refused", "colour == 1"), default="approved_to_done"),
        "approved_to_refused",
        "villkoret frågar efter colour",
    ),
    "condition out of a task": (
        model(start(), user("write"), end(), flow("begun", "write"), flow("write", "done", YES)),
        "write_to_done",
        "bara flöden ut från en exklusiv grind",
    ),
    "implicit split": (plain(end("other"), flow("write", "other")), "write", "flera flöden går ut utan grind"),
    "parallel join in a loop": (
        back(exclusive("merge"), flow("merge", "done"), flow("again", "split", YES)),
        "join",
        "en parallell sammanslagning ligger i en slinga",
    ),
    "parallel split as loop target": (
        back(flow("again", "split", YES)).replace('targetRef="join"', 'targetRef="again"'),
        "split",
        "en slinga går tillbaka till den parallella grinden",
    ),
    "timer after an event gateway": (
        plain(node("eventBasedGateway", "first"), wait("late", timer("P1D")), ids=("first", "late")),
        "first",
        "efter en händelsegrind",
    ),
    "loop that never waits": (
        plain(
            exclusive("turn", default="turn_to_done"),
            service("tell"),
            exclusive("which"),
            flow("turn", "tell", YES),
            flow("tell", "turn"),
            ids=("turn",),
        ),
        "turn",
        "slingan väntar inte på någon",
    ),
    "asks before it is set": (
        model(
            start(),
            exclusive("approved", default="approved_to_write"),
            user("write"),
            end(),
            chain("begun", "approved", "write", "done"),
            flow("approved", "done", YES),
        ),
        "approved",
        "outcome behövs här men sätts inte på alla vägar hit",
    ),
    "same key in parallel": (fork(), "split", "mer än en parallell gren sätter outcome"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_found(tmp_path: Path, name: str) -> None:
    bpmn, element, reason = FAULTS[name]
    assert is_told(pack_with(tmp_path, bpmn), "p/p.bpmn", element, reason)
