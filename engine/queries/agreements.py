"""Agreements, regional and local, as they stand now."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, literal, or_, select, tuple_

from engine.database.register_tables import agreement, stage_period
from engine.errors import Invalid
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


def search_agreements(
    connection: Connection, *, cursor: str | None, limit: int
) -> tuple[list[AgreementRow], str | None]:
    """One page of them, in the order of `list_agreements`, and the cursor of the next one. Raises Invalid (cursor)."""
    titles = load_titles(connection)
    columns = agreement.c
    first, place = _place(connection, titles)
    query = select(agreement).order_by(first, place, columns.started_at.desc(), columns.key.desc())
    if cursor:
        last = connection.execute(select(first, place, columns.started_at).where(columns.key == cursor)).first()
        if last is None:
            raise Invalid("Länken till nästa sida går inte att läsa. Börja om från första sidan.")
        older = tuple_(columns.started_at, columns.key) < tuple_(literal(last[2], columns.started_at.type), cursor)
        after = tuple_(first, place) > tuple_(literal(last[0]), literal(last[1]))
        query = query.where(or_(after, and_(first == last[0], place == last[1], older)))
    found = connection.execute(query.limit(limit + 1)).all()
    stages = _open_stages(connection, [row.key for row in found[:limit]])
    rows = [agreement_in_stage(row, titles, stages.get(row.key)) for row in found[:limit]]
    return rows, rows[-1].key if len(found) > limit else None


def _place(connection: Connection, titles: Titles) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Regional ones first, then by the municipality's name: which databases do not sort as Swedes do."""
    codes = [code for code in connection.execute(select(agreement.c.organisation).distinct()).scalars() if code]
    codes.sort(key=lambda code: swedish_order(titles.organisation(code)))
    first = case((agreement.c.kind == "regional", 0), else_=1)
    ranks = {code: rank for rank, code in enumerate(codes, 1)}
    return first, case(ranks, value=agreement.c.organisation, else_=0) if ranks else literal(0)


def _open_stages(connection: Connection, keys: list[str]) -> dict[str, str]:
    """The stage that began last of those that are open, by agreement."""
    period = stage_period.c
    query = select(period.agreement_key, period.stage).where(period.agreement_key.in_(keys), period.ended_at.is_(None))
    rows = connection.execute(query.order_by(period.started_at, period.stage.desc()))
    return {row.agreement_key: row.stage for row in rows}


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
