"""Recorded decisions, the newest first: those of the parties and those taken at gates."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from engine.authorisation import may_see_deviation
from engine.clock import local_date
from engine.database.register_tables import decision, deviation
from engine.database.tables import person as person_table
from engine.database.tables import process_instance, submission
from engine.people import Person
from engine.queries.rows import DecisionRow
from engine.queries.titles import Titles, load_titles


@dataclass(frozen=True)
class RecordedDecision:
    """A decision with what it was about. `deviation_key` is set when it was taken in a deviation's own case."""

    decision: DecisionRow
    agreement_key: str | None
    organisation: str | None
    organisation_name: str
    stage_title: str
    process_title: str
    deviation_key: str | None

    @property
    def day(self) -> date:
        """When it was decided, else when it was registered."""
        return self.decision.decided_on or local_date(self.decision.recorded_at)


def list_decisions(
    connection: Connection,
    person: Person,
    *,
    organisation: str | None = None,
    agreement_key: str | None = None,
    instance_id: str | None = None,
) -> list[RecordedDecision]:
    """The decisions that the person may see, the newest first: about agreements, or in one process instance.

    Agreements are public; what was decided about a deviation is for those who may see the deviation.
    """
    titles = load_titles(connection)
    conditions: list[ColumnElement[bool]] = []
    if instance_id is not None:
        conditions.append(decision.c.instance_id == instance_id)
    else:
        conditions.append(decision.c.agreement_key.is_not(None))
    if organisation is not None:
        conditions.append(decision.c.organisation == organisation)
    if agreement_key is not None:
        conditions.append(decision.c.agreement_key == agreement_key)
    packs = {process.key: key for key, pack in titles.packs.items() for process in pack.processes}
    deviations = _deviations(connection, person)
    found = []
    for row in connection.execute(_decisions(*conditions)):
        about = deviations.get(row.instance_id)
        if about is not None and not about[1]:
            continue
        found.append(_recorded(row, titles, packs.get(row.process_key, ""), about[0] if about else None))
    return sorted(found, key=lambda one: one.day, reverse=True)


def _recorded(row: Row[Any], titles: Titles, pack_key: str, deviation_key: str | None) -> RecordedDecision:
    return RecordedDecision(
        decision=_decision(row, titles, pack_key),
        agreement_key=row.agreement_key,
        organisation=row.organisation,
        organisation_name=titles.organisation(row.organisation),
        stage_title=titles.stage(pack_key, row.stage),
        process_title=titles.process(pack_key, row.process_key),
        deviation_key=deviation_key,
    )


def _deviations(connection: Connection, person: Person) -> dict[str, tuple[str, bool]]:
    """For each process instance of a deviation in which something was decided: its key, and whether the person may
    see it."""
    root = process_instance.c.root_id == deviation.c.instance_id
    query = (
        select(deviation, process_instance.c.id.label("decided_in"))
        .join(process_instance, root)
        .where(process_instance.c.id.in_(select(decision.c.instance_id)))
    )
    return {
        row.decided_in: (row.key, bool(may_see_deviation(person, _Facts(row)))) for row in connection.execute(query)
    }


class _Facts:
    """A deviation's row as the rule looks at it."""

    def __init__(self, row: Row[Any]) -> None:
        self.organisation: str | None = row.organisation
        self.receiving_organisation: str | None = row.receiving_organisation
        self.principals: list[str] = row.principals or []
        self.reported_by: str = row.reported_by


def read_decisions(connection: Connection, titles: Titles, *conditions: ColumnElement[bool]) -> list[DecisionRow]:
    """Decisions under `conditions` in one statement."""
    pack_keys = {process.key: key for key, pack in titles.packs.items() for process in pack.processes}
    rows = connection.execute(_decisions(*conditions)).all()
    return [_decision(row, titles, pack_keys.get(row.process_key, "")) for row in rows]


def _decisions(*conditions: ColumnElement[bool]) -> Any:
    return (
        select(decision, person_table.c.name.label("person_name"), submission.c.role)
        .outerjoin(person_table, person_table.c.id == decision.c.person_id)
        .outerjoin(submission, submission.c.id == decision.c.id)
        .where(*conditions)
        .order_by(decision.c.recorded_at.desc(), decision.c.id)
    )


def _decision(row: Row[Any], titles: Titles, pack_key: str) -> DecisionRow:
    # A gate's form does not ask which body decided: its role says so.
    body = titles.role(pack_key, row.role) if row.kind == "gate" and row.role else None
    return DecisionRow(
        kind=row.kind,
        party=row.party,
        party_name=titles.organisation(row.party) if row.party else None,
        outcome=row.outcome,
        decided_on=row.decided_on,
        body=row.body or body,
        case_number=row.case_number,
        protocol=row.protocol,
        reason=row.reason,
        comments=row.comments,
        stage=row.stage,
        person_name=row.person_name,
        recorded_at=row.recorded_at,
        return_to=row.return_to,
    )
