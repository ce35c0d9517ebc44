"""An agreement's stages on a line of time: periods become bars. The template draws them, and lists them in words."""

from dataclasses import dataclass
from datetime import date

from engine.clock import local_date
from engine.queries import AgreementDetail

LEFT, RIGHT, TOP, ROW = 200.0, 1150.0, 82.0, 32.0


@dataclass(frozen=True)
class Bar:
    """One stage. `kind` is its status; the label stands after the bar, or before it where there is no room."""

    stage: str
    kind: str
    y: float
    x: float
    width: float
    first: date | None
    last: date | None
    before: bool


@dataclass(frozen=True)
class Timeline:
    years: tuple[tuple[int, float, float], ...]  # year, where it begins, where its number stands
    bars: tuple[Bar, ...]
    today_x: float | None
    height: float
    span: tuple[float, float] | None


def draw(detail: AgreementDetail, today: date) -> Timeline | None:
    """The line from the year of the agreement's beginning to the year it holds to; None for one without stages."""
    agreement = detail.agreement
    if not any(cell.since for cell in detail.stages):
        return None
    first = date(local_date(agreement.started_at).year, 1, 1)
    last = date(max((agreement.valid_to or today).year, today.year) + 1, 1, 1)

    def x(day: date) -> float:
        share = (day - first).days / (last - first).days
        return round(LEFT + (RIGHT - LEFT) * min(max(share, 0), 1), 1)

    bars = []
    for number, cell in enumerate(detail.stages):
        begins = local_date(cell.since) if cell.since else None
        ends = local_date(cell.until) if cell.until else None
        start = x(begins) if begins else LEFT
        width = max(4.0, round(x(ends or today) - start, 1)) if begins else 0.0
        y = TOP + ROW * number
        bars.append(Bar(cell.stage, cell.status, y, start, width, begins, ends, before=start + width > RIGHT - 190))
    height = TOP + ROW * len(bars)
    years = tuple((year, x(date(year, 1, 1)), x(date(year, 7, 1))) for year in range(first.year, last.year))
    span = (x(agreement.in_force_on), x(agreement.valid_to)) if agreement.in_force_on and agreement.valid_to else None
    return Timeline(years, tuple(bars), x(today) if first <= today < last else None, height, span)
