"""What a model may hold: one tiny faulty model per rule on elements and names."""

from pathlib import Path

import pytest

from tests.engine.bpmn.constructs import FAILS, FAULT
from tests.engine.bpmn.profile.drawing import (
    CAUGHT,
    MESSAGE,
    SIGNAL,
    SIGNALLED,
    boundary,
    call,
    chain,
    end,
    extra,
    flow,
    instead,
    many,
    model,
    node,
    plain,
    start,
    sub,
    task,
    throw,
    timer,
    user,
    wait,
)
from tests.engine.bpmn.profile.packing import is_told, pack_with

# name -> (model, element, beginning of the reason)
FAULTS: dict[str, tuple[str, str | None, str]] = {
    "script task": (instead("scriptTask"), "odd", "skriptuppgifter får inte finnas"),
    "abstract task": (instead("task"), "odd", "uppgiften saknar typ"),
    "manual task": (instead("manualTask"), "odd", "manuella uppgifter stöds inte"),
    "send task": (instead("sendTask"), "odd", "sändaruppgifter stöds inte"),
    "receive task": (instead("receiveTask"), "odd", "mottagaruppgifter stöds inte"),
    "complex gateway": (instead("complexGateway"), "odd", "komplexa grindar stöds inte"),
    "inclusive gateway": (instead("inclusiveGateway"), "odd", "inkluderande grindar går inte att lita på"),
    "transaction": (instead("transaction"), "odd", "transaktioner stöds inte"),
    "ad hoc": (instead("adHocSubProcess"), "odd", "ad hoc-delprocesser stöds inte"),
    "event sub-process": (
        model(start(), sub("odd", triggeredByEvent="true"), end(), chain("begun", "done")),
        "odd",
        "händelsedelprocesser stöds inte",
    ),
    "compensation": (
        instead("intermediateThrowEvent", "<bpmn:compensateEventDefinition/>"),
        "odd",
        "intermediateThrowEvent med compensate stöds inte",
    ),
    "link": (
        instead("intermediateCatchEvent", '<bpmn:linkEventDefinition name="l"/>'),
        "odd",
        "intermediateCatchEvent med link stöds inte",
    ),
    "conditional event": (
        instead("intermediateCatchEvent", "<bpmn:conditionalEventDefinition/>"),
        "odd",
        "intermediateCatchEvent med conditional stöds inte",
    ),
    "event that waits for nothing": (instead("intermediateCatchEvent"), "odd", "händelsen väntar inte på något"),
    "signal start": (
        model(start("begun", SIGNALLED), user("write"), end(), chain("begun", "write", "done"), root=SIGNAL),
        "begun",
        "startEvent med signal stöds inte",
    ),
    "signal without a name": (
        model(start(), user("write"), end("done", "<bpmn:signalEventDefinition/>"), chain("begun", "write", "done")),
        "done",
        "händelsen saknar signalnamn",
    ),
    "throw of nothing": (instead("intermediateThrowEvent"), "odd", "händelsen sänder inget"),
    "throw of a message": (
        plain(throw("odd", CAUGHT), ids=("odd",), root=MESSAGE),
        "odd",
        "intermediateThrowEvent med message stöds inte",
    ),
    "signal for one": (
        plain(
            node("intermediateCatchEvent", "odd", extra(correlation="organisation") + SIGNALLED),
            ids=("odd",),
            root=SIGNAL,
        ),
        "odd",
        "en signal når alla",
    ),
    "signal that nobody waits for": (
        plain(throw("odd", SIGNALLED), ids=("odd",), root=SIGNAL),
        "odd",
        "ingen process väntar på signalen all_stop",
    ),
    "signal that nobody throws": (
        plain(wait("odd", SIGNALLED), ids=("odd",), root=SIGNAL),
        "odd",
        "ingen process sänder signalen all_stop",
    ),
    "message start": (
        model(start("begun", CAUGHT), user("write"), end(), chain("begun", "write", "done"), root=MESSAGE),
        "begun",
        "startEvent med message stöds inte",
    ),
    "time cycle": (
        plain(wait("odd", timer("R3/PT1H", "timeCycle")), ids=("odd",)),
        "odd",
        "återkommande tid (timeCycle) stöds inte",
    ),
    "data store": (plain('<bpmn:dataStoreReference id="store"/>'), "p", "dataStoreReference stöds inte"),
    "unknown camunda attribute": (task(camunda__assignee="eva"), "work", "camunda:assignee stöds inte"),
    "unknown extension": (task(extra("<camunda:inputOutput/>")), "work", "camunda:inputOutput stöds inte"),
    "unknown property": (task(extra(colour="red")), "work", "egenskapen colour är okänd"),
    "standard loop": (
        task("<bpmn:standardLoopCharacteristics/>"),
        "work",
        "standardLoopCharacteristics stöds inte",
    ),
    "output collection": (
        task(many(inner="<bpmn:loopDataOutputRef>answers</bpmn:loopDataOutputRef>")),
        "work",
        "flera instanser får inte samla svar",
    ),
    "error that nobody catches": (
        model(start(), user("write"), end("failed", FAILS), chain("begun", "write", "failed"), root=FAULT),
        "failed",
        "ingen fångar felet",
    ),
    "error that never comes": (
        plain(
            call("ask"), boundary("caught", "ask", FAILS), end("over"), flow("caught", "over"), ids=("ask",), root=FAULT
        ),
        "caught",
        "felet kan aldrig komma",
    ),
    "many without list": (
        task("<bpmn:multiInstanceLoopCharacteristics/>"),
        "work",
        "flera instanser behöver både lista",
    ),
    "many over an unknown list": (task(many("nobody")), "work", "listan nobody finns varken"),
    "many call activities": (
        instead("callActivity", many(), calledElement="other"),
        "odd",
        "flera instanser stöds bara på användaruppgifter",
    ),
    "element named Start": (plain(user("Start"), ids=("Start",)), "Start", "Start får inte vara ett id"),
    "element named end": (plain(user("end"), ids=("end",)), "end", "end får inte vara ett id"),
    "not snake_case": (plain(user("Activity_1x"), ids=("Activity_1x",)), "Activity_1x", "id ska skrivas med små"),
    "id twice": (plain(user("write")), "write", "id finns mer än en gång"),
    "no id": (plain().replace('id="begun_to_write" ', ""), None, "ett element eller flöde saknar id"),
    "no name": (task(name=""), "work", "namn saknas"),
    "wrong process id": (
        plain().replace('<bpmn:process id="p"', '<bpmn:process id="q"'),
        "q",
        "processens id ska vara p",
    ),
    "not executable": (plain().replace('isExecutable="true"', ""), "p", "processen är inte körbar"),
    "two processes": (
        plain().replace("</bpmn:process>", '</bpmn:process><bpmn:process id="second"/>'),
        None,
        "modellen har mer än en process",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_found(tmp_path: Path, name: str) -> None:
    bpmn, element, reason = FAULTS[name]
    assert is_told(pack_with(tmp_path, bpmn), "p/p.bpmn", element, reason)
