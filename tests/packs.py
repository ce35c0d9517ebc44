"""Builds a small process pack in a folder: a local agreement's life in a few steps, and one process per rule to prove.

The models are drawn by `tests.engine.bpmn.profile.drawing`; here are the manifest, the forms and the lanes.
"""

import json
import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from tests.engine.bpmn.profile.drawing import (
    CAUGHT,
    MESSAGE,
    NAMESPACES,
    SIGNAL,
    SIGNALLED,
    boundary,
    call,
    chain,
    end,
    exclusive,
    extra,
    flow,
    many,
    node,
    parallel,
    service,
    start,
    sub,
    throw,
    timer,
    user,
    wait,
)

PACK = "small"
LOCAL = "small-2024/2080"

MANIFEST = """
[pack]
key = "small"
title = "Litet"
version = "1"
valid_from = 2024-10-01
valid_to = 2032-12-31
agreement_key = "small-2024"

[[role]]
key = "process_leader"
title = "Processledare"
[[role]]
key = "steering_group"
title = "Styrgrupp"
[[role]]
key = "recipient"
title = "Mottagare"
[[role]]
key = "rss"
title = "RSS"

[[stage]]
key = "drafting"
title = "Framtagande"
group = "Ta fram"
short = "Fram"
expected = "P6M"
[[stage]]
key = "decision"
title = "Beslut"
group = "Ta fram"
short = "Beslut"
[[stage]]
key = "annual_review"
title = "Uppföljning"
group = "Följa upp"
short = "Följ"

[parameters]
review_interval = "P1Y"
answer_time = "P6W"
parties = ["2080", "20"]

[deadlines]
remind_before = "P7D"
escalate_after = "P7D"
escalate_to = ["steering_group", "rss"]
"""

PROCESS = """
[[process]]
key = "{key}"
title = "{key}"
agreement = "{agreement}"
organisation = "municipality"
"""
STARTED_BY_PEOPLE = 'business_key = "{pattern}"\nstartable_by = ["process_leader", "rss"]\n'

ORGANISATIONS = (("2080", "Falun", "municipality"), ("2062", "Mora", "municipality"), ("20", "Region", "region"))
BODIES = (("rss", "RSS", "body"),)


def field(title: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"type": kind, "title": title, **more}


def choice(*constants: str) -> dict[str, Any]:
    return field("Vad blir det?", oneOf=[{"const": constant, "title": constant} for constant in constants])


def form(required: list[str] | None = None, routes: list[str] | None = None, **fields: Any) -> dict[str, Any]:
    register = fields.pop("register", None)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": "Svar",
        "properties": fields,
        "required": required or [],
        "x-routes": routes or [],
    }
    return {**schema, "x-register": register} if register else schema


TEXT = form(["text"], text=field("Text", maxLength=200), notes=field("Anteckningar"))
SHOWN_IF_RETURNED = field("Varför") | {"x-show-if": {"field": "outcome", "is": ["returned"]}}
GATE = form(
    ["outcome"],
    ["outcome"],
    outcome=choice("approved", "returned"),
    reason=SHOWN_IF_RETURNED,
    decided_on=field("När", format="date"),
    register="gate",
)
PLAN = form(
    ["activities"],
    activities=field(
        "Aktiviteter",
        "array",
        items={
            "type": "object",
            "properties": {"activity": field("Aktivitet"), "ends_on": field("Slut", format="date")},
        },
    ),
    register="activities",
)
AGAIN = 'outcome == "returned"'


def gate(element_id: str, form_key: str = "gate") -> str:
    return user(element_id, extra(gate="true"), camunda__formKey=form_key, camunda__dueDate="P1M")


def task(element_id: str, inner: str = "", due: str = "P1M", form_key: str = "text") -> str:
    return user(element_id, inner, camunda__formKey=form_key, camunda__dueDate=due)


def back(element_id: str, onward: str, to: str) -> str:
    """An exclusive gateway that goes back when the last outcome was returned."""
    default = f"{element_id}_onward"
    return (
        exclusive(element_id, default=default) + flow(element_id, onward, flow_id=default) + flow(element_id, to, AGAIN)
    )


