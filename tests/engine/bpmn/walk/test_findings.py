"""What a walk through every way finds, and the shortest way there, that the static rules cannot see."""

from pathlib import Path

import pytest

from engine.bpmn.profile import check_pack
from engine.bpmn.walk import Proof, prove_pack
from engine.bpmn.walk.budget import Budget
from engine.packs import load_pack, read_processes
from tests.engine.bpmn.constructs import TERMINATE, question
from tests.engine.bpmn.profile.drawing import (
    CAUGHT,
    MESSAGE,
    YES,
    boundary,
    call,
    chain,
    end,
    exclusive,
    flow,
    many,
    model,
    parallel,
    service,
    start,
    sub,
    user,
)
from tests.engine.bpmn.profile.packing import pack_with

NEVER = 'outcome == "never"'
OUT = '<camunda:out source="outcome" target="outcome"/>'
NO_SENDER = "ingen process skickar"


def proof(folder: Path, bpmn: str, budget: Budget | None = None) -> Proof:
    """The walk through a pack with this model, which the static rules pass."""
    static = [finding for finding in check_pack(pack_with(folder, bpmn)) if NO_SENDER not in finding.reason]
    assert static == []
    return prove_pack(load_pack(folder), read_processes(folder), budget or Budget(seconds=60))


def told(folder: Path, bpmn: str) -> list[tuple[str | None, str, tuple[str, ...]]]:
    return [(f.element_id, f.reason, f.path) for f in proof(folder, bpmn).findings]


def test_a_sound_model_has_no_findings_and_is_seen_whole(tmp_path: Path) -> None:
    bpmn = model(start(), user("write"), end(), chain("begun", "write", "done"))
    assert proof(tmp_path, bpmn) == Proof([], (("other", 2, True), ("p", 2, True)))


def test_a_join_behind_a_choice_starves(tmp_path: Path) -> None:
    bpmn = model(
        start(),
        user("write"),
        exclusive("approved", default="no"),
        parallel("join"),
        user("one"),
        user("two"),
        end(),
        chain("begun", "write", "approved"),
        flow("approved", "one", YES),
        flow("approved", "two", flow_id="no"),
        chain("one", "join", "done"),
        chain("two", "join"),
    )
    reason = "sammanslagningen väntar på en gren som aldrig kommer, och processen blir stående"
    assert told(tmp_path, bpmn) == [("join", reason, ("processen startar", "write (outcome = approved)", "one"))]


def test_a_scope_that_starves_is_found_though_a_message_may_end_it(tmp_path: Path) -> None:
    bpmn = model(
        start(),
        sub(
            "life",
            start("in_begun"),
            parallel("split"),
            user("one"),
            user("two"),
            question("again", "join", "in_over", YES),
            parallel("join"),
            end("in_over"),
            end("in_done"),
            chain("in_begun", "split", "one", "again"),
            chain("split", "two", "join", "in_done"),
        ),
        boundary("revision", "life", CAUGHT),
        end(),
        end("revised"),
        chain("begun", "life", "done"),
        chain("revision", "revised"),
        root=MESSAGE,
    ).replace('id="two" name="two" camunda:formKey="answer"', 'id="two" name="two" camunda:formKey="quiet"')
    found = told(tmp_path, bpmn)
    assert [(element_id, path) for element_id, _, path in found] == [
        ("join", ("processen startar", "one (outcome = approved)", "two"))
    ]


def test_a_join_starves_though_another_branch_goes_on(tmp_path: Path) -> None:
    bpmn = model(
        start(),
        parallel("split"),
        user("one"),
        user("two", camunda__formKey="quiet"),
        user("three", camunda__formKey="optional"),
        question("joins", "join", "over", YES),
        exclusive("next"),
        parallel("join"),
        end("over"),
        end("stopped", TERMINATE),
        question("goes_on", "next", "stopped", 'text == "stop"'),
        end(),
        chain("begun", "split", "one", "joins"),
        chain("split", "two", "join", "done"),
        chain("split", "next", "three", "goes_on"),
    )
    assert told(tmp_path, bpmn) == [
        (
            "join",
            "sammanslagningen väntar på en gren som aldrig kommer",
            ("processen startar", "one (outcome = approved)", "two"),
        )
    ]


def test_a_way_that_no_answer_leads_to_is_dead(tmp_path: Path) -> None:
    bpmn = model(
        start(),
        user("write"),
        exclusive("which", default="which_on"),
        user("mend", camunda__formKey="quiet"),
        exclusive("merged"),
        end(),
        chain("begun", "write", "which"),
        flow("which", "merged", flow_id="which_on"),
        flow("which", "mend", NEVER),
        flow("which", "done", YES),
        chain("mend", "merged", "done"),
    )
    assert told(tmp_path, bpmn) == [("mend", "elementet passeras aldrig, vad som än svaras", ())]


def test_a_flow_that_is_never_taken_is_told_with_the_way_to_its_gateway(tmp_path: Path) -> None:
    bpmn = model(
        start(),
        user("write"),
        exclusive("which", default="which_on"),
        end("refused"),
        end(),
        chain("begun", "write", "which"),
        flow("which", "done", flow_id="which_on"),
        flow("which", "refused", 'outcome in ["approved", "returned"]'),
    ).replace('id="done"', 'id="done"')
    assert ("done", "elementet passeras aldrig, vad som än svaras", ()) in told(tmp_path, bpmn)


