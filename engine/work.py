"""What one command carries with it while it changes things: the transaction, the moment, who acts, what to do after."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from engine.packs import Pack, current_pack

SYSTEM = "system"  # acts where no person does: timers, called processes, messages between agreements


@dataclass(frozen=True)
class NextTask:
    """A user task that opened because of a command. `mine`: the one who acted may do it."""

    id: str
    name: str
    role: str
    role_organisation: str
    mine: bool


@dataclass(frozen=True)
class StartProcess:
    """An effect: start another process once this instance is stored. `variables` enter its data."""

    pack_key: str
    process_key: str
    business_key: str
    organisation: str | None
    variables: dict[str, Any]
    regional_key: str | None = None
    predecessor_key: str | None = None


@dataclass(frozen=True)
class SendMessage:
    """An effect: one message to whoever waits for it under this correlation key, now or later.

    `catcher` (instance id, task id) makes it one receiver's share of a signal, which is for nobody else.
    """

    name: str
    correlation_key: str
    variables: dict[str, Any] = field(default_factory=dict)
    message_id: str | None = None
    catcher: tuple[str, str] | None = None


@dataclass(frozen=True)
class Broadcast:
    """An effect: a signal for those who waited for it when it was thrown, as (instance id, task id).

    What an instance throws between two wait states is thrown at one moment.
    """

    name: str
    catchers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DeliverKept:
    """An effect: messages that came before anybody waited for them may have a receiver now."""

    correlation_key: str
    names: tuple[str, ...]


Effect = StartProcess | SendMessage | Broadcast | DeliverKept


@dataclass
class Work:
    """One command's surroundings. Effects are done, in order, when the instance that caused them is stored."""

    connection: Connection
    now: datetime
    actor: str = SYSTEM
    grants: frozenset[tuple[str, str]] = frozenset()
    next_tasks: list[NextTask] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    # What service tasks have done that the history is to tell, by instance and element, until it is written.
    told: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _packs: dict[str, Pack] = field(default_factory=dict)

    def pack(self, pack_key: str) -> Pack:
        """The newest deployed version of a pack, looked up once per command. Raises NotFound."""
        if pack_key not in self._packs:
            self.remember_pack(current_pack(self.connection, pack_key))
        return self._packs[pack_key]

    def remember_pack(self, pack: Pack) -> None:
        """Whoever has found the newest version of a pack on the way spares the command a look-up."""
        self._packs[pack.key] = pack

    def known_packs(self) -> Iterable[Pack]:
        """The packs that the command has had to do with so far."""
        return self._packs.values()


@dataclass
class Instance:
    """A process instance's row while a command works on it."""

    id: str
    definition_id: str
    pack_key: str
    process_key: str
    business_key: str
    organisation: str | None
    agreement_key: str | None
    parent_id: str | None
    parent_task_id: str | None
    parent_element_id: str | None
    root_id: str
    stage: str | None
    status: str
    started_by: str | None
    started_at: datetime
    revision: int
    sequence: int
    event_hash: str
    troubled: bool
    state: bytes

    @classmethod
    def from_row(cls, row: Any) -> "Instance":
        """From a row of `process_instance`."""
        return cls(*_columns(row))

    @property
    def is_active(self) -> bool:
        return self.status == "active"


_columns = attrgetter(*Instance.__dataclass_fields__)