def _automatic(element_id: str, topic: str) -> str:
    return node("serviceTask", element_id, camunda__type="external", camunda__topic=topic)


OUTCOME_OUT = '<camunda:out source="outcome" target="outcome"/>'

# A life: drafting as a called process, then a review each year, until a message says that revision begins.
LIFE = (
    start(),
    sub(
        "life",
        start("life_begun"),
        exclusive("merged"),
        call("draft_it", "drafting", OUTCOME_OUT, stage="drafting"),
        call("decide_it", "decision", OUTCOME_OUT, stage="decision"),
        back("approved", "publish", "merged"),
        _automatic("publish", "publish_agreement"),
        exclusive("next_year"),
        _automatic("plan_review", "plan_next_review"),
        wait("review_date", timer("next_review_on", "timeDate")),
        call("review_it", "review", "", stage="annual_review", key_suffix="review_year"),
        chain("life_begun", "merged", "draft_it", "decide_it", "approved"),
        chain("publish", "next_year", "plan_review", "review_date", "review_it", "goes_on"),
        exclusive("goes_on", default="goes_on_again"),
        flow("goes_on", "next_year", flow_id="goes_on_again"),
        flow("goes_on", "life_over", "review_year > 2030"),
        end("life_over"),
    ),
    boundary("revision_begun", "life", CAUGHT),
    task("revise"),
    end(),
    end("revised"),
    chain("begun", "life", "done"),
    chain("revision_begun", "revise", "revised"),
)
# Written by the process leader, decided by the steering group: returned any number of times.
DRAFTING = (
    start(),
    exclusive("merged"),
    task("write", form_key="plan"),
    gate("approve"),
    back("approved", "done", "merged"),
    end(),
    chain("begun", "merged", "write", "approve", "approved"),
)
DECISION = (start(), gate("approve"), end(), chain("begun", "approve", "done"))
REVIEW = (start(), task("reflect", due="P2M"), end(), chain("begun", "reflect", "done"))
# Two work at once; a deadline interrupts one of them.
BOTH = (
    start(),
    parallel("split"),
    task("one", form_key="first"),
    task("two", form_key="second"),
    boundary("late", "two", timer("answer_time")),
    exclusive("two_over"),
    parallel("join"),
    end(),
    chain("begun", "split", "one", "join", "done"),
    chain("split", "two", "two_over", "join"),
    chain("late", "two_over"),
)
ANSWERS = (
    start(),
    task("answer", many()),
    service("tell", "tell_local_agreements", message="revision_begins"),
    end(),
    chain("begun", "answer", "tell", "done"),
)
# Waits for a message before and after a task.
TOLD = (
    start(),
    task("prepare"),
    wait("message_came", CAUGHT),
    task("follow"),
    end(),
    chain("begun", "prepare", "message_came", "follow", "done"),
)
# Tells everybody who listens, itself too: at a task of its own, which is cancelled, and in other instances.
CALLS_OUT = (
    start(),
    parallel("split"),
    task("prepare_call"),
    throw("call_out", SIGNALLED),
    task("after_call"),
    end(),
    task("own_work"),
    boundary("own_stopped", "own_work", SIGNALLED),
    exclusive("own_over"),
    end("called_out", SIGNALLED),
    chain("begun", "split", "prepare_call", "call_out", "after_call", "done"),
    chain("split", "own_work", "own_over", "called_out"),
    chain("own_stopped", "own_over"),
)
LISTENS = (
    start(),
    task("prepare_to_listen"),
    wait("heard", SIGNALLED),
    task("act_on_it"),
    boundary("heard_again", "act_on_it", SIGNALLED, cancelActivity="false"),
    task("act_once_more"),
    end(),
    end("acted"),
    chain("begun", "prepare_to_listen", "heard", "act_on_it", "done"),
    chain("heard_again", "act_once_more", "acted"),
)
# The caller's deadline cancels what it has called, which has called in its turn.
CALLER = (
    start(),
    call("call_it", "called"),
    boundary("too_late", "call_it", timer("P3M")),
    task("remember"),
    end(),
    end("remembered"),
    chain("begun", "call_it", "done"),
    chain("too_late", "remember", "remembered"),
)
CALLED = (start(), task("work"), call("deeper", "review"), end(), chain("begun", "work", "deeper", "done"))