def test_a_loop_without_a_way_out_never_ends(tmp_path: Path) -> None:
    bpmn = model(
        start(),
        exclusive("merged"),
        user("write"),
        question("again", "merged", "done", NEVER),
        end(),
        chain("begun", "merged", "write", "again"),
    )
    found = told(tmp_path, bpmn)
    assert found[0][1] == "elementet passeras aldrig, vad som än svaras"
    assert ("write", "processen kan aldrig ta slut härifrån, vad som än sker", ("processen startar",)) in found


def test_a_condition_that_cannot_be_worked_out_stops_the_engine(tmp_path: Path) -> None:
    bpmn = model(
        start(),
        user("write"),
        question("high", "done", "write_more", "outcome > 3"),
        user("write_more", camunda__formKey="quiet"),
        end(),
        end("more"),
        chain("begun", "write", "high"),
        chain("write_more", "more"),
    )
    (element_id, reason, path), *_ = told(tmp_path, bpmn)
    assert element_id == "write"
    assert reason.startswith("motorn kommer inte vidare härifrån: Processen p kunde inte gå vidare")
    assert path == ("processen startar", "write (outcome = approved)")


def test_an_answer_that_may_be_missing_is_tried(tmp_path: Path) -> None:
    bpmn = model(
        start(),
        user("write", camunda__formKey="optional"),
        question("has", "done", "other_end", '"x" in text'),
        end(),
        end("other_end"),
        chain("begun", "write", "has"),
    )
    assert [path for _, _, path in told(tmp_path, bpmn)] == [("processen startar", "write (text = inget svar)")]


def test_what_a_called_process_can_never_answer_is_not_tried(tmp_path: Path) -> None:
    bpmn = model(
        start(),
        call("ask", "other", OUT),
        exclusive("which", default="which_on"),
        end("refused"),
        end(),
        chain("begun", "ask", "which"),
        flow("which", "done", flow_id="which_on"),
        flow("which", "refused", 'outcome == "later"'),
    )
    assert told(tmp_path, bpmn) == [("refused", "elementet passeras aldrig, vad som än svaras", ())]


def test_a_process_that_calls_itself_is_told(tmp_path: Path) -> None:
    bpmn = model(start(), call("again", "p"), end(), chain("begun", "again", "done"))
    found = proof(tmp_path, bpmn).findings
    assert (None, "processen anropar sig själv: p → p", ()) in [(f.element_id, f.reason, f.path) for f in found]


def test_many_are_walked_with_none_one_and_two_items(tmp_path: Path) -> None:
    bpmn = model(
        start(),
        user("first", camunda__formKey="quiet"),
        service("tally", "tally_decisions", element="answer"),
        user("answer", many("approved_organisations")),
        end(),
        chain("begun", "first", "tally", "answer", "done"),
    )
    walked = {key: states for key, states, _ in proof(tmp_path, bpmn).walked}
    assert walked["p"] == 5  # first, one of one, two and one of two, and the end (at once when there is none)


def test_a_walk_ends_with_its_budget_and_says_so(tmp_path: Path) -> None:
    bpmn = model(start(), user("one"), user("two"), user("three"), end(), chain("begun", "one", "two", "three", "done"))
    found = proof(tmp_path, bpmn, Budget(states=3, seconds=60))
    assert [(finding.file, "hann inte prövas" in finding.reason) for finding in found.findings] == [("p/p.bpmn", True)]
    assert [is_whole for key, _, is_whole in found.walked if key == "p"] == [False]


@pytest.mark.parametrize("interrupting", ["true", "false"])
def test_two_tokens_where_one_is_expected_come_through(tmp_path: Path, interrupting: str) -> None:
    bpmn = model(
        start(),
        user("write"),
        boundary("told", "write", CAUGHT, cancelActivity=interrupting),
        exclusive("merged"),
        user("follow"),
        end(),
        chain("begun", "write", "merged", "follow", "done"),
        chain("told", "merged"),
        root=MESSAGE,
    )
    assert told(tmp_path, bpmn) == []


def test_a_join_behind_what_begins_anew_in_each_round_is_refused(tmp_path: Path) -> None:
    bpmn = model(
        start(),
        exclusive("merged"),
        user("write"),
        boundary("told", "write", CAUGHT, cancelActivity="false"),
        question("again", "done", "merged", 'outcome == "returned"'),
        end(),
        parallel("split"),
        user("one", camunda__formKey="quiet"),
        user("two", camunda__formKey="quiet"),
        parallel("join"),
        end("over"),
        chain("begun", "merged", "write", "again"),
        chain("told", "split", "one", "join", "over"),
        chain("split", "two", "join"),
        root=MESSAGE,
    )
    (element_id, _, path), *_ = told(tmp_path, bpmn)
    way = ("processen startar", "meddelandet kommer: told", "write (outcome = returned)", "meddelandet kommer: told")
    assert (element_id, path) == ("one", way)


def test_two_tokens_on_the_way_to_one_join_are_refused(tmp_path: Path) -> None:
    # The engine joins those that do not belong together in two of three random walks through this model.
    bpmn = model(
        start(),
        parallel("begin_both"),
        user("one", camunda__formKey="quiet"),
        user("two", camunda__formKey="quiet"),
        exclusive("either"),
        parallel("split"),
        user("three", camunda__formKey="quiet"),
        user("four", camunda__formKey="quiet"),
        parallel("join"),
        end(),
        chain("begun", "begin_both", "one", "either", "split", "three", "join", "done"),
        chain("begin_both", "two", "either"),
        chain("split", "four", "join"),
    )
    reason = "två är här samtidigt, på väg till samma parallella sammanslagning; lägg den i en egen delprocess"
    assert told(tmp_path, bpmn) == [("four", reason, ("processen startar", "one", "two"))]
