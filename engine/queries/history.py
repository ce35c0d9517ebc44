"""What has happened, in order of time, as sentences for people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from engine.database.tables import event, process_instance
from engine.database.tables import person as person_table
from engine.errors import Invalid
from engine.queries.outline import Outline, read_outline
from engine.queries.page import Page, read_moment
from engine.queries.submissions import read_definitions
from engine.queries.titles import load_titles

# What an event of each kind is called. `{what}` is the name of the element or the process.
SENTENCES = {
    "started": "{what} började",
    "completed": "{what} är klart",
    "cancelled": "{what} avbröts",
    "suspended": "{what} pausades",
    "resumed": "{what} togs upp igen",
    "task_completed": "{what} lämnades in",
    "task_claimed": "{what} togs över",
    "task_released": "{what} släpptes",
    "task_assigned": "{what} lämnades över",
    "timer_fired": "Tiden gick ut: {what}",
    "message_received": "Besked kom: {what}",
    "signal_sent": "{what} sände en signal till alla som väntar på den",
    "signal_received": "Signal kom: {what}",
    "activities_imported": "Aktiviteter lästes in från en arbetsbok: {what}",
    "reminded": "Påminnelse skickades: {what}",
    "escalated": "Försening meddelades: {what}",
    "incident": "Något gick fel: {what}",
    "modified": "{what} ändrades av en administratör",
    "retried": "Nytt försök efter ett fel: {what}",
    "migrated": "{what} flyttades till en annan version av processen",
}
# Engine bookkeeping that says nothing to people.
SILENT = frozenset({"passed", "returned_from"})
EVERYTHING_LIMIT = 200
ROWS_AT_ONCE = 2_000  # of a stream


@dataclass(frozen=True)
class EventRow:
    """One thing that happened. `what` is the element's or the process's name, `text` the whole sentence in Swedish."""

    instance_id: str
    sequence: int
    at: datetime
    kind: str
    what: str
    text: str
    person_name: str | None
    acting_for_name: str | None  # who was away, when a substitute did it
    process_key: str
    process_title: str
    organisation: str | None
    organisation_name: str
    agreement_key: str | None
    business_key: str
    reason: str | None


def list_events(
    connection: Connection,
    *,
    instance_id: str | None = None,
    agreement_key: str | None = None,
    organisation: str | None = None,
    business_key: str | None = None,
    within: Select[Any] | None = None,
    as_of: datetime | None = None,
    cursor: str | None = None,
    limit: int = EVERYTHING_LIMIT,
) -> Page[EventRow]:
    """Events that mean something to people, the newest first. `total` counts those on this page only.

    `within` selects ids of process instances: only what happened in those.
    """
    conditions: list[ColumnElement[bool]] = [event.c.kind.not_in(sorted(SILENT))]
    if instance_id is not None:
        conditions.append(event.c.instance_id == instance_id)
    if agreement_key is not None:
        conditions.append(process_instance.c.agreement_key == agreement_key)
    if organisation is not None:
        conditions.append(process_instance.c.organisation == organisation)
    if business_key is not None:
        conditions.append(process_instance.c.business_key == business_key)
    if within is not None:
        conditions.append(event.c.instance_id.in_(within))
    if as_of is not None:
        conditions.append(event.c.at <= as_of)
    if cursor is not None:
        conditions.append(_before(cursor))
    rows = connection.execute(_events().where(*conditions).limit(limit + 1)).all()
    shown = rows[:limit]
    items = _Teller(connection).tell(shown)
    return Page(items, _cursor(shown[-1]) if len(rows) > limit else None, len(items))


def stream_events(
    connection: Connection, *, organisation: str | None = None, as_of: datetime | None = None
) -> Iterator[EventRow]:
    """As `list_events`, but to the end: one statement, so sorted once, of which some rows at a time are held."""
    query = _events().where(event.c.kind.not_in(sorted(SILENT)))
    if organisation is not None:
        query = query.where(process_instance.c.organisation == organisation)
    if as_of is not None:
        query = query.where(event.c.at <= as_of)
    teller = _Teller(connection)
    bit_by_bit = {"stream_results": True, "yield_per": ROWS_AT_ONCE}
    for rows in connection.execute(query, execution_options=bit_by_bit).partitions():
        yield from teller.tell(rows)


def _events() -> Any:
    tables = event.join(process_instance, process_instance.c.id == event.c.instance_id).outerjoin(
        person_table, person_table.c.id == event.c.person_id
    )
    columns = process_instance.c
    return (
        select(
            event.c.instance_id,
            event.c.sequence,
            event.c.at,
            event.c.kind,
            event.c.element_id,
            event.c.data,
            columns.definition_id,
            columns.pack_key,
            columns.process_key,
            columns.organisation,
            columns.agreement_key,
            columns.business_key,
            person_table.c.name.label("person_name"),
        )
        .select_from(tables)
        .order_by(event.c.at.desc(), event.c.instance_id.desc(), event.c.sequence.desc())
    )


def _names(connection: Connection, person_ids: set[str]) -> dict[str | None, str]:
    """Of those in whose place something was done; nothing is asked when nobody was away."""
    if not person_ids:
        return {}
    query = select(person_table.c.id, person_table.c.name).where(person_table.c.id.in_(person_ids))
    return {row.id: row.name for row in connection.execute(query)}


class _Teller:
    """Tells events in words. What an element is called is looked up once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._titles = load_titles(connection)
        self._outlines: dict[str, Outline] = {}
        self._absent: dict[str | None, str] = {}
        self._told: dict[tuple[str, str | None, str], tuple[str, str, str]] = {}

    def tell(self, rows: Sequence[Row[Any]]) -> list[EventRow]:
        models = {row.definition_id for row in rows} - self._outlines.keys()
        for key, definition in read_definitions(self._connection, models).items():
            self._outlines[key] = read_outline(definition.bpmn)
        absent = {row.data["for"] for row in rows if "for" in row.data}
        self._absent |= _names(self._connection, absent - self._absent.keys())
        return [self._event(row) for row in rows]

    def _event(self, row: Row[Any]) -> EventRow:
        known = (row.definition_id, row.element_id, row.kind)
        told = self._told.get(known)
        if told is None:
            told = self._told[known] = self._words(row)
        return EventRow(
            instance_id=row.instance_id,
            sequence=row.sequence,
            at=row.at,
            kind=row.kind,
            what=told[0],
            text=told[1],
            person_name=row.person_name,
            acting_for_name=self._absent.get(row.data.get("for")),
            process_key=row.process_key,
            process_title=told[2],
            organisation=row.organisation,
            organisation_name=self._titles.organisation(row.organisation),
            agreement_key=row.agreement_key,
            business_key=row.business_key,
            reason=row.data.get("reason"),
        )

    def _words(self, row: Row[Any]) -> tuple[str, str, str]:
        """What an event is about, as a sentence, and the title of its process."""
        process_title = self._titles.process(row.pack_key, row.process_key)
        outline = self._outlines.get(row.definition_id)
        what = outline.name(row.element_id) if outline and row.element_id else process_title
        return what, SENTENCES.get(row.kind, "{what}").format(what=what) + ".", process_title


def _cursor(row: Row[Any]) -> str:
    return f"{row.at.strftime('%Y%m%dT%H%M%S.%fZ')}~{row.instance_id}~{row.sequence}"


def _before(cursor: str) -> ColumnElement[bool]:
    try:
        moment_text, rest = cursor.split("~", 1)
        instance_id, sequence_text = rest.rsplit("~", 1)
        moment, sequence = read_moment(moment_text), min(int(sequence_text), 2**31 - 1)
    except ValueError as error:
        raise Invalid("Länken till nästa sida går inte att läsa. Börja om från första sidan.") from error
    same_moment = and_(
        event.c.at == moment,
        or_(event.c.instance_id < instance_id, and_(event.c.instance_id == instance_id, event.c.sequence < sequence)),
    )
    return or_(event.c.at < moment, same_moment)
