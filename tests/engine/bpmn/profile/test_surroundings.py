"""Who, when and with what: one tiny faulty model per rule on lanes, times, calls and messages."""

import re
from pathlib import Path

import pytest

from tests.engine.bpmn.profile.drawing import (
    CAUGHT,
    MESSAGE,
    call,
    chain,
    end,
    extra,
    model,
    node,
    plain,
    service,
    start,
    task,
    timer,
    user,
    wait,
)
from tests.engine.bpmn.profile.packing import is_told, pack_with

# name -> (model, element, beginning of the reason)
FAULTS: dict[str, tuple[str, str | None, str]] = {
    "unknown lane": (plain().replace('name="Styrgrupp"', 'name="Kungen"'), "the_lane", "banan 'Kungen' är ingen roll"),
    "outside every lane": (
        plain().replace("<bpmn:flowNodeRef>write</bpmn:flowNodeRef>", ""),
        "write",
        "elementet ligger inte i någon bana",
    ),
    "lane with a ghost": (
        plain().replace(">write</bpmn:flowNodeRef>", ">ghost</bpmn:flowNodeRef>"),
        "the_lane",
        "banan pekar på ghost",
    ),
    "no lanes": (re.sub("<bpmn:laneSet.*</bpmn:laneSet>", "", plain()), None, "modellen har inga banor"),
    "lane of an unknown organisation": (
        model(start(), user("write"), end(), chain("begun", "write", "done"), lane_inner=extra(organisation="mars")),
        "the_lane",
        "organisationen 'mars' är varken",
    ),
    "no form": (task().replace(' camunda:formKey="answer"', ""), "work", "uppgiften saknar formulär"),
    "missing form": (task(camunda__formKey="lost"), "work", "formuläret forms/lost.json saknas"),
    "gate that is no boolean": (task(extra(gate="yes")), "work", "gate ska vara true eller false"),
    "gate without outcome": (
        task(extra(gate="true"), camunda__formKey="quiet"),
        "work",
        "ett beslut (gate) ska föra outcome",
    ),
    "unknown assignee": (task(extra(assignee="eva")), "work", "assignee kan bara vara starter"),
    "unknown catalogue": (task(extra(catalogue="stars")), "work", "katalogen stars finns inte"),
    "escalation to nobody": (task(extra(escalate_to="king")), "work", "escalate_to: rollen 'king' finns inte"),
    "no due date": (task().replace(' camunda:dueDate="P1M"', ""), "work", "uppgiften saknar sista dag"),
    "due some day": (task(camunda__dueDate="someday"), "work", "dueDate 'someday' är varken ett datum"),
    "due at a number": (task(camunda__dueDate="limit"), "work", "dueDate 'limit' är en parameter som varken"),
    "due in a million years": (task(camunda__dueDate="P999999Y"), "work", "dueDate 'P999999Y' är varken"),
    "follow-up some day": (task(camunda__followUpDate="someday"), "work", "followUpDate 'someday' är varken"),
    "reminder that is no duration": (
        task(extra(remind_before="soon")),
        "work",
        "remind_before 'soon' är ingen tidslängd",
    ),
    "timer that is nothing": (plain(wait("odd", timer("tomorrow")), ids=("odd",)), "odd", "tiden 'tomorrow' är varken"),
    "timer on an answer that may be missing": (
        plain(wait("odd", timer("text")), ids=("odd",)).replace('formKey="answer"', 'formKey="optional"'),
        "write",
        "text styr en tid i modellen och måste vara obligatoriskt",
    ),
    "empty timer": (plain(wait("odd", timer("")), ids=("odd",)), "odd", "tiden är tom"),
    "date drawn as duration": (
        plain(wait("odd", timer("2032-12-31")), ids=("odd",)),
        "odd",
        "tiden är ett datum men ritad",
    ),
    "duration drawn as date": (
        plain(wait("odd", timer("P1D", "timeDate")), ids=("odd",)),
        "odd",
        "tiden är en tidslängd men ritad",
    ),
    "unknown process": (plain(call("ask", "ghost"), ids=("ask",)), "ask", "processen ghost finns inte"),
    "unknown stage": (plain(call("ask", stage="moon"), ids=("ask",)), "ask", "skedet 'moon' finns inte"),
    "passes in what nobody sets": (
        plain(call("ask", inner='<camunda:in source="colour" target="colour"/>'), ids=("ask",)),
        "ask",
        "colour skickas med men sätts aldrig",
    ),
    "takes out what is not given": (
        plain(call("ask", inner='<camunda:out source="colour" target="colour"/>'), ids=("ask",)),
        "ask",
        "other ger aldrig tillbaka colour",
    ),
    "unknown key suffix": (
        plain(call("ask", key_suffix="colour"), ids=("ask",)),
        "ask",
        "key_suffix: variabeln colour",
    ),
    "unknown topic": (plain(service("tell", "launch"), ids=("tell",)), "tell", "serviceuppgiften har inget känt ämne"),
    "topic without property": (
        plain(service("tell", "notify", to="steering_group"), ids=("tell",)),
        "tell",
        "notify behöver egenskapen text",
    ),
    "topic with unknown property": (
        plain(service("tell", "notify", to="steering_group", text="Hej", colour="red"), ids=("tell",)),
        "tell",
        "notify känner inte till egenskapen colour",
    ),
    "notify to nobody": (
        plain(service("tell", "notify", to="king", text="Hej"), ids=("tell",)),
        "tell",
        "rollen 'king' finns inte",
    ),
    "unknown status": (
        plain(service("tell", "set_agreement_status", status="nice"), ids=("tell",)),
        "tell",
        "statusen 'nice' är okänd",
    ),
    "tally of a ghost": (
        plain(service("tell", "tally_decisions", element="ghost"), ids=("tell",)),
        "tell",
        "uppgiften 'ghost' finns inte",
    ),
    "message to nobody": (
        plain(service("tell", "tell_local_agreements", message="hello"), ids=("tell",)),
        "tell",
        "ingen process väntar på meddelandet hello",
    ),
    "message from nobody": (
        plain(wait("told", CAUGHT), ids=("told",), root=MESSAGE),
        "told",
        "ingen process skickar meddelandet revision_begins",
    ),
    "missing decision table": (
        plain(
            node("businessRuleTask", "rule", camunda__decisionRef="which", camunda__resultVariable="x"), ids=("rule",)
        ),
        "rule",
        "beslutstabellen which.dmn saknas",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_found(tmp_path: Path, name: str) -> None:
    bpmn, element, reason = FAULTS[name]
    assert is_told(pack_with(tmp_path, bpmn), "p/p.bpmn", element, reason)
