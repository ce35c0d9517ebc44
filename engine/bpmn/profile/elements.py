"""Rules on what kinds of elements, events, attributes and extensions a model may hold."""

from collections.abc import Iterator

from engine.bpmn.model import Element, EventDefinition
from engine.bpmn.profile.case import Case, Fault

# type -> (what it may carry from the camunda namespace, what other children it may have)
_CAMUNDA: dict[str, set[str]] = {
    "startEvent": {"formKey", "initiator"},
    "endEvent": set(),
    "userTask": {"formKey", "dueDate", "followUpDate"},
    "serviceTask": {"type", "topic"},
    "businessRuleTask": {"decisionRef", "resultVariable", "mapDecisionResult", "decisionRefBinding"},
    "callActivity": set(),
    "subProcess": set(),
    "exclusiveGateway": set(),
    "parallelGateway": set(),
    "eventBasedGateway": set(),
    "intermediateCatchEvent": set(),
    "intermediateThrowEvent": set(),
    "boundaryEvent": set(),
}
_PROPERTIES: dict[str, set[str]] = {
    "userTask": {"gate", "catalogue", "assignee", "counted_from", "remind_before", "escalate_after", "escalate_to"},
    "callActivity": {"stage", "key_suffix", "organisation", "returned_when"},
    "subProcess": {"stage"},
    "intermediateCatchEvent": {"correlation"},
    "boundaryEvent": {"correlation"},
}
_EVENTS: dict[str, set[str]] = {
    "startEvent": set(),
    "endEvent": {"terminate", "error", "signal"},
    "intermediateCatchEvent": {"timer", "message", "signal"},
    "intermediateThrowEvent": {"signal"},
    "boundaryEvent": {"timer", "message", "error", "signal"},
}
_NEEDS_EVENT = {
    "intermediateCatchEvent": "händelsen väntar inte på något; välj tid, meddelande eller signal",
    "boundaryEvent": "händelsen väntar inte på något; välj tid, meddelande, signal eller fel",
    "intermediateThrowEvent": "händelsen sänder inget; välj signal, eller använd en serviceuppgift",
}
_LOOPS = {"userTask"}

_REFUSED = {
    "scriptTask": "skriptuppgifter får inte finnas; använd en serviceuppgift eller ett uttryck i en grind",
    "inclusiveGateway": "inkluderande grindar går inte att lita på; använd exklusiva eller parallella grindar",
    "complexGateway": "komplexa grindar stöds inte",
    "transaction": "transaktioner stöds inte; använd en vanlig delprocess",
    "adHocSubProcess": "ad hoc-delprocesser stöds inte",
    "sendTask": "sändaruppgifter stöds inte; använd en serviceuppgift",
    "receiveTask": "mottagaruppgifter stöds inte; använd en händelse som väntar på ett meddelande",
    "manualTask": "manuella uppgifter stöds inte; använd en användaruppgift med formulär",
    "task": "uppgiften saknar typ; gör den till användaruppgift eller serviceuppgift",
}


def known_types(case: Case) -> Iterator[Fault]:
    """Only elements that the engine runs right, and nothing that it would silently ignore."""
    for element in case.model.elements.values():
        if element.type not in _CAMUNDA:
            reason = _REFUSED.get(element.type, f"{element.type} stöds inte")
            yield Fault(element.id, reason)
        elif element.attributes.get("triggeredByEvent") in {"true", "1"}:
            yield Fault(element.id, "händelsedelprocesser stöds inte; lägg en händelse på kanten av en delprocess")
    for scope, tag in case.model.strangers:
        yield Fault(scope, f"{tag.split('}')[-1]} stöds inte i en modell")


def known_parts(case: Case) -> Iterator[Fault]:
    """Extensions, attributes and children that the engine knows; others would be silently ignored."""
    for element in _known(case):
        for name in sorted(element.camunda.keys() - _CAMUNDA[element.type]):
            yield Fault(element.id, f"camunda:{name} stöds inte på {element.type}")
        for part in element.parts:
            yield Fault(element.id, f"{part} stöds inte på {element.type}")
        if element.type != "serviceTask":
            for name in sorted(element.properties.keys() - _PROPERTIES.get(element.type, set())):
                yield Fault(element.id, f"egenskapen {name} är okänd på {element.type}")


def known_events(case: Case) -> Iterator[Fault]:
    """Events of the kinds that work: timers, messages and signals to wait for, errors, and terminate at an end."""
    for element in _known(case):
        if element.type not in _EVENTS:
            continue
        if len(element.events) > 1:
            yield Fault(element.id, "händelsen har mer än en definition")
        if not element.events and element.type in _NEEDS_EVENT:
            yield Fault(element.id, _NEEDS_EVENT[element.type])
        for event in element.events:
            yield from _event(element, event)


def _event(element: Element, event: EventDefinition) -> Iterator[Fault]:
    if event.kind not in _EVENTS[element.type]:
        yield Fault(element.id, f"{element.type} med {event.kind} stöds inte")
    elif event.kind == "timer" and event.timer == "timeCycle":
        yield Fault(element.id, "återkommande tid (timeCycle) stöds inte; rita en slinga med en tid i")
    elif event.kind == "timer" and not event.expression:
        yield Fault(element.id, "tiden är tom; skriv ett datum, en tidslängd eller ett namn")
    elif event.kind == "message" and not event.reference:
        yield Fault(element.id, "händelsen saknar meddelandenamn")
    elif event.kind == "signal" and not event.reference:
        yield Fault(element.id, "händelsen saknar signalnamn")
    elif event.kind == "signal" and "correlation" in element.properties:
        yield Fault(element.id, "en signal når alla som väntar på den; correlation hör till meddelanden")
    elif event.kind == "error" and not element.interrupting:
        yield Fault(element.id, "ett fel avbryter alltid; händelsen måste vara avbrytande")


def caught_errors(case: Case) -> Iterator[Fault]:
    """An error is caught on the edge of the sub-process that it ends, and nowhere else: a called process gives none."""
    for element in case.model.elements.values():
        for code in _errors(element):
            if element.type == "endEvent" and code not in _caught(case, element.scope):
                yield Fault(element.id, "ingen fångar felet; sätt en felhändelse på kanten av delprocessen omkring")
            elif element.type == "boundaryEvent" and code not in _ended_with(case, element.attached_to or ""):
                yield Fault(element.id, "felet kan aldrig komma; ingen sluthändelse i delprocessen ger det")


def _errors(element: Element) -> set[str | None]:
    return {event.reference for event in element.events if event.kind == "error"}


def _caught(case: Case, scope: str) -> set[str | None]:
    return {code for event in case.model.boundaries(scope) for code in _errors(event)}


def _ended_with(case: Case, scope: str) -> set[str | None]:
    return {code for end in case.model.inside(scope) if end.type == "endEvent" for code in _errors(end)}


def loops(case: Case) -> Iterator[Fault]:
    """Multi-instance on user tasks only, over a named list, without output collection."""
    for element in case.model.elements.values():
        loop = element.loop
        if loop is None:
            continue
        if element.type not in _LOOPS:
            yield Fault(element.id, f"flera instanser stöds bara på användaruppgifter, inte på {element.type}")
        if loop.has_output:
            yield Fault(element.id, "flera instanser får inte samla svar i en lista; svaren finns som inlämningar")
        if not loop.collection or not loop.item:
            yield Fault(element.id, "flera instanser behöver både lista (loopDataInputRef) och namn på posten")


def _known(case: Case) -> Iterator[Element]:
    return case.typed(*_CAMUNDA)
