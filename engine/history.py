"""The event log of an instance: append-only, each row covering the one before by its hash, so that tampering shows."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import insert

from engine.database.prepared import Prepared
from engine.database.tables import event
from engine.work import Instance, Work

FIRST_HASH = "0" * 64
# What the digest of a submission covers: its columns in the first release. Later ones are not added here.
_COVERED = [
    "id",
    "instance_id",
    "task_id",
    "definition_id",
    "process_key",
    "element_id",
    "form_key",
    "register",
    "item",
    "agreement_key",
    "organisation",
    "party",
    "role",
    "stage",
    "person_id",
    "acting_for",
    "submitted_at",
    "values",
]

_APPEND = Prepared(insert(event))


class Log:
    """Collects an instance's events during a command and writes them in one statement."""

    def __init__(self, work: Work, instance: Instance) -> None:
        self._work = work
        self._instance = instance
        self._rows: list[dict[str, Any]] = []

    def add(self, kind: str, element_id: str | None = None, **data: Any) -> None:
        """Append one event: what happened (`kind`), at which element, by whom and when the command says."""
        instance = self._instance
        instance.sequence += 1
        row = {
            "instance_id": instance.id,
            "sequence": instance.sequence,
            "at": self._work.now,
            "kind": kind,
            "element_id": element_id,
            "person_id": self._work.actor,
            "data": data,
        }
        instance.event_hash = chain(instance.event_hash, row)
        self._rows.append({**row, "hash": instance.event_hash})

    def write(self) -> None:
        """Write what has been added since last."""
        if self._rows:
            _APPEND.run_each(self._work.connection, self._rows)
            self._rows = []


def digest(submitted: Mapping[str, Any]) -> str:
    """The hash of a submission's row. The event that tells of it carries it: the chain covers what people handed in."""
    content = [submitted[name] for name in _COVERED]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def chain(previous: str, row: dict[str, Any]) -> str:
    """The hash of an event row, which covers its content and the hash before it."""
    content = [
        previous,
        row["instance_id"],
        row["sequence"],
        row["at"].isoformat(timespec="microseconds"),
        row["kind"],
        row["element_id"],
        row["person_id"],
        row["data"],
    ]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
