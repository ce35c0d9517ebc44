"""A pack of two tiny processes: a task that comes again and again, and a timer. Written to a folder, then deployed."""

import json
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from engine.commands import complete_task, deploy_pack, start_process
from engine.people import Person, create_person, get_person, grant

PACK = "bench"
ROLE = "writer"
ORGANISATION = "2080"

_MANIFEST = """
[pack]
key = "bench"
title = "Mätning"
version = "1"
valid_from = 2024-10-01
valid_to = 2032-12-31
agreement_key = "bench-2024"

[[role]]
key = "writer"
title = "Skribent"

[[stage]]
key = "drafting"
title = "Framtagande"
group = "Ta fram"
short = "Fram"

[[process]]
key = "loop"
title = "Skriv om och om igen"
agreement = "none"
organisation = "municipality"
business_key = "LOOP-{number}"
startable_by = ["writer"]

[[process]]
key = "wait"
title = "Vänta"
agreement = "none"
organisation = "municipality"
business_key = "WAIT-{number}"
startable_by = ["writer"]

[deadlines]
remind_before = "P7D"
escalate_after = "P7D"
escalate_to = ["writer"]
"""
_ORGANISATIONS = """
[[item]]
key = "2080"
title = "Falun"
kind = "municipality"

[[item]]
key = "20"
title = "Region Dalarna"
kind = "region"
"""
_MODEL = """<bpmn:definitions id="definitions" targetNamespace="https://example.se"
  xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><bpmn:process id="{key}" isExecutable="true">
  <bpmn:laneSet id="lanes"><bpmn:lane id="writers" name="Skribent">{members}</bpmn:lane></bpmn:laneSet>
  {elements}
</bpmn:process></bpmn:definitions>"""
_LOOP = """
  <bpmn:startEvent id="begun" name="Begun" />
  <bpmn:sequenceFlow id="flow_1" sourceRef="begun" targetRef="write_text" />
  <bpmn:userTask id="write_text" name="Skriv" camunda:formKey="text" camunda:dueDate="P1M" />
  <bpmn:sequenceFlow id="flow_2" sourceRef="write_text" targetRef="written_again" />
  <bpmn:exclusiveGateway id="written_again" name="En gång till?" default="flow_4" />
  <bpmn:sequenceFlow id="flow_3" name="Ja" sourceRef="written_again" targetRef="write_text">
    <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">again == True</bpmn:conditionExpression>
  </bpmn:sequenceFlow>
  <bpmn:sequenceFlow id="flow_4" name="Nej" sourceRef="written_again" targetRef="done" />
  <bpmn:endEvent id="done" name="Klart" />"""
_WAIT = """
  <bpmn:startEvent id="begun" name="Begun" />
  <bpmn:sequenceFlow id="flow_1" sourceRef="begun" targetRef="waited" />
  <bpmn:intermediateCatchEvent id="waited" name="En tid har gått"><bpmn:timerEventDefinition>
    <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration>
  </bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
  <bpmn:sequenceFlow id="flow_2" sourceRef="waited" targetRef="write_text" />
  <bpmn:userTask id="write_text" name="Skriv" camunda:formKey="text" camunda:dueDate="P1M" />
  <bpmn:sequenceFlow id="flow_3" sourceRef="write_text" targetRef="done" />
  <bpmn:endEvent id="done" name="Klart" />"""
_MODELS = {
    "loop": (_LOOP, ("begun", "write_text", "written_again", "done")),
    "wait": (_WAIT, ("begun", "waited", "write_text", "done")),
}
VALUES: dict[str, Any] = {
    "again": True,
    "text": "Socialtjänsten och hälso- och sjukvården möts varje månad och går igenom läget. " * 4,
    "level": "3",
    "held_on": "2026-11-24",
}


def _form(routes: list[str]) -> dict[str, Any]:
    choices = [{"const": str(level), "title": f"Nivå {level}"} for level in range(1, 6)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": "Skriv",
        "properties": {
            "again": {"type": "boolean", "title": "En gång till?"},
            "text": {"type": "string", "title": "Text", "maxLength": 4000},
            "level": {"type": "string", "title": "Nivå", "oneOf": choices},
            "held_on": {"type": "string", "title": "Datum", "format": "date"},
        },
        "required": ["again", "text"],
        "x-routes": routes,
    }


def deploy(connection: Connection, now: datetime) -> Person:
    """Deploy the pack, and add somebody who may do its tasks."""
    with TemporaryDirectory(prefix="bench-pack-") as folder:
        _write(Path(folder))
        deploy_pack(connection, now, Path(folder))
    return add_person(connection, now, "skribent")


def add_person(connection: Connection, now: datetime, username: str) -> Person:
    """Somebody who may do the tasks of the pack."""
    person_id = create_person(connection, now, username, username.capitalize())
    grant(connection, now, person_id, ROLE, ORGANISATION)
    return get_person(connection, person_id)


def start_loop(connection: Connection, now: datetime, person: Person) -> str:
    """Start an instance of the loop; the id of its first task."""
    return start_process(connection, now, person, "loop", organisation=ORGANISATION, pack_key=PACK).next_tasks[0].id


def complete(connection: Connection, now: datetime, person: Person, task_id: str) -> str:
    """Complete the loop's task; the id of the next one."""
    return complete_task(connection, now, person, task_id, VALUES).next_tasks[0].id


def _write(folder: Path) -> None:
    texts = {"pack.toml": _MANIFEST, "catalogues/organisations.toml": _ORGANISATIONS}
    for key, (elements, ids) in _MODELS.items():
        members = "".join(f"<bpmn:flowNodeRef>{element}</bpmn:flowNodeRef>" for element in ids)
        texts[f"{key}/{key}.bpmn"] = _MODEL.format(key=key, members=members, elements=elements)
        texts[f"{key}/forms/text.json"] = json.dumps(_form(["again"] if key == "loop" else []))
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
