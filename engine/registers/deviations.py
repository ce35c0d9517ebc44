"""The register of deviations: what was reported, the temporary division of responsibility, the lesson, the end."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from engine.database.prepared import Prepared
from engine.database.register_tables import deviation
from engine.database.tables import process_instance
from engine.work import Instance, Work

_REPORTED = Prepared(select(deviation.c.key).where(deviation.c.instance_id == bindparam("of_instance")))
_UPDATE = Prepared(update(deviation).where(deviation.c.instance_id == bindparam("of_instance")))
_INSTANCE = Prepared(
    select(process_instance.c.business_key, process_instance.c.pack_key).where(
        process_instance.c.id == bindparam("instance_id")
    )
)
_REPORT = Prepared(insert(deviation))
# By the key as well, which is the business key: every process that ends asks whether it was a deviation.
_CLOSE = Prepared(
    update(deviation).where(
        deviation.c.key == bindparam("business_key"),
        deviation.c.instance_id == bindparam("of_instance"),
        deviation.c.closed_at.is_(None),
    )
)


def report(work: Work, submitted: dict[str, Any]) -> None:
    """A deviation has been reported (the start form). Sent in again, after questions, it replaces what was said."""
    values = submitted["values"]
    texts = ("happened", "place", "clause", "category", "consequence", "likelihood", "source", "external_case_number")
    facts: dict[str, Any] = {name: _text(values.get(name)) for name in texts if name in values}
    if "happened_on" in values:
        facts["happened_on"] = date.fromisoformat(values["happened_on"]) if values["happened_on"] else None
    if values.get("receiving_organisation"):
        facts["receiving_organisation"] = values["receiving_organisation"]
    if "principals" in values:
        facts["principals"] = values["principals"]
    if "maybe_lex" in values:
        facts["maybe_lex"] = _text(values["maybe_lex"])
    if _REPORTED.first(work.connection, {"of_instance": submitted["instance_id"]}):
        if facts:
            _update(work, submitted, **facts)
        return
    instance = _INSTANCE.first(work.connection, {"instance_id": submitted["instance_id"]})
    row = {
        "key": instance.business_key,
        "pack_key": instance.pack_key,
        "instance_id": submitted["instance_id"],
        "agreement_key": submitted["agreement_key"],
        "organisation": submitted["organisation"],
        "reported_by": submitted["person_id"],
        "reported_at": submitted["submitted_at"],
        "happened": "",
        **facts,
    }
    _REPORT.run(work.connection, row)


def note_responsibility(work: Work, submitted: dict[str, Any]) -> None:
    """The parties' temporary division of responsibility (agreement, section on deviations)."""
    text = submitted["values"].get("until_settled")
    if text:
        _update(work, submitted, responsibility=str(text), responsibility_at=submitted["submitted_at"])


def note_lesson(work: Work, submitted: dict[str, Any]) -> None:
    """What was learned; it goes to the next annual review."""
    values = submitted["values"]
    found: dict[str, Any] = {}
    if values.get("lesson"):
        found["lesson"] = str(values["lesson"])
    if "system_fault" in values:
        found["system_fault"] = values["system_fault"] in (True, "yes")
    if found:
        _update(work, submitted, **found)


def close(work: Work, instance: Instance) -> None:
    """The deviation's process has ended."""
    closed = {"business_key": instance.business_key, "of_instance": instance.id, "closed_at": work.now}
    _CLOSE.run(work.connection, closed)


def _update(work: Work, submitted: dict[str, Any], **values: Any) -> None:
    _UPDATE.run(work.connection, {"of_instance": submitted["instance_id"], **values})


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
