"""Builders that put rows straight into a database: each makes one thing believable, with defaults for the rest.

`believable_county` is the county of the design's drawing, as of 24 November 2026.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, insert, select

from engine.database.register_tables import (
    activity,
    agreement,
    agreement_status,
    appointment,
    assessment,
    decision,
    deviation,
    indicator,
    stage_period,
)
from engine.database.tables import (
    organisation,
    pack_version,
    person,
    process_definition,
    process_instance,
    user_task,
)
from engine.packs import Pack, load_pack

PACK_FOLDER = Path(__file__).resolve().parent.parent / "processes/dalarna_kvinnofrid"
PACK_KEY = "dalarna-kvinnofrid"
REGIONAL = "dalarna-kvinnofrid-2024"
TODAY = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    """A moment: a date means 10:00 UTC on it."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T10:00").replace(tzinfo=UTC)


def local_key(code: str) -> str:
    return f"{REGIONAL}/{code}"


def create_pack(connection: Connection) -> Pack:
    """Deploy the shipped pack's content (no models), with its organisations."""
    pack = load_pack(PACK_FOLDER)
    row = {"pack_key": pack.key, "version": 1, "content_hash": pack.content_hash, "content": pack.to_content()}
    connection.execute(insert(pack_version).values(id=uuid4().hex, deployed_at=at("2024-01-01"), **row))
    names = [
        {"code": item["key"], "name": item["title"], "kind": item.get("kind", "body")}
        for item in pack.catalogues["organisations"]
    ]
    connection.execute(insert(organisation), names)
    _create(
        connection, person, id="anna", username="anna", name="Anna Testsson", active=True, created_at=at("2024-01-01")
    )
    return pack


def create_agreement(connection: Connection, code: str | None, started: str, **values: Any) -> str:
    """A local agreement of the municipality, or the regional one; it is being prepared until told otherwise."""
    key = values.pop("key", local_key(code) if code else REGIONAL)
    row = {
        "key": key,
        "pack_key": PACK_KEY,
        "kind": "local" if code else "regional",
        "organisation": code,
        "title": "Lokal överenskommelse" if code else "För kvinnofrid",
        "instance_id": create_instance(connection, "local_agreement" if code else "regional_agreement", key, code),
        "status": "preparing",
        "started_at": at(started),
    }
    connection.execute(insert(agreement).values(row | values))
    create_status(connection, key, "preparing", started)
    return str(key)


def create_status(connection: Connection, key: str, status: str, since: str, valid_to: date | None = None) -> None:
    values: dict[str, Any] = {"status": status}
    if status == "in_force":
        values["in_force_on"] = at(since).date()
    if valid_to:
        values["valid_to"] = valid_to
    connection.execute(agreement.update().where(agreement.c.key == key).values(values))
    _create(connection, agreement_status, agreement_key=key, status=status, since=at(since), valid_to=valid_to)


def create_instance(connection: Connection, process_key: str, business_key: str, code: str | None = None) -> str:
    found = select(process_definition.c.id).where(process_definition.c.process_key == process_key)
    definition_id = connection.execute(found).scalar() or _create(
        connection,
        process_definition,
        pack_key=PACK_KEY,
        process_key=process_key,
        version=1,
        content_hash=uuid4().hex,
        bpmn="<definitions/>",
        decisions={},
        forms={},
        deployed_at=at("2024-01-01"),
    )
    instance_id = uuid4().hex
    return _create(
        connection,
        process_instance,
        id=instance_id,
        root_id=instance_id,
        definition_id=definition_id,
        pack_key=PACK_KEY,
        process_key=process_key,
        business_key=business_key,
        organisation=code,
        status="active",
        started_at=at("2024-10-01"),
        revision=1,
        sequence=0,
        event_hash="",
        state=b"{}",
    )


def create_period(
    connection: Connection, code: str, stage: str, started: str, ended: str | None = None, **values: Any
) -> str:
    """A round of a stage; with `ended` it is done unless another outcome is given."""
    row = {
        "agreement_key": local_key(code),
        "organisation": code,
        "stage": stage,
        "round": 1,
        "started_at": at(started),
        "ended_at": at(ended) if ended else None,
        "outcome": "done" if ended else None,
    }
    return _create(connection, stage_period, **(row | values))


