"""Which processes a person may start, and for which organisations; and the form that a start asks for."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from engine.authorisation import may_start
from engine.database.tables import process_definition, process_instance
from engine.packs import Pack, Process
from engine.people import Person
from engine.queries.outline import read_outline
from engine.queries.swedish import swedish_order
from engine.queries.titles import Titles, load_titles


@dataclass(frozen=True)
class Startable:
    """A process that the person may start. `organisations` are (code, name) pairs, empty when it needs none."""

    pack_key: str
    process_key: str
    title: str
    organisations: tuple[tuple[str, str], ...]
    form_key: str | None
    form: dict[str, Any] = field(repr=False)


def startable(connection: Connection, person: Person) -> list[Startable]:
    """What the person may start and has not begun yet, in the pack's order, with the newest version's start form."""
    titles = load_titles(connection)
    allowed = [
        (pack, process, organisations)
        for pack in titles.packs.values()
        for process in pack.processes
        if (organisations := _organisations(person, pack, process, titles)) is not None
    ]
    taken = _taken(connection, [process.key for _pack, process, _places in allowed if _has_one_key(process)])
    chosen = [
        (pack, process, left)
        for pack, process, organisations in allowed
        if (left := _not_begun(pack, process, organisations, taken)) is not None
    ]
    definitions = _newest_definitions(connection) if chosen else {}
    rows = []
    for pack, process, organisations in chosen:
        definition = definitions.get((pack.key, process.key))
        if definition is not None:
            form_key = read_outline(definition.bpmn).start_form
            form = definition.forms.get(form_key, {}) if form_key else {}
            rows.append(Startable(pack.key, process.key, process.title, organisations, form_key, form))
    return rows


def _organisations(person: Person, pack: Pack, process: Process, titles: Titles) -> tuple[tuple[str, str], ...] | None:
    """The organisations to choose from; None when the person may not start it at all."""
    if process.organisation == "none":
        return () if may_start(person, process, None) else None
    codes = [item["key"] for item in pack.catalogues.get("organisations", []) if item.get("kind") == "municipality"]
    allowed = [(code, titles.organisation(code)) for code in codes if may_start(person, process, code)]
    return tuple(sorted(allowed, key=lambda pair: swedish_order(pair[1]))) or None


def _has_one_key(process: Process) -> bool:
    """Whether what is started can be there only once, as an agreement, and not be counted, as deviations are."""
    return process.business_key is not None and not any(part in process.business_key for part in ("{number", "{year"))


def _taken(connection: Connection, process_keys: list[str]) -> set[tuple[str, str]]:
    """(process, key) of what has begun of these, whether or not it is over."""
    if not process_keys:
        return set()
    query = select(process_instance.c.process_key, process_instance.c.business_key)
    found = connection.execute(query.where(process_instance.c.process_key.in_(process_keys)))
    return {(row.process_key, row.business_key) for row in found}


def _not_begun(
    pack: Pack, process: Process, organisations: tuple[tuple[str, str], ...], taken: set[tuple[str, str]]
) -> tuple[tuple[str, str], ...] | None:
    """Where it can still begin; None when it cannot begin anywhere any more."""
    if not _has_one_key(process):
        return organisations

    def is_free(code: str) -> bool:
        key = str(process.business_key).format(agreement_key=pack.agreement_key, organisation=code)
        return (process.key, key) not in taken

    left = tuple(pair for pair in organisations if is_free(pair[0]))
    return left if left or (not organisations and is_free("")) else None


def _newest_definitions(connection: Connection) -> dict[tuple[str, str], Any]:
    columns = process_definition.c
    query = select(columns.pack_key, columns.process_key, columns.bpmn, columns.forms).order_by(columns.version)
    return {(row.pack_key, row.process_key): row for row in connection.execute(query)}
