"""Official figures: what national statistics say, beside what the parties have submitted themselves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.database.workplace_tables import kpi, official_figure

_ORDER = ("T", "K", "M")  # the total first, as the source shows it


@dataclass(frozen=True)
class OfficialFigure:
    """One figure for one organisation, year and gender (T total, K women, M men), as the source wrote it.

    `value` is text as in the file, None when there is none (never 0); `status` is then the source's own word for why.
    `item` is the pack's indicator that the key figure stands for, None when nobody has said. Show "Källa: Kolada".
    """

    kpi: str
    title: str
    item: str | None
    unit: str | None
    organisation: str
    year: int
    gender: str
    value: str | None
    status: str | None
    count: int | None
    source: str
    imported_at: datetime


def official_figures(
    connection: Connection, organisation: str | None = None, years: Collection[int] | None = None
) -> list[OfficialFigure]:
    """The figures of one organisation, or of all (None), for these years, or for all (None).

    Sorted by key figure, organisation, year, and gender: total, women, men.
    """
    figure = official_figure.c
    query = select(official_figure, kpi.c.title, kpi.c.item, kpi.c.unit).outerjoin(kpi, kpi.c.id == figure.kpi)
    if organisation is not None:
        query = query.where(figure.organisation == organisation)
    if years is not None:
        query = query.where(figure.year.in_(years))
    rows = connection.execute(query.order_by(figure.kpi, figure.organisation, figure.year)).all()
    found = [
        OfficialFigure(
            kpi=row.kpi,
            title=row.title or row.kpi,
            item=row.item,
            unit=row.unit,
            organisation=row.organisation,
            year=row.year,
            gender=row.gender,
            value=row.value,
            status=row.status,
            count=row._mapping[figure.count],  # a row's own `count` is a method
            source=row.source,
            imported_at=row.imported_at,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (each.kpi, each.organisation, each.year, _ORDER.index(each.gender)))