def create_task(connection: Connection, code: str, stage: str | None, due: str, **values: Any) -> str:
    """An open task of the municipality's process leader."""
    key = values.setdefault("business_key", local_key(code))
    process_key = values.setdefault("process_key", "drafting")
    created = values.pop("created", None)
    row = {
        "instance_id": create_instance(connection, process_key, key, code),
        "pack_key": PACK_KEY,
        "definition_id": "any",
        "element_id": "draft_section",
        "name": "Skriv avsnittet",
        "form_key": "section",
        "gate": False,
        "role": "process_leader",
        "role_organisation": code,
        "organisation": code,
        "agreement_key": local_key(code),
        "stage": stage,
        "created_at": at(created) if created else at(due) - timedelta(days=30),
        "due_at": at(due),
        "state": "completed" if values.get("ended_at") else "open",
    }
    return _create(connection, user_task, **(row | values))


def create_gate(connection: Connection, code: str, stage: str, created: str, due: str, **values: Any) -> str:
    """The steering group's decision, waited for."""
    asked = {"element_id": "approve_phase", "name": "Besluta om nästa steg", "role": "steering_group", "gate": True}
    return create_task(connection, code, stage, due, created=created, **(asked | values))


def create_decision(connection: Connection, code: str, party: str, recorded: str, **values: Any) -> str:
    row = {
        "kind": "party",
        "agreement_key": local_key(code),
        "organisation": code,
        "party": party,
        "process_key": "decision",
        "element_id": "decide",
        "instance_id": "any",
        "stage": "decision",
        "outcome": "approved",
        "decided_on": at(recorded).date(),
        "body": "Kommunstyrelsen" if party != "20" else "Hälso- och sjukvårdsnämnden",
        "case_number": f"KS {at(recorded).year}/{party}",
        "person_id": "anna",
        "recorded_at": at(recorded),
    }
    return _create(connection, decision, **(row | values))


def create_appointment(connection: Connection, code: str, recorded: str, leader: str, group: str = "Lokalt BRÅ") -> str:
    return _create(
        connection,
        appointment,
        agreement_key=local_key(code),
        process_leader=leader,
        steering_group=group,
        working_group=[],
        recorded_at=at(recorded),
    )


def create_deviation(connection: Connection, code: str, key: str, reported: str, **values: Any) -> str:
    row = {
        "key": key,
        "pack_key": PACK_KEY,
        "instance_id": "any",
        "agreement_key": local_key(code),
        "organisation": code,
        "reported_by": "anna",
        "reported_at": at(reported),
        "happened": "Ingen kallades till det gemensamma mötet.",
        "happened_on": at(reported).date() - timedelta(days=2),
    }
    connection.execute(insert(deviation).values(row | values))
    return key


def create_activity(connection: Connection, code: str, recorded: str, text: str, **values: Any) -> str:
    row = {"agreement_key": local_key(code), "submission_id": "any", "position": 0, "recorded_at": at(recorded)}
    return _create(connection, activity, **(row | {"activity": text} | values))


def create_assessment(connection: Connection, code: str, recorded: str, item: str, level: str, **values: Any) -> str:
    row = {"agreement_key": local_key(code), "submission_id": "any", "stage": "iris_1", "recorded_at": at(recorded)}
    return _create(connection, assessment, **(row | {"item": item, "level": level} | values))


def create_indicator(connection: Connection, code: str, recorded: str, item: str, **values: Any) -> str:
    row = {
        "agreement_key": local_key(code),
        "organisation": code,
        "party": code,
        "submission_id": "any",
        "kind": "isu",
        "year": at(recorded).year - 1,
        "item": item,
        "recorded_at": at(recorded),
    }
    return _create(connection, indicator, **(row | values))


def _create(connection: Connection, table: Table, **values: Any) -> str:
    row = {"id": uuid4().hex} | values
    connection.execute(insert(table).values(row))
    return str(row["id"])


STAGES = ("drafting", "anchoring", "decision", "iris_1", "iris_2", "iris_3", "iris_4")

# For each municipality: when its stages were done, in order; the next one is being worked on.
DONE = {
    "2084": ("2025-06-10", "2025-09-12", "2025-12-15", "2026-05-20"),
    "2081": ("2025-03-10", "2025-05-12", "2025-09-15", "2026-01-20", "2026-06-12"),
    "2080": ("2025-02-10", "2025-04-12", "2025-06-15", "2025-11-20", "2026-04-12"),
    "2026": ("2026-05-10", "2026-09-12"),
    "2083": ("2025-11-10", "2026-02-12", "2026-05-15"),
    "2029": ("2025-08-10", "2025-11-12", "2026-02-15", "2026-06-20"),
    "2085": ("2025-03-10", "2025-06-12", "2025-10-15", "2026-02-20", "2026-08-12"),
    "2023": ("2026-06-10",),
    "2062": (),
    "2034": ("2025-10-10", "2026-01-12", "2026-03-15"),
    "2031": ("2026-04-10",),
    "2061": ("2026-02-10", "2026-06-12"),
    "2082": ("2025-12-10", "2026-03-12", "2026-06-15"),
    "2021": (),
    "2039": ("2026-08-10",),
}
LEADERS = ("Karin Holm", "Erik Lindgren", "Maria Ek", "Johan Sund", "Åsa Öberg", "Nils Dahl", "Eva Norén")


