"""Rules on what reaches outside the process: called processes, stages, service tasks and messages."""

from collections.abc import Iterator

from engine.bpmn import expressions
from engine.bpmn.model import Element
from engine.bpmn.profile.case import Case, Fault
from engine.bpmn.profile.variables import BUILT_IN, known, listed, written
from engine.bpmn.topics import AGREEMENT_STATUSES, TOPICS, Topic


def called_processes(case: Case) -> Iterator[Fault]:
    """A call activity calls a process of the pack, and takes out what that process can give."""
    for element in case.typed("callActivity"):
        called = element.called_element or ""
        if case.pack.process(called) is None:
            yield Fault(element.id, f"processen {called or 'utan namn'} finns inte i pack.toml")
        elif called not in case.models:
            yield Fault(element.id, f"processen {called} har ingen modell")
        else:
            yield from _taken_out(case, element, called)
        yield from _call_properties(case, element)


def _taken_out(case: Case, element: Element, called: str) -> Iterator[Fault]:
    given = known(case.of(called))
    for mapping in element.outs:
        if mapping.source not in given or not mapping.target:
            yield Fault(element.id, f"{called} ger aldrig tillbaka {mapping.source or 'en tom källa'}")


def _call_properties(case: Case, element: Element) -> Iterator[Fault]:
    there = known(case)
    suffix = element.properties.get("key_suffix")
    if suffix is not None and suffix not in there:
        yield Fault(element.id, f"key_suffix: variabeln {suffix} sätts aldrig")
    organisation = element.properties.get("organisation")
    if organisation is not None and organisation not in case.organisations | there:
        yield Fault(
            element.id, f"organisationen {organisation!r} är varken municipality, region, en kod eller en variabel"
        )
    returned_when = element.properties.get("returned_when")
    if returned_when is not None and (reason := expressions.check(returned_when)):
        yield Fault(element.id, f"returned_when är inget giltigt uttryck: {reason}")


def stages(case: Case) -> Iterator[Fault]:
    """A stage named in a model is a stage of the pack."""
    for element in case.typed("callActivity", "subProcess"):
        if element.stage is not None and case.pack.stage(element.stage) is None:
            yield Fault(element.id, f"skedet {element.stage!r} finns inte i pack.toml")


def service_tasks(case: Case) -> Iterator[Fault]:
    """A service task names one of the engine's handlers and gives it what it needs."""
    for element in case.typed("serviceTask"):
        topic = TOPICS.get(element.topic or "")
        if element.camunda.get("type") != "external" or topic is None:
            yield Fault(
                element.id, f"serviceuppgiften har inget känt ämne (camunda:topic): {element.topic or 'saknas'}"
            )
            continue
        for name in topic.required:
            if not element.properties.get(name, "").strip():
                yield Fault(element.id, f"{topic.name} behöver egenskapen {name}")
        for name in sorted(element.properties.keys() - {*topic.required, *topic.optional}):
            yield Fault(element.id, f"{topic.name} känner inte till egenskapen {name}")
        yield from _values(case, element, topic)


def _values(case: Case, element: Element, topic: Topic) -> Iterator[Fault]:
    """Each property that is given points at something that exists."""
    there = known(case)
    checks = {
        "to": lambda value: [f"rollen {r!r} finns inte" for r in listed(value) if case.pack.role(r) is None],
        "scope": lambda value: [] if value == "all" else ["scope kan bara vara all"],
        "urgent": lambda value: [] if value == "true" else ["urgent kan bara vara true"],
        "status": lambda value: [] if value in AGREEMENT_STATUSES else [f"statusen {value!r} är okänd"],
        "valid_to": lambda value: [] if value in there else [f"valid_to: {value!r} är inget känt namn"],
        "process": lambda value: [] if value in case.models else [f"processen {value!r} finns inte"],
        "for_each": lambda value: [] if value in there else [f"listan {value!r} är inget känt namn"],
        "pass": lambda value: [f"{name} skickas med men sätts aldrig" for name in listed(value) if name not in there],
        "element": lambda value: _tallied(case, value),
    }
    for name in (*topic.required, *topic.optional):
        value = element.properties.get(name)
        if value and name in checks:
            yield from (Fault(element.id, reason) for reason in checks[name](value))


def _tallied(case: Case, element_id: str) -> list[str]:
    task = case.model.elements.get(element_id)
    if task is None or task.type != "userTask":
        return [f"uppgiften {element_id!r} finns inte"]
    fields = case.forms.get(task.form_key or "", {}).get("properties", {})
    return [] if "outcome" in fields else [f"uppgiften {element_id} har inget fält outcome att räkna samman"]


def messages(case: Case) -> Iterator[Fault]:
    """A message that is sent is waited for somewhere in the pack, and the other way round."""
    caught = {e.message_name for model in case.models.values() for e in model.elements.values()}
    sent = {e.properties.get("message") for model in case.models.values() for e in model.elements.values()}
    for element in case.model.elements.values():
        message = element.properties.get("message")
        if element.topic == "tell_local_agreements" and message and message not in caught:
            yield Fault(element.id, f"ingen process väntar på meddelandet {message}")
        if element.message_name and element.message_name not in sent:
            yield Fault(element.id, f"ingen process skickar meddelandet {element.message_name}")


def signals(case: Case) -> Iterator[Fault]:
    """A signal that is thrown is waited for somewhere in the pack, and the other way round."""
    elements = [element for model in case.models.values() for element in model.elements.values()]
    thrown = {element.signal_name for element in elements if _throws(element)}
    caught = {element.signal_name for element in elements if not _throws(element)}
    for element in case.model.elements.values():
        if element.signal_name and _throws(element) and element.signal_name not in caught:
            yield Fault(element.id, f"ingen process väntar på signalen {element.signal_name}")
        if element.signal_name and not _throws(element) and element.signal_name not in thrown:
            yield Fault(element.id, f"ingen process sänder signalen {element.signal_name}")


def _throws(element: Element) -> bool:
    return element.type in {"intermediateThrowEvent", "endEvent"}


def own_names(case: Case) -> Iterator[Fault]:
    """No step sets what the engine itself sets."""
    for element in case.model.elements.values():
        for name in sorted(written(case, element) & BUILT_IN):
            if element.type != "subProcess":
                yield Fault(element.id, f"{name} är upptaget och får inte sättas av ett steg")
