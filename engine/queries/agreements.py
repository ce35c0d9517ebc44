"""Agreements, regional and local, as they stand now."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from engine.database.register_tables import agreement, stage_period
from engine.queries.swedish import swedish_order
from engine.queries.titles import Titles, load_titles

STATUS_TITLES = {
    "preparing": "Under framtagande",
    "in_force": "Gäller",
    "under_revision": "Under revidering",
    "extended": "Förlängd",
    "prolonged": "Förlängd genom beslut",
    "lapsed": "Upphörd utan efterträdare",
    "replaced": "Ersatt",
    "ended": "Avslutad",
}


@dataclass(frozen=True)
class AgreementRow:
    """One agreement. `current_stage` is the stage that began last of those that are still open."""

    key: str
    kind: str
    organisation: str | None
    organisation_name: str
    title: str
    status: str
    status_title: str
    in_force_on: date | None
    valid_to: date | None
    started_at: datetime
    ended_at: datetime | None
    instance_id: str
    pack_key: str
    current_stage: str | None
    current_stage_title: str | None


def list_agreements(connection: Connection) -> list[AgreementRow]:
    """Every agreement: the regional ones first, then by municipality, the newest first."""
    titles = load_titles(connection)
    rows = [agreement_row(row, titles) for row in connection.execute(with_stage())]
    rows.sort(key=lambda row: row.started_at, reverse=True)
    return sorted(rows, key=lambda row: (row.kind != "regional", swedish_order(row.organisation_name)))


def with_stage() -> Any:
    """Agreements with the stage that is open in each: a select to add conditions to."""
    latest = (
        select(stage_period.c.agreement_key, func.max(stage_period.c.started_at).label("started_at"))
        .where(stage_period.c.ended_at.is_(None))
        .group_by(stage_period.c.agreement_key)
        .subquery()
    )
    stage = (
        select(stage_period.c.agreement_key, func.min(stage_period.c.stage).label("stage"))
        .join(
            latest,
            and_(
                latest.c.agreement_key == stage_period.c.agreement_key,
                latest.c.started_at == stage_period.c.started_at,
            ),
        )
        .where(stage_period.c.ended_at.is_(None))
        .group_by(stage_period.c.agreement_key)
        .subquery()
    )
    return select(agreement, stage.c.stage).outerjoin(stage, stage.c.agreement_key == agreement.c.key)


def agreement_row(row: Row[Any], titles: Titles) -> AgreementRow:
    return agreement_in_stage(row, titles, row.stage)


def agreement_in_stage(row: Row[Any], titles: Titles, stage: str | None) -> AgreementRow:
    return AgreementRow(
        key=row.key,
        kind=row.kind,
        organisation=row.organisation,
        organisation_name=titles.organisation(row.organisation),
        title=row.title,
        status=row.status,
        status_title=STATUS_TITLES.get(row.status, row.status),
        in_force_on=row.in_force_on,
        valid_to=row.valid_to,
        started_at=row.started_at,
        ended_at=row.ended_at,
        instance_id=row.instance_id,
        pack_key=row.pack_key,
        current_stage=stage,
        current_stage_title=titles.stage(row.pack_key, stage) if stage else None,
    )
