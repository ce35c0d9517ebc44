"""An agreement's spans as bars on a line of time. The template draws them, and writes the same in a table.

Everything is in pixels: the drawing keeps its size and is scrolled on narrow screens, so that its letters never shrink.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from engine.clock import local_date
from engine.queries import AgreementDetail, Span
from engine.queries.agreements import STATUS_TITLES
from web import page_words, words

RIGHT, TOP, ROW = 1000, 46, 32
LETTER = 6.6  # pixels that a letter of a bar's label takes, roughly
FEWEST_DAYS = 3 * 365


@dataclass(frozen=True)
class Bar:
    """One span, drawn. `until` is where a bar that goes on is expected to end, for one that does."""

    span: Span
    x: float
    width: float
    until: float | None

    @property
    def is_mark(self) -> bool:
        """A day, such as that of a coming review, is drawn as a mark."""
        return self.span.kind == "planned" and self.span.first == self.span.last


@dataclass(frozen=True)
class Line:
    """One stage. Its label is about `said`: the span that is open, else the next planned, else the last."""

    stage: str
    y: int
    bars: tuple[Bar, ...]
    said: Bar | None

    @property
    def is_open(self) -> bool:
        return self.said is not None and self.said.span.kind == "open"

    def label_x(self, words: str) -> tuple[float, str]:
        """Where the label stands: after the bars, or before them where there is no room."""
        first = min(bar.x for bar in self.bars)
        last = max(max(bar.x + bar.width, bar.until or 0) for bar in self.bars)
        if last + 8 + len(words) * LETTER <= RIGHT:
            return last + 8, "start"
        first -= 16 if self.bars[0].is_mark else 8
        return (first, "end") if first >= len(words) * LETTER else (RIGHT, "end")


@dataclass(frozen=True)
class Timeline:
    years: tuple[tuple[int, float, float], ...]  # year, where it begins, where its number stands
    lines: tuple[Line, ...]
    today_x: float | None
    height: int
    span: tuple[float, float] | None


def title(stage: str, *, short: bool = False) -> str:
    """What a stage is called; a status of the regional agreement by its own title."""
    if stage in STATUS_TITLES:
        return words.words(STATUS_TITLES[stage])
    return page_words.stage_short(stage) if short else page_words.stage_title(stage)


def draw(detail: AgreementDetail, today: date) -> Timeline | None:
    """The line from the year in which the work began to the last year that is foreseen; None without any stage."""
    if not any(span.kind != "planned" for span in detail.spans):
        return None
    scale = _scale(detail, today)
    own = [cell.stage for cell in detail.stages] if detail.agreement.kind == "local" else []
    stages = own or list(dict.fromkeys(span.stage for span in detail.spans))
    lines = tuple(
        _line(stage, TOP + ROW * (number + 1), [span for span in detail.spans if span.stage == stage], scale, today)
        for number, stage in enumerate(stages)
    )
    first, last = detail.agreement.in_force_on, detail.agreement.valid_to
    return Timeline(
        years=tuple((year, scale(date(year, 1, 1)), scale(date(year, 7, 1))) for year in scale.years),
        lines=lines,
        today_x=scale(today) if scale.holds(today) else None,
        height=TOP + ROW * (len(lines) + 1) + 4,
        span=(scale(first), scale(last)) if first and last else None,
    )


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def __call__(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return round(RIGHT * min(max(share, 0), 1), 1)

    def holds(self, day: date) -> bool:
        return self.first <= day < self.last

    @property
    def years(self) -> Iterable[int]:
        return range(self.first.year, self.last.year)


def _scale(detail: AgreementDetail, today: date) -> _Scale:
    agreement = detail.agreement
    ends = [day for span in detail.spans for day in (span.last, span.expected) if day]
    first = date(local_date(agreement.started_at).year, 1, 1)
    last = max([agreement.valid_to or today, *ends, first + timedelta(days=FEWEST_DAYS)])
    if agreement.ended_at is None:
        last = max(last, today)
    return _Scale(first, date(last.year + 1, 1, 1))


def _line(stage: str, y: int, mine: list[Span], scale: _Scale, today: date) -> Line:
    bars = tuple(_bar(span, scale, today) for span in mine)
    opened = [bar for bar in bars if bar.span.kind == "open"]
    planned = [bar for bar in bars if bar.span.kind == "planned"]
    been = [bar for bar in bars if bar.span.kind in {"done", "returned"}]
    return Line(stage, y, bars, next(iter([*opened[-1:], *planned[:1], *been[-1:]]), None))


def _bar(span: Span, scale: _Scale, today: date) -> Bar:
    x = scale(span.first)
    ends = span.last or max(today, span.first)
    width = max(5.0, round(scale(ends) - x, 1))
    until = scale(span.expected) if span.expected and span.expected > ends else None
    return Bar(span, x, width, until)
