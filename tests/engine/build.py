"""Builders with defaults: rows written straight into a real database, for tests of what only reads."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, Table, insert

from engine.database.register_tables import agreement, deviation, stage_period
from engine.database.tables import (
    event,
    organisation,
    pack_version,
    process_definition,
    process_instance,
    submission,
    user_task,
)
from engine.people import Person, create_person, get_person, grant

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PACK = "test-pack"
LOCAL = "test-2024/2080"
_numbers = count(1)

MANIFEST: dict[str, Any] = {
    "pack": {
        "key": PACK,
        "title": "Prov",
        "version": "1",
        "valid_from": {"$date": "2024-10-01"},
        "valid_to": {"$date": "2032-12-31"},
        "agreement_key": "test-2024",
    },
    "role": [
        {"key": "process_leader", "title": "Processledare"},
        {"key": "steering_group", "title": "Styrgrupp"},
        {"key": "reporter", "title": "Rapportör"},
        {"key": "rss", "title": "RSS"},
    ],
    "stage": [
        {"key": "drafting", "title": "Framtagande", "group": "Ta fram", "short": "Framtagande"},
        {"key": "decision", "title": "Beslut", "group": "Ta fram", "short": "Beslut"},
    ],
    "process": [
        {"key": "drafting", "title": "Ta fram", "agreement": "local", "organisation": "municipality"},
        {
            "key": "deviation",
            "title": "Avvikelse",
            "agreement": "none",
            "organisation": "municipality",
            "startable_by": ["reporter"],
        },
    ],
    "parameters": {"municipalities": ["2080", "2062"]},
    "deadlines": {"remind_before": "P7D", "escalate_after": "P7D", "escalate_to": ["steering_group"]},
}
CATALOGUES: dict[str, Any] = {
    "organisations": [
        {"key": "2080", "title": "Falun", "kind": "municipality"},
        {"key": "2062", "title": "Mora", "kind": "municipality"},
        {"key": "20", "title": "Region Dalarna", "kind": "region"},
    ],
    "agreement_sections": [
        {"key": "s1", "title": "Hur den kom till", "questions": ["Vilka deltog?"]},
        {"key": "s2a", "title": "Ledning"},
    ],
}
BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <bpmn:process id="drafting" isExecutable="true">
    <bpmn:laneSet>
      <bpmn:lane name="Processledare"><bpmn:flowNodeRef>plan_work</bpmn:flowNodeRef></bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="work_begun" camunda:formKey="plan" />
    <bpmn:sequenceFlow id="f1" sourceRef="work_begun" targetRef="plan_work" />
    <bpmn:userTask id="plan_work" name="Planera arbetet" />
    <bpmn:sequenceFlow id="f2" sourceRef="plan_work" targetRef="write_all" />
    <bpmn:subProcess id="write_all">
      <bpmn:startEvent id="writing_begun" />
      <bpmn:sequenceFlow id="f3" sourceRef="writing_begun" targetRef="write_section" />
      <bpmn:userTask id="write_section" name="Skriv avsnittet">
        <bpmn:extensionElements>
          <camunda:properties><camunda:property name="catalogue" value="agreement_sections" /></camunda:properties>
        </bpmn:extensionElements>
      </bpmn:userTask>
      <bpmn:sequenceFlow id="f4" sourceRef="write_section" targetRef="writing_done" />
      <bpmn:endEvent id="writing_done" />
    </bpmn:subProcess>
    <bpmn:sequenceFlow id="f5" sourceRef="write_all" targetRef="decide_draft" />
    <bpmn:userTask id="decide_draft" name="Besluta om utkastet" />
    <bpmn:sequenceFlow id="f6" sourceRef="decide_draft" targetRef="approved" />
    <bpmn:exclusiveGateway id="approved" name="Godkänt?" />
    <bpmn:sequenceFlow id="f7" sourceRef="approved" targetRef="plan_work" />
    <bpmn:sequenceFlow id="f8" sourceRef="approved" targetRef="draft_approved" />
    <bpmn:endEvent id="draft_approved" />
  </bpmn:process>
</bpmn:definitions>"""
FORMS: dict[str, Any] = {
    "section": {
        "type": "object",
        "title": "Skriv avsnittet",
        "properties": {
            "exists_today": {"type": "string", "title": "Vad finns?", "x-prefill": "previous"},
            "text": {"type": "string", "title": "Text", "x-prefill": "section_text"},
        },
    },
    "plan": {
        "type": "object",
        "title": "Planera",
        "properties": {
            "activities": {
                "type": "array",
                "title": "Aktiviteter",
                "x-prefill": "activities",
                "items": {
                    "type": "object",
                    "properties": {"activity": {"type": "string"}, "ends_on": {"type": "string"}},
                },
            }
        },
    },
}


