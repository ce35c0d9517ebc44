"""What becomes of everything that an instance waits for when it moves to another version: the rows of a dry run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.bpmn.definitions import Definition
from engine.bpmn.execution import Waiting, WaitState
from engine.bpmn.pairing import Pairing

_KINDS = {"scopes": "scope", "tasks": "task", "calls": "call", "timers": "timer", "messages": "subscription"}


@dataclass(frozen=True)
class Fate:
    """What becomes of one thing that an instance waits for.

    `kind`: task, draft, timer, subscription, call or scope (a running embedded sub-process). `becomes`: kept (the same
    element), moved (to `to_element`, as mapped), dropped (as mapped to nothing), lost (refused), added (new with the
    version). `note` says what people will see differently.
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


def fates(
    old: Definition,
    new: Definition,
    pairing: Pairing,
    before: WaitState,
    after: WaitState | None,
    drafts: Mapping[str, list[list[str]]],
) -> tuple[Fate, ...]:
    """Everything that waits, with its drafts (task id -> the fields of each), and what the new version adds."""
    return (*_carried(old, new, pairing, before, drafts), *_added(new, before, after))


def _carried(
    old: Definition, new: Definition, pairing: Pairing, before: WaitState, drafts: Mapping[str, list[list[str]]]
) -> Iterator[Fate]:
    for kind, waiting in _waiting(before):
        to = pairing.to(waiting.element_id)
        becomes = _becomes(pairing, waiting.element_id)
        name = old.model.elements[waiting.element_id].name
        gone = becomes in ("lost", "dropped")
        note = _form_note(old, new, waiting.element_id, to) if kind == "task" and not gone else None
        yield Fate(kind, waiting.element_id, name, becomes, None if gone else to, waiting.due_at, note)
        for fields in drafts.get(waiting.id, []):
            lost = None if gone else _draft_note(new, to, fields)
            yield Fate("draft", waiting.element_id, name, becomes, None if gone else to, None, lost)


def _added(new: Definition, before: WaitState, after: WaitState | None) -> Iterator[Fate]:
    if after is None:
        return
    known = {waiting.id for _, waiting in _waiting(before)}
    for kind, waiting in _waiting(after):
        if waiting.id not in known:
            name = new.model.elements[waiting.element_id].name
            yield Fate(kind, waiting.element_id, name, "added", waiting.element_id, waiting.due_at)


def _waiting(state: WaitState) -> Iterator[tuple[str, Waiting]]:
    for attribute, kind in _KINDS.items():
        for waiting in getattr(state, attribute).values():
            yield kind, waiting


def _becomes(pairing: Pairing, element_id: str) -> str:
    if pairing.refusal(element_id) is not None:
        return "lost"
    to = pairing.to(element_id)
    if to is None:
        return "dropped"
    return "kept" if to == element_id else "moved"


def _form_note(old: Definition, new: Definition, element_id: str, to: str | None) -> str | None:
    one, other = old.element(element_id).form_key, new.element(to or "").form_key
    same = (old.forms.get(one) if one else None) == (new.forms.get(other) if other else None)
    return None if same else "formuläret är ändrat"


def _draft_note(new: Definition, to: str | None, fields: list[str]) -> str | None:
    form_key = new.element(to or "").form_key
    known = new.form(form_key).get("properties", {}) if form_key else {}
    missing = [name for name in fields if name not in known]
    return f"finns inte i formuläret: {', '.join(missing)}" if missing else None
