"""The registers as they stood at a moment, one frozen row per entry, for lists that leave the system.

Each function is one statement; `organisation` limits it to one municipality. Municipalities are in Swedish order.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from engine.database.register_tables import activity, agreement, assessment, deviation, indicator
from engine.queries.swedish import swedish_order
from engine.queries.titles import Titles


@dataclass(frozen=True)
class PlannedActivity:
    """One row of an agreement's activity plan."""

    organisation: str | None
    organisation_name: str
    agreement_key: str
    activity: str
    when: str | None
    how: str | None
    by: str | None
    with_whom: str | None
    target_groups: list[str]
    follow_up: str | None
    status: str | None
    starts_on: date | None
    ends_on: date | None
    responsible: str | None
    recorded_at: datetime


@dataclass(frozen=True)
class AssessedItem:
    """One item of a self-assessment, in one round."""

    organisation: str | None
    organisation_name: str
    agreement_key: str
    stage_title: str
    item_title: str
    level: str
    level_title: str
    evidence: str | None
    recorded_at: datetime


@dataclass(frozen=True)
class Figures:
    """A key figure or an ISU count, by sex. None is missing, never 0; `is_count` tells people from rates."""

    organisation: str | None
    organisation_name: str
    party_name: str
    kind: str
    year: int | None
    item_title: str
    is_count: bool
    women: float | None
    men: float | None
    total: float | None
    missing_reason: str | None
    no_split_reason: str | None
    recorded_at: datetime


@dataclass(frozen=True)
class ReportedDeviation:
    """One deviation as it was known: what came later is None."""

    key: str
    organisation: str | None
    organisation_name: str
    receiving_organisation_name: str
    reported_at: datetime
    happened_on: date | None
    happened: str
    category_title: str | None
    clause_title: str | None
    consequence_title: str | None
    likelihood_title: str | None
    external_case_number: str | None
    responsibility: str | None
    responsibility_at: datetime | None
    lesson: str | None
    closed_at: datetime | None


def planned_activities(
    connection: Connection, titles: Titles, pack_key: str, as_of: datetime, organisation: str | None = None
) -> list[PlannedActivity]:
    """The rows of the plans that were current, by municipality and position."""
    columns = activity.c
    current = or_(columns.superseded_at.is_(None), columns.superseded_at > as_of)
    query = (
        select(activity, agreement.c.organisation)
        .join(agreement, agreement.c.key == columns.agreement_key)
        .where(columns.recorded_at <= as_of, current, *_of(pack_key, organisation))
        .order_by(columns.agreement_key, columns.recorded_at, columns.position)
    )
    rows = [
        PlannedActivity(
            organisation=row.organisation,
            organisation_name=titles.organisation(row.organisation),
            agreement_key=row.agreement_key,
            activity=row.activity,
            when=row.when,
            how=row.how,
            by=row.by,
            with_whom=row._mapping["with"],
            target_groups=[titles.item(pack_key, "target_groups", key) or key for key in row.target_groups or []],
            follow_up=row.follow_up,
            status=row.status,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            responsible=row.responsible,
            recorded_at=row.recorded_at,
        )
        for row in connection.execute(query)
    ]
    return sorted(rows, key=lambda row: swedish_order(row.organisation_name))


def assessed_items(
    connection: Connection, titles: Titles, pack_key: str, as_of: datetime, organisation: str | None = None
) -> list[AssessedItem]:
    """Every round of every self-assessment: the newest first within a municipality, items as in the catalogue."""
    columns = assessment.c
    query = (
        select(assessment, agreement.c.organisation)
        .join(agreement, agreement.c.key == columns.agreement_key)
        .where(columns.recorded_at <= as_of, *_of(pack_key, organisation))
        .order_by(columns.recorded_at.desc(), columns.id)
    )
    pack = titles.packs.get(pack_key)
    order = {item["key"]: number for number, item in enumerate(pack.catalogues.get("iris_items", []) if pack else [])}
    found = sorted(
        connection.execute(query),
        key=lambda row: (
            swedish_order(titles.organisation(row.organisation)),
            -row.recorded_at.timestamp(),
            order.get(row.item, len(order)),
        ),
    )
    return [
        AssessedItem(
            organisation=row.organisation,
            organisation_name=titles.organisation(row.organisation),
            agreement_key=row.agreement_key,
            stage_title=titles.stage(pack_key, row.stage),
            item_title=titles.item(pack_key, "iris_items", row.item) or row.item,
            level=row.level,
            level_title=titles.item(pack_key, "scale", row.level) or row.level,
            evidence=row.evidence,
            recorded_at=row.recorded_at,
        )
        for row in found
    ]