def believable_county(connection: Connection) -> Pack:
    """Fifteen municipalities in every kind of state, two years after the regional agreement came into force."""
    pack = create_pack(connection)
    create_agreement(connection, None, "2024-03-01")
    create_status(connection, REGIONAL, "in_force", "2024-10-01", date(2032, 12, 31))
    for index, (code, done) in enumerate(sorted(DONE.items())):
        create_municipality(connection, code, done)
        if code != "2021":
            create_appointment(connection, code, "2024-11-15", LEADERS[index % len(LEADERS)])
    _late(connection)
    _waiting(connection)
    _reviews(connection)
    _deviations(connection)
    return pack


def create_municipality(connection: Connection, code: str, done: tuple[str, ...]) -> None:
    create_agreement(connection, code, "2024-10-01")
    begun = "2024-11-20"
    for stage, ended in zip(STAGES, done, strict=False):
        create_period(connection, code, stage, begun, ended)
        begun = ended
    create_period(connection, code, STAGES[len(done)], begun)
    if len(done) >= 3:
        create_decision(connection, code, code, (at(done[2]) - timedelta(days=20)).date().isoformat())
        create_decision(connection, code, "20", (at(done[2]) - timedelta(days=6)).date().isoformat())
        create_status(connection, local_key(code), "in_force", done[2], date(2032, 12, 31))
    create_task(connection, code, STAGES[len(done)], "2027-01-29", created="2026-10-01")


def _late(connection: Connection) -> None:
    create_task(connection, "2021", "drafting", "2026-09-24", name="Planera arbetet")
    create_task(connection, "2031", "anchoring", "2026-10-21", name="Svara på remissen", role="recipient")
    create_task(connection, "2084", "iris_2", "2026-11-06", name="Gör planen för införandet", assignee="anna")
    create_task(connection, "2062", "drafting", "2026-11-20", name='=HYPERLINK("http://exempel")', item="+46")


def _waiting(connection: Connection) -> None:
    create_gate(connection, "2026", "decision", "2026-10-13", "2026-12-15", process_key="decision")
    create_gate(
        connection,
        "2061",
        "decision",
        "2026-11-03",
        "2027-02-03",
        gate=False,
        role="municipality_decision",
        name="Registrera kommunens beslut",
    )
    create_gate(connection, "2034", "iris_1", "2026-11-17", "2026-12-17", process_key="iris_phase_1")
    create_period(connection, "2039", "anchoring", "2026-08-10", "2026-11-10", outcome="returned", round=1)
    connection.execute(
        stage_period.update()
        .where(stage_period.c.agreement_key == local_key("2039"), stage_period.c.ended_at.is_(None))
        .values(started_at=at("2026-11-10"), returned_at=at("2026-11-10"), round=2)
    )


def _reviews(connection: Connection) -> None:
    create_period(connection, "2081", "annual_review", "2026-09-15", "2026-10-20", label="2026")
    create_period(connection, "2080", "annual_review", "2026-06-15", "2026-06-30", label="2026")
    create_period(connection, "2085", "annual_review", "2026-10-15", label="2026")
    create_gate(connection, "2085", "annual_review", "2026-11-10", "2026-12-10", process_key="annual_review")


def _deviations(connection: Connection) -> None:
    create_deviation(connection, "2080", "AVV-2026-0001", "2026-03-02", closed_at=at("2026-05-02"))
    create_deviation(connection, "2080", "AVV-2026-0002", "2026-10-02", happened="=1+1 stod det i rutan")
    create_deviation(connection, "20", "AVV-2026-0003", "2026-11-02", receiving_organisation="2062")
    create_task(
        connection,
        "2080",
        None,
        "2026-10-03",
        business_key="AVV-2026-0002",
        process_key="deviation",
        name="Kom överens om tillfällig ansvarsfördelning",
        role="deviation_party",
    )
