"""Moves running instances to another version of their process: a plan first, then each in a transaction of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.commands.starting import DEFAULT_PACK
from engine.database import Database
from engine.people import Person


@dataclass(frozen=True)
class Fate:
    """What becomes of one thing that an instance waits for.

    `kind`: task, draft, timer, subscription, call or scope (a running embedded sub-process). `becomes`: kept (the same
    element), moved (to `to_element`, as mapped), dropped (as mapped to nothing), lost (refused), added (new deadline).
    """

    kind: str
    element_id: str
    name: str
    becomes: str
    to_element: str | None = None
    due_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True)
class InstancePlan:
    """What a migration would do to one instance; `refusals` are sentences, empty when it can be done."""

    instance_id: str
    business_key: str
    fates: tuple[Fate, ...]
    refusals: tuple[str, ...]

    @property
    def possible(self) -> bool:
        return not self.refusals


@dataclass(frozen=True)
class MigrationPlan:
    """A dry run over every running instance of one version."""

    pack_key: str
    process_key: str
    from_version: int
    to_version: int
    instances: tuple[InstancePlan, ...]


@dataclass(frozen=True)
class Migrated:
    """What came of migrating one of many: `refusals` is empty when it was done."""

    instance_id: str
    business_key: str
    refusals: tuple[str, ...]


def plan_migration(
    connection: Connection,
    now: datetime,
    person: Person,
    process_key: str,
    from_version: int,
    to_version: int,
    mapping: Mapping[str, str | None] | None = None,
    *,
    pack_key: str = DEFAULT_PACK,
) -> MigrationPlan:
    """What would become of everything that each running instance of a version waits for. Changes nothing.

    `mapping` says where the tokens of elements go that the new version does not have (element id -> element id of the
    same kind), or (None) that a boundary event's timer or message is dropped.
    Raises NotFound (process, version), NotPermitted, Invalid (a mapping of elements that are not there).
    """
    raise NotImplementedError


def migrate_instance(
    connection: Connection,
    now: datetime,
    person: Person,
    instance_id: str,
    to_version: int,
    reason: str,
    mapping: Mapping[str, str | None] | None = None,
) -> InstancePlan:
    """Move one running instance, suspended or not, to another version of its process. Returns what became of what.

    Raises NotFound, NotPermitted, Invalid (no reason, the same version), Conflict with the plan's refusals.
    """
    raise NotImplementedError


def migrate_instances(
    database: Database,
    now: datetime,
    person: Person,
    process_key: str,
    from_version: int,
    to_version: int,
    reason: str,
    mapping: Mapping[str, str | None] | None = None,
    *,
    pack_key: str = DEFAULT_PACK,
) -> tuple[Migrated, ...]:
    """Move every running instance of a version, each in a transaction of its own, with a result for each."""
    raise NotImplementedError