FIRST = form(["first"], ["first"], first=field("Första"))
SECOND = form(["second"], ["second"], second=field("Andra"))
ROLES = {"approve": "Styrgrupp", "answer": "Mottagare"}  # the rest is the process leader's

PROCESSES: dict[str, tuple[tuple[str, ...], dict[str, Any], str, str | None]] = {
    # key: parts, forms, agreement, pattern of the business key when people start it
    "local_agreement": (LIFE, {"text": TEXT}, "local", "{agreement_key}/{organisation}"),
    "drafting": (DRAFTING, {"plan": PLAN, "gate": GATE}, "local", None),
    "decision": (DECISION, {"gate": GATE}, "local", None),
    "review": (REVIEW, {"text": TEXT}, "local", None),
    "both": (BOTH, {"first": FIRST, "second": SECOND}, "none", "both-{number}"),
    "answers": (ANSWERS, {"text": TEXT}, "local", "answers-{number}"),
    "told": (TOLD, {"text": TEXT}, "none", "told-{number}"),
    "calls_out": (CALLS_OUT, {"text": TEXT}, "none", "calls-out-{number}"),
    "listens": (LISTENS, {"text": TEXT}, "none", "listens-{number}"),
    "caller": (CALLER, {"text": TEXT}, "none", "caller-{number}"),
    "called": (CALLED, {"text": TEXT}, "none", None),
}


def build_pack(folder: Path) -> Path:
    """The pack, in `folder`."""
    manifest = [MANIFEST]
    for key, (parts, forms, agreement, pattern) in PROCESSES.items():
        manifest.append(PROCESS.format(key=key, agreement=agreement))
        manifest.append(STARTED_BY_PEOPLE.replace("{pattern}", pattern) if pattern else "")
        _write(folder / key / f"{key}.bpmn", _model(key, parts))
        for name, schema in forms.items():
            _write(folder / key / "forms" / f"{name}.json", json.dumps(schema))
    items = [f'[[item]]\nkey = "{k}"\ntitle = "{t}"\nkind = "{d}"\n' for k, t, d in (*ORGANISATIONS, *BODIES)]
    _write(folder / "pack.toml", "".join(manifest))
    _write(folder / "catalogues" / "organisations.toml", "\n".join(items))
    return folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _model(key: str, parts: tuple[str, ...]) -> str:
    """The parts in lanes: each task in its role's, everything else in the process leader's."""
    body = "".join(parts)
    tags = r"<bpmn:(?!sequenceFlow|lane|inputDataItem|property)(\w+) id=\"([^\"]+)\" name="
    members: dict[str, list[str]] = {}
    for _, element_id in re.findall(tags, body):
        members.setdefault(ROLES.get(element_id, "Processledare"), []).append(element_id)
    lanes = "".join(_lane(number, *named) for number, named in enumerate(members.items()))
    root = (MESSAGE if 'messageRef="m"' in body else "") + (SIGNAL if 'signalRef="s"' in body else "")
    inside = f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>{body}'
    process = f'<bpmn:process id="{key}" isExecutable="true">{inside}</bpmn:process>'
    return f'<bpmn:definitions {NAMESPACES} id="definitions" targetNamespace="t">{root}{process}</bpmn:definitions>'


def _lane(number: int, name: str, members: list[str]) -> str:
    where = extra(organisation="party") if name == "Mottagare" else ""
    inside = "".join(f"<bpmn:flowNodeRef>{member}</bpmn:flowNodeRef>" for member in members)
    return f'<bpmn:lane id="lane_{number}" name={quoteattr(name)}>{where}{inside}</bpmn:lane>'
