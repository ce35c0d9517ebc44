"""Starts a process because a person asked for it: a regional agreement, a minor amendment, a deviation ..."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.authorisation import may_start, starts_for
from engine.clock import local_date
from engine.commands import effects, instances, start_drafts, task_files
from engine.commands.kept_files import SentFile
from engine.commands.start_drafts import Along
from engine.commands.tasks import submit
from engine.database.prepared import Prepared
from engine.database.tables import counter, process_instance
from engine.definitions import latest_definition
from engine.errors import Conflict, Invalid, InvalidForm, NotFound
from engine.forms import Circumstances, routed, validate, visible
from engine.packs import Pack, Process, current_pack
from engine.people import Person
from engine.registers import agreements
from engine.work import NextTask, Work

DEFAULT_PACK = "dalarna-kvinnofrid"

_mine = counter.c.name == bindparam("counted")
_COUNT = Prepared(update(counter).where(_mine).values(value=counter.c.value + 1))
_BEGIN_COUNT, _COUNTED = Prepared(insert(counter)), Prepared(select(counter.c.value).where(_mine))
_TAKEN = Prepared(
    select(process_instance.c.id).where(
        process_instance.c.business_key == bindparam("of_key"),
        process_instance.c.process_key == bindparam("of_process"),
    )
)


@dataclass(frozen=True)
class Started:
    """A process that has begun."""

    instance_id: str
    business_key: str
    agreement_key: str | None
    next_tasks: tuple[NextTask, ...]


def start_process(
    connection: Connection,
    now: datetime,
    person: Person,
    process_key: str,
    *,
    organisation: str | None = None,
    business_key: str | None = None,
    values: dict[str, Any] | None = None,
    variables: dict[str, Any] | None = None,
    pack_key: str = DEFAULT_PACK,
    draft_version: int | None = None,
    files: Sequence[SentFile] = (),
) -> Started:
    """Start a process with the values of its start form (if it has one) and with first data (`variables`).

    `draft_version`: that of the person's draft as they saw it (0: none), whose files go along; None leaves it be.
    `files` come with the start itself; what is wrong with one is told as `attachments.0`, by its place.
    Raises NotFound, NotPermitted, Invalid, InvalidForm, Conflict (the business key is taken, or StartDraftChanged).
    """
    pack = current_pack(connection, pack_key)
    process = pack.process(process_key)
    if process is None:
        raise NotFound(f"Processen {process_key} finns inte.")
    may_start(person, process, organisation).demand()
    definition = latest_definition(connection, pack_key, process_key)
    form = definition.form(definition.start_form_key) if definition.start_form_key else {}
    along = start_drafts.taken_along(connection, person, pack_key, process_key, draft_version)
    along = start_drafts.with_sent(along, form, files) if files else along
    values = task_files.named_in(form, values or {}, along.files)
    errors = validate(form, values, pack.catalogues, Circumstances(local_date(now)))
    if errors:
        raise InvalidForm(errors)
    shown = visible(form, values)
    work = Work(connection, now, person.id, person.grants)
    key = business_key or _next_key(work, pack, process, organisation)
    _demand_free(work, process_key, key)
    agreement_key = agreements.open_for(work, pack, process_key, key, organisation)
    first = {**(variables or {}), **routed(form, shown)}
    instance = instances.begin(
        work,
        definition,
        business_key=key,
        organisation=organisation,
        agreement_key=agreement_key,
        variables=first,
        on_begun=lambda begun: _submit_start(
            work,
            begun,
            form,
            definition.start_form_key,
            shown,
            along,
            _acting_for(person, organisation),
            starts_for(person, process, organisation),
        ),
    )
    agreements.set_instance(work, agreement_key, instance)
    effects.drain(work)
    return Started(instance.id, key, agreement_key, tuple(work.next_tasks))


def _submit_start(
    work: Work,
    instance: Any,
    form: dict[str, Any],
    form_key: str | None,
    values: dict[str, Any],
    along: Along,
    party: str | None,
    absent: str | None,
) -> dict[str, str]:
    if not form_key:
        return {"for": absent} if absent else {}
    handed_in = task_files.told_in(values, along.files)
    told = submit(work, instance, form, "start", form_key, handed_in, party=party, acting_for=absent)
    start_drafts.bind(work, along, instance, told["submission"])
    return told


def _acting_for(person: Person, organisation: str | None) -> str | None:
    """On whose behalf somebody starts something: the organisation in question, if the person has a role there."""
    if organisation in person.organisations:
        return organisation
    return min(person.organisations, default=None)


def _next_key(work: Work, pack: Pack, process: Process, organisation: str | None) -> str:
    """The process's business key, from its pattern; {number} counts up, within the year if the pattern names it."""
    pattern = process.business_key
    if pattern is None:
        raise Invalid(f"{process.title} startas bara av andra processer.")
    year = local_date(work.now).year
    counted = f"{pack.key}/{process.key}" + (f"/{year}" if "{year" in pattern else "")
    while True:
        number = _count(work, counted) if "{number" in pattern else 0
        key = pattern.format(
            agreement_key=pack.agreement_key, organisation=organisation or "", year=year, number=number
        )
        # Somebody may have chosen that key, or the pattern was another when it was counted before.
        if not number or _is_free(work, process.key, key):
            return key


def _count(work: Work, name: str) -> int:
    if _COUNT.run(work.connection, {"counted": name}) == 0:
        _BEGIN_COUNT.run(work.connection, {"name": name, "value": 1})
    return int(_COUNTED.scalar(work.connection, {"counted": name}))


def _demand_free(work: Work, process_key: str, business_key: str) -> None:
    if not _is_free(work, process_key, business_key):
        raise Conflict(f"{business_key} finns redan. Välj en annan beteckning eller öppna den som finns.")


def _is_free(work: Work, process_key: str, business_key: str) -> bool:
    return _TAKEN.first(work.connection, {"of_process": process_key, "of_key": business_key}) is None
