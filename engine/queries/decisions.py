"""Recorded decisions, the newest first: those of the parties and those taken at gates."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from engine.database.register_tables import decision
from engine.database.tables import person, submission
from engine.queries.rows import DecisionRow
from engine.queries.titles import Titles, load_titles


@dataclass(frozen=True)
class RecordedDecision:
    """A decision with what it was about."""

    decision: DecisionRow
    agreement_key: str
    organisation: str | None
    organisation_name: str
    stage_title: str
    process_title: str


def list_decisions(connection: Connection, organisation: str | None = None, limit: int = 200) -> list[RecordedDecision]:
    """The newest decisions about agreements, in the whole county or about one organisation."""
    titles = load_titles(connection)
    conditions: list[ColumnElement[bool]] = [decision.c.agreement_key.is_not(None)]
    if organisation is not None:
        conditions.append(decision.c.organisation == organisation)
    packs = {process.key: key for key, pack in titles.packs.items() for process in pack.processes}
    return [
        RecordedDecision(
            decision=_decision(row, titles, packs.get(row.process_key, "")),
            agreement_key=row.agreement_key,
            organisation=row.organisation,
            organisation_name=titles.organisation(row.organisation),
            stage_title=titles.stage(packs.get(row.process_key, ""), row.stage),
            process_title=titles.process(packs.get(row.process_key, ""), row.process_key),
        )
        for row in connection.execute(_decisions(*conditions).limit(limit))
    ]


def read_decisions(connection: Connection, titles: Titles, *conditions: ColumnElement[bool]) -> list[DecisionRow]:
    """Decisions under `conditions` in one statement."""
    pack_keys = {process.key: key for key, pack in titles.packs.items() for process in pack.processes}
    rows = connection.execute(_decisions(*conditions)).all()
    return [_decision(row, titles, pack_keys.get(row.process_key, "")) for row in rows]


def _decisions(*conditions: ColumnElement[bool]) -> Any:
    return (
        select(decision, person.c.name.label("person_name"), submission.c.role)
        .outerjoin(person, person.c.id == decision.c.person_id)
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
