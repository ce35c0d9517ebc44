"""Which processes a person may start, and for which organisations; and the form that a start asks for."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from engine.authorisation import may_start
from engine.database.tables import process_definition
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
    """What the person may start, in the pack's order, with the start form of the newest deployed version."""
    titles = load_titles(connection)
    chosen = [
        (pack, process, organisations)
        for pack in titles.packs.values()
        for process in pack.processes
        if (organisations := _organisations(person, pack, process, titles)) is not None
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


def _newest_definitions(connection: Connection) -> dict[tuple[str, str], Any]:
    columns = process_definition.c
    query = select(columns.pack_key, columns.process_key, columns.bpmn, columns.forms).order_by(columns.version)
    return {(row.pack_key, row.process_key): row for row in connection.execute(query)}
