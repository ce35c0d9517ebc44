"""Recorded decisions, the newest first: those of the parties and those taken at gates."""

from sqlalchemy import ColumnElement, Connection, select

from engine.database.register_tables import decision
from engine.database.tables import person
from engine.queries.rows import DecisionRow
from engine.queries.titles import Titles


def read_decisions(
    connection: Connection, titles: Titles, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[DecisionRow]:
    """Decisions under `conditions` in one statement."""
    query = (
        select(decision, person.c.name.label("person_name"))
        .outerjoin(person, person.c.id == decision.c.person_id)
        .where(*conditions)
        .order_by(decision.c.recorded_at.desc(), decision.c.id)
        .limit(limit)
    )
    return [
        DecisionRow(
            kind=row.kind,
            party=row.party,
            party_name=titles.organisation(row.party) if row.party else None,
            outcome=row.outcome,
            decided_on=row.decided_on,
            body=row.body,
            case_number=row.case_number,
            protocol=row.protocol,
            reason=row.reason,
            comments=row.comments,
            stage=row.stage,
            person_name=row.person_name,
            recorded_at=row.recorded_at,
            return_to=row.return_to,
        )
        for row in connection.execute(query)
    ]