def reported_figures(
    connection: Connection, titles: Titles, pack_key: str, as_of: datetime, organisation: str | None = None
) -> list[Figures]:
    """The latest report of each figure: a corrected one replaces the one before."""
    columns = indicator.c
    same = (columns.agreement_key, columns.organisation, columns.party, columns.kind, columns.year, columns.item)
    order = (columns.recorded_at.desc(), columns.id)
    newest = func.row_number().over(partition_by=same, order_by=order).label("newest")
    municipality = func.coalesce(agreement.c.organisation, columns.organisation)
    # Figures that came from elsewhere, such as Kolada, belong to no agreement.
    wanted = [columns.recorded_at <= as_of, or_(agreement.c.pack_key == pack_key, columns.agreement_key.is_(None))]
    if organisation is not None:
        wanted.append(municipality == organisation)
    known = (
        select(indicator, municipality.label("municipality"), newest)
        .outerjoin(agreement, agreement.c.key == columns.agreement_key)
        .where(*wanted)
        .subquery()
    )
    query = select(known).where(known.c.newest == 1)
    rows = connection.execute(query.order_by(known.c.year.desc(), known.c.kind, known.c.item, known.c.id))
    figures = [_figures(row, titles, pack_key) for row in rows]
    return sorted(figures, key=lambda row: swedish_order(row.organisation_name))


def _figures(row: Any, titles: Titles, pack_key: str) -> Figures:
    catalogue = "isu_variables" if row.kind == "isu" else "indicators"
    pack = titles.packs.get(pack_key)
    item = pack.item(catalogue, row.item) if pack else None

    def reason(catalogue: str, key: str | None) -> str | None:
        return titles.item(pack_key, catalogue, key)

    return Figures(
        organisation=row.municipality,
        organisation_name=titles.organisation(row.municipality),
        party_name=titles.organisation(row.party),
        kind=row.kind,
        year=row.year,
        item_title=str(item["title"]) if item else row.item,
        # A figure that nobody has said is a rate may be a number of people, and is treated as one.
        is_count=row.kind == "isu" or not str((item or {}).get("unit", "")).startswith("per_"),
        women=row.women,
        men=row.men,
        total=row.total,
        missing_reason=reason("missing_reasons", row.missing_reason),
        no_split_reason=reason("no_split_reasons", row.no_split_reason),
        recorded_at=row.recorded_at,
    )


def reported_deviations(
    connection: Connection, titles: Titles, pack_key: str, as_of: datetime, organisation: str | None = None
) -> list[ReportedDeviation]:
    """Every deviation reported until then, the newest first."""
    columns = deviation.c
    conditions: list[ColumnElement[bool]] = [columns.pack_key == pack_key, columns.reported_at <= as_of]
    if organisation is not None:
        conditions.append(or_(columns.organisation == organisation, columns.receiving_organisation == organisation))
    query = select(deviation).where(*conditions).order_by(columns.reported_at.desc(), columns.key.desc())
    return [_reported(row, titles, as_of) for row in connection.execute(query)]


def _reported(row: Any, titles: Titles, as_of: datetime) -> ReportedDeviation:
    def title(catalogue: str, key: str | None) -> str | None:
        return titles.item(row.pack_key, catalogue, key)

    closed = row.closed_at is not None and row.closed_at <= as_of
    agreed = row.responsibility_at is not None and row.responsibility_at <= as_of
    return ReportedDeviation(
        key=row.key,
        organisation=row.organisation,
        organisation_name=titles.organisation(row.organisation),
        receiving_organisation_name=titles.organisation(row.receiving_organisation),
        reported_at=row.reported_at,
        happened_on=row.happened_on,
        happened=row.happened,
        category_title=title("deviation_categories", row.category),
        clause_title=title("deviation_clauses", row.clause),
        consequence_title=title("severity", row.consequence),
        likelihood_title=title("severity", row.likelihood),
        external_case_number=row.external_case_number,
        responsibility=row.responsibility if agreed else None,
        responsibility_at=row.responsibility_at if agreed else None,
        lesson=row.lesson if closed else None,  # handed in when it is closed; has no time of its own
        closed_at=row.closed_at if closed else None,
    )


def _of(pack_key: str, organisation: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [agreement.c.pack_key == pack_key]
    return [*conditions, agreement.c.organisation == organisation] if organisation is not None else conditions