def write(connection: Connection, table: Table, defaults: dict[str, Any], given: dict[str, Any]) -> str:
    values = {"id": f"{table.name}-{next(_numbers):05}", **defaults, **given}
    if "id" not in table.c:
        del values["id"]
    connection.execute(insert(table).values(values))
    return str(values.get("id", ""))


def create_pack(connection: Connection) -> None:
    """A pack of two processes with one definition each, and its organisations."""
    content = {"manifest": MANIFEST, "catalogues": CATALOGUES, "translations": {"Framtagande": "Drafting"}}
    row = {"pack_key": PACK, "version": 1, "content_hash": "x", "content": content, "deployed_at": NOW}
    write(connection, pack_version, {}, row)
    for key in ("drafting", "deviation"):
        create_definition(connection, id=key, process_key=key)
    for item in CATALOGUES["organisations"]:
        values = {"code": item["key"], "name": item["title"], "kind": item["kind"]}
        connection.execute(insert(organisation).values(values))


def create_definition(connection: Connection, **given: Any) -> str:
    defaults = {
        "pack_key": PACK,
        "process_key": "drafting",
        "version": 1,
        "content_hash": "x",
        "bpmn": BPMN,
        "decisions": {},
        "forms": FORMS,
        "deployed_at": NOW,
    }
    return write(connection, process_definition, defaults, given)


def create_instance(connection: Connection, **given: Any) -> str:
    instance_id = given.get("id", f"instance-{next(_numbers):05}")
    defaults = {
        "id": instance_id,
        "definition_id": "drafting",
        "pack_key": PACK,
        "process_key": "drafting",
        "business_key": LOCAL,
        "organisation": "2080",
        "agreement_key": LOCAL,
        "status": "active",
        "root_id": instance_id,
        "started_at": NOW - timedelta(days=30),
        "revision": 1,
        "sequence": 1,
        "event_hash": "x",
        "state": b"",
    }
    return write(connection, process_instance, defaults, given)


def create_task(connection: Connection, instance_id: str, **given: Any) -> str:
    defaults = {
        "instance_id": instance_id,
        "pack_key": PACK,
        "process_key": "drafting",
        "definition_id": "drafting",
        "element_id": "plan_work",
        "name": "Planera arbetet",
        "form_key": "plan",
        "gate": False,
        "role": "process_leader",
        "role_organisation": "2080",
        "organisation": "2080",
        "agreement_key": LOCAL,
        "business_key": LOCAL,
        "stage": "drafting",
        "created_at": NOW - timedelta(days=10),
        "due_at": NOW + timedelta(days=10),
        "state": "open",
    }
    return write(connection, user_task, defaults, given)


def create_submission(connection: Connection, instance_id: str, person_id: str, **given: Any) -> str:
    defaults = {
        "instance_id": instance_id,
        "definition_id": "drafting",
        "process_key": "drafting",
        "element_id": "plan_work",
        "form_key": "plan",
        "agreement_key": LOCAL,
        "organisation": "2080",
        "party": "2080",
        "role": "process_leader",
        "person_id": person_id,
        "submitted_at": NOW - timedelta(days=5),
        "values": {},
    }
    return write(connection, submission, defaults, given)


def create_event(connection: Connection, instance_id: str, sequence: int, kind: str, **given: Any) -> None:
    defaults = {"instance_id": instance_id, "sequence": sequence, "at": NOW, "kind": kind, "data": {}, "hash": "x"}
    write(connection, event, defaults, given)


def create_agreement(connection: Connection, instance_id: str, **given: Any) -> None:
    defaults = {
        "key": LOCAL,
        "pack_key": PACK,
        "kind": "local",
        "organisation": "2080",
        "title": "Lokal överenskommelse, Falun",
        "instance_id": instance_id,
        "status": "preparing",
        "started_at": NOW - timedelta(days=100),
    }
    write(connection, agreement, defaults, given)


def create_stage(connection: Connection, **given: Any) -> str:
    defaults = {
        "agreement_key": LOCAL,
        "organisation": "2080",
        "stage": "drafting",
        "round": 1,
        "started_at": NOW - timedelta(days=100),
    }
    return write(connection, stage_period, defaults, given)


def create_deviation(connection: Connection, instance_id: str, reported_by: str, **given: Any) -> None:
    defaults = {
        "key": f"AVV-2026-{next(_numbers):04}",
        "pack_key": PACK,
        "instance_id": instance_id,
        "organisation": "2080",
        "reported_by": reported_by,
        "reported_at": NOW - timedelta(days=3),
        "happened": "Ingen kallade till mötet.",
        "happened_on": date(2026, 11, 20),
        "principals": ["region", "municipality"],
    }
    write(connection, deviation, defaults, given)


def somebody(connection: Connection, username: str = "karin", *grants: tuple[str, str]) -> Person:
    """A person with these (role, organisation) pairs."""
    person_id = create_person(connection, NOW, username, username.capitalize())
    for role, where in grants:
        grant(connection, NOW, person_id, role, where)
    return get_person(connection, person_id)
