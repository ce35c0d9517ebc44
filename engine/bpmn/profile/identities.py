"""Rules on names: of the process, of its elements and of what people read in the diagram."""

import re
from collections.abc import Iterator

from engine.bpmn.profile.case import Case, Fault

_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
_MAX_ID = 64
# What SpiffWorkflow calls its own nodes, whatever the case of letters.
_RESERVED = {"start", "end", "root", "completed"}
_NAMED = {"userTask", "serviceTask", "callActivity", "businessRuleTask", "subProcess", "startEvent", "endEvent"}


def process_identity(case: Case) -> Iterator[Fault]:
    """One executable process whose id is the folder's name and which the manifest knows."""
    model = case.model
    if model.process_count > 1:
        yield Fault(None, "modellen har mer än en process")
    if model.id != case.files.key:
        yield Fault(model.id or None, f"processens id ska vara {case.files.key}, som mappen heter")
    if not model.executable:
        yield Fault(model.id or None, "processen är inte körbar (isExecutable)")
    if case.pack.process(case.files.key) is None:
        yield Fault(None, f"processen {case.files.key} finns inte i pack.toml")


def element_ids(case: Case) -> Iterator[Fault]:
    """Ids that are unique, say what the element is, and do not collide with the engine's own."""
    for repeated in case.model.repeated_ids:
        if repeated:
            yield Fault(repeated, "id finns mer än en gång")
        else:
            yield Fault(None, "ett element eller flöde saknar id")
    for name in (*case.model.elements, *case.model.flows):
        if name.lower() in _RESERVED:
            yield Fault(name, f"{name} får inte vara ett id; motorn använder det själv")
        elif name and not _SNAKE_CASE.fullmatch(name) and name in case.model.elements:
            yield Fault(name, "id ska skrivas med små bokstäver och understreck (snake_case)")
        if len(name) > _MAX_ID:
            yield Fault(name, f"id är längre än {_MAX_ID} tecken")


def readable_names(case: Case) -> Iterator[Fault]:
    """People read the names in lists and diagrams, so each task and event has one."""
    for element in case.typed(*_NAMED):
        if not element.name.strip():
            yield Fault(element.id, "namn saknas")
