"""One tiny model per construct of the profile. Forms route `outcome`: "again" goes back where there is a way back."""

from tests.engine.bpmn.profile.drawing import (
    CAUGHT,
    MESSAGE,
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
    model,
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

AGAIN = 'outcome == "again"'
TERMINATE = "<bpmn:terminateEventDefinition/>"
FAULT = '<bpmn:error id="no_agreement" name="no_agreement" errorCode="no_agreement"/>'
FAILS = '<bpmn:errorEventDefinition errorRef="no_agreement"/>'
OTHER_MESSAGE = '<bpmn:message id="m2" name="regional_agreement_revised"/>'
OTHER_CAUGHT = '<bpmn:messageEventDefinition messageRef="m2"/>'


def question(element_id: str, onward: str, back: str, condition: str = AGAIN) -> str:
    """An exclusive gateway that goes back when the last outcome says so."""
    default = f"{element_id}_onward"
    return (
        exclusive(element_id, default=default)
        + flow(element_id, onward, flow_id=default)
        + flow(element_id, back, condition)
    )


USER_TASK = model(start(), user("write"), end(), chain("begun", "write", "done"))

EXCLUSIVE = model(
    start(),
    user("decide"),
    exclusive("which", default="which_other"),
    user("mend"),
    user("approve"),
    user("other"),
    exclusive("merged"),
    end(),
    chain("begun", "decide", "which"),
    flow("which", "mend", AGAIN),
    flow("which", "approve", 'outcome in ["approved"]'),
    flow("which", "other", flow_id="which_other"),
    chain("mend", "merged", "done"),
    chain("approve", "merged"),
    chain("other", "merged"),
)

LOOP = model(
    start(),
    exclusive("merged"),
    user("write"),
    user("decide"),
    question("again", "done", "merged"),
    end(),
    chain("begun", "merged", "write", "decide", "again"),
)

PARALLEL = model(
    start(),
    parallel("split"),
    user("one"),
    user("two"),
    user("two_more"),
    user("three"),
    parallel("join"),
    user("after"),
    end(),
    chain("begun", "split", "one", "join", "after", "done"),
    chain("split", "two", "two_more", "join"),
    chain("split", "three", "join"),
)

SUB_PROCESS = model(
    start(),
    user("before"),
    sub("around", start("in_begun"), user("inside"), end("in_done"), chain("in_begun", "inside", "in_done")),
    user("after"),
    end(),
    chain("begun", "before", "around", "after", "done"),
)

PARALLEL_IN_LOOP = model(
    start(),
    exclusive("merged"),
    sub(
        "both_parties",
        start("in_begun"),
        parallel("split"),
        user("municipality"),
        user("region"),
        user("region_more"),
        parallel("join"),
        end("in_done"),
        chain("in_begun", "split", "municipality", "join", "in_done"),
        chain("split", "region", "region_more", "join"),
    ),
    user("decide"),
    question("again", "done", "merged"),
    end(),
    chain("begun", "merged", "both_parties", "decide", "again"),
)

BOUNDARY_TIMERS = model(
    start(),
    exclusive("merged"),
    user("answer"),
    boundary("reminded", "answer", timer("P1W"), cancelActivity="false"),
    user("call_them"),
    end("called"),
    boundary("late", "answer", timer("P3W")),
    user("go_on_without"),
    exclusive("answered"),
    user("decide"),
    question("again", "done", "merged"),
    end(),
    chain("begun", "merged", "answer", "answered", "decide", "again"),
    chain("reminded", "call_them", "called"),
    chain("late", "go_on_without", "answered"),
)

MESSAGE_BOUNDARY = model(
    start(),
    sub(
        "life",
        start("in_begun"),
        exclusive("merged"),
        user("work"),
        user("decide"),
        question("again", "in_done", "merged"),
        end("in_done"),
        chain("in_begun", "merged", "work", "decide", "again"),
    ),
    boundary("revision", "life", CAUGHT),
    user("revise"),
    user("close"),
    end(),
    end("revised"),
    chain("begun", "life", "close", "done"),
    chain("revision", "revise", "revised"),
    root=MESSAGE,
)

TERMINATE_IN_SUB_PROCESS = model(
    start(),
    exclusive("round"),
    sub(
        "life",
        start("in_begun"),
        parallel("split"),
        user("phase"),
        end("phases_done"),
        exclusive("next_year"),
        wait("review_date", timer("P1Y")),
        user("review"),
        question("early", "stopped", "next_year"),
        end("stopped", TERMINATE),
        chain("in_begun", "split", "phase", "phases_done"),
        chain("split", "next_year", "review_date", "review", "early"),
    ),
    user("revise"),
    question("again", "done", "round"),
    end(),
    chain("begun", "round", "life", "revise", "again"),
)

ERROR = model(
    start(),
    sub(
        "agree",
        start("in_begun"),
        parallel("split"),
        user("other_work"),
        user("negotiate"),
        question("agreed", "in_done", "failed"),
        end("failed", FAILS),
        end("in_done"),
        end("worked"),
        chain("in_begun", "split", "negotiate", "agreed"),
        chain("split", "other_work", "worked"),
    ),
    boundary("not_agreed", "agree", FAILS),
    user("settle"),
    exclusive("settled"),
    user("after"),
    end(),
    chain("begun", "agree", "settled", "after", "done"),
    chain("not_agreed", "settle", "settled"),
    root=FAULT,
)


def trial(name: str) -> str:
    """A sub-process that may fail, and what is then done."""
    parts = (
        start(f"{name}_begun"),
        user(f"try_{name}"),
        question(f"{name}_worked", f"{name}_done", f"{name}_failed"),
        end(f"{name}_done"),
        end(f"{name}_failed", FAILS),
        chain(f"{name}_begun", f"try_{name}", f"{name}_worked"),
    )
    aside = user(f"mend_{name}") + exclusive(f"{name}_over") + chain(f"{name}_fault", f"mend_{name}", f"{name}_over")
    return sub(name, *parts) + boundary(f"{name}_fault", name, FAILS) + aside + chain(name, f"{name}_over", "join")


ERRORS_SIDE_BY_SIDE = model(
    start(),
    parallel("split"),
    trial("one"),
    trial("two"),
    parallel("join"),
    end(),
    chain("begun", "split", "one"),
    chain("split", "two"),
    chain("join", "done"),
    root=FAULT,
)

MULTI_INSTANCE = model(
    start(),
    exclusive("merged"),
    user("choose"),
    user("answer", many()),
    boundary("late", "answer", timer("P6W")),
    exclusive("answered"),
    user("decide"),
    question("again", "done", "merged"),
    end(),
    chain("begun", "merged", "choose", "answer", "answered", "decide", "again"),
    chain("late", "answered"),
)

SEQUENTIAL_MULTI_INSTANCE = model(
    start(),
    exclusive("merged"),
    user("answer", many().replace("Characteristics>", 'Characteristics isSequential="true">', 1)),
    user("decide"),
    question("again", "done", "merged"),
    end(),
    chain("begun", "merged", "answer", "decide", "again"),
)

CALL_ACTIVITY = model(
    start(),
    exclusive("merged"),
    call("review", inner='<camunda:out source="outcome" target="outcome"/>'),
    boundary("too_late", "review", timer("P1Y")),
    user("remember"),
    exclusive("reviewed"),
    question("again", "done", "merged"),
    end(),
    chain("begun", "merged", "review", "again"),
    chain("too_late", "remember", "reviewed", "missed"),
    end("missed"),
)

EVENT_GATEWAY = model(
    start(),
    exclusive("merged"),
    node("eventBasedGateway", "whichever"),
    wait("begins", CAUGHT),
    wait("revised", OTHER_CAUGHT),
    user("begin"),
    user("follow"),
    exclusive("came"),
    question("again", "done", "merged"),
    end(),
    chain("begun", "merged", "whichever", "begins", "begin", "came", "again"),
    chain("whichever", "revised", "follow", "came"),
    root=MESSAGE + OTHER_MESSAGE,
)

INTERMEDIATE = model(
    start(),
    exclusive("merged"),
    wait("next_review", timer("P1Y")),
    wait("told", CAUGHT),
    user("decide"),
    question("again", "done", "merged"),
    end(),
    chain("begun", "merged", "next_review", "told", "decide", "again"),
    root=MESSAGE,
)

SERVICE_TASK = model(
    start(),
    exclusive("merged"),
    service("tell"),
    user("decide"),
    question("again", "done", "merged"),
    end(),
    chain("begun", "merged", "tell", "decide", "again"),
)

BUSINESS_RULE = model(
    start(),
    user("assess"),
    node("businessRuleTask", "decide_level", extra(), camunda__decisionRef="which", camunda__resultVariable="level"),
    exclusive("high", default="high_no"),
    user("lift"),
    exclusive("merged"),
    end(),
    chain("begun", "assess", "decide_level", "high"),
    flow("high", "lift", 'level == "high"'),
    flow("high", "merged", flow_id="high_no"),
    chain("lift", "merged", "done"),
)

UMBRELLA = model(
    start(),
    sub(
        "life",
        start("in_begun"),
        exclusive("prolonged"),
        sub(
            "follow_up",
            start("f_begun"),
            parallel("split"),
            exclusive("next_phase"),
            call("phase", inner='<camunda:out source="outcome" target="outcome"/>'),
            question("phases_left", "phases_done", "next_phase"),
            end("phases_done"),
            exclusive("next_year"),
            wait("review_date", timer("P1Y")),
            call("review", inner='<camunda:out source="outcome" target="outcome"/>'),
            question("goes_on", "early_revision", "next_year"),
            end("early_revision", TERMINATE),
            chain("f_begun", "split", "next_phase", "phase", "phases_left"),
            chain("split", "next_year", "review_date", "review", "goes_on"),
        ),
        boundary("revision_begins", "follow_up", CAUGHT),
        exclusive("to_revision"),
        call("revision", inner='<camunda:out source="outcome" target="outcome"/>'),
        question("prolong", "in_done", "prolonged"),
        end("in_done"),
        chain("in_begun", "prolonged", "follow_up", "to_revision", "revision", "prolong"),
        chain("revision_begins", "to_revision"),
    ),
    boundary("lapsed", "life", OTHER_CAUGHT),
    user("tell_everyone"),
    end(),
    end("lapse_told"),
    chain("begun", "life", "done"),
    chain("lapsed", "tell_everyone", "lapse_told"),
    root=MESSAGE + OTHER_MESSAGE,
)

# The signal ends one sub-process from outside, adds to a task, and is waited for inside and behind an event gateway.
SIGNAL_TO_ALL = model(
    start(),
    parallel("split"),
    exclusive("round"),
    user("decide"),
    throw("tell_all", SIGNALLED),
    question("again", "told", "round"),
    end("told"),
    sub(
        "around",
        start("in_begun"),
        parallel("in_split"),
        wait("in_stopped", SIGNALLED),
        user("tidy"),
        end("tidied"),
        user("inside"),
        end("in_done"),
        chain("in_begun", "in_split", "in_stopped", "tidy", "tidied"),
        chain("in_split", "inside", "in_done"),
    ),
    boundary("noticed", "around", SIGNALLED, cancelActivity="false"),
    user("note"),
    end("noted"),
    boundary("stopped", "around", SIGNALLED),
    user("mend"),
    exclusive("around_over"),
    user("work"),
    boundary("interrupted", "work", SIGNALLED, cancelActivity="false"),
    user("answer"),
    end("answered"),
    end("worked", SIGNALLED),
    node("eventBasedGateway", "whichever"),
    wait("revision", CAUGHT),
    wait("all_stopped", SIGNALLED),
    exclusive("came"),
    wait("once_more", SIGNALLED),
    end("over"),
    end("mended"),
    chain("begun", "split", "round", "decide", "tell_all", "again"),
    chain("split", "around", "around_over", "mended"),
    chain("noticed", "note", "noted"),
    chain("stopped", "mend", "around_over"),
    chain("split", "work", "worked"),
    chain("interrupted", "answer", "answered"),
    chain("split", "whichever", "revision", "came", "once_more", "over"),
    chain("whichever", "all_stopped", "came"),
    root=MESSAGE + SIGNAL,
)

# What the random walks go through, with the data that an instance begins with.
WALKED: dict[str, str] = {
    "user task": USER_TASK,
    "exclusive gateway": EXCLUSIVE,
    "rework loop": LOOP,
    "parallel gateway": PARALLEL,
    "embedded sub-process": SUB_PROCESS,
    "parallel sub-process in a rework loop": PARALLEL_IN_LOOP,
    "boundary timers in a rework loop": BOUNDARY_TIMERS,
    "message boundary": MESSAGE_BOUNDARY,
    "terminate end in a sub-process": TERMINATE_IN_SUB_PROCESS,
    "error end caught at the boundary": ERROR,
    "errors side by side": ERRORS_SIDE_BY_SIDE,
    "multi-instance with deadline in a rework loop": MULTI_INSTANCE,
    "sequential multi-instance in a rework loop": SEQUENTIAL_MULTI_INSTANCE,
    "call activity with deadline in a rework loop": CALL_ACTIVITY,
    "event gateway in a rework loop": EVENT_GATEWAY,
    "intermediate timer and message in a loop": INTERMEDIATE,
    "service task": SERVICE_TASK,
    "phases beside yearly reviews": UMBRELLA,
    "signal to all of the instance": SIGNAL_TO_ALL,
}
