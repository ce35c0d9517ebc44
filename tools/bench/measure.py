"""Takes times, turns about with a baseline, and turns them into lines."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

Step = Callable[[], object]


@dataclass(frozen=True)
class Line:
    """One result. `ratio` says how many times the baseline it costs; below 1 it is cheaper.

    `per_second` stands in lines whose goal is a rate, `peak_mb` (memory added) in those of exports.
    """

    bench: str
    case: str
    database: str
    n: int
    p50_ms: float
    p99_ms: float
    ratio: float
    baseline: str
    per_second: float | None = None
    peak_mb: float | None = None

    def to_json(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value is not None})


@dataclass(frozen=True)
class Times:
    """Durations in seconds."""

    seconds: Sequence[float]

    def percentile(self, percent: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000

    @property
    def p50(self) -> float:
        return self.percentile(50)

    @property
    def total(self) -> float:
        return sum(self.seconds)


def line(
    bench: str, case: str, database: str, times: Times, baseline: str, base: Times, per_second: float | None = None
) -> Line:
    """A line whose ratio is of the medians: on a machine with other work to do they are steadier than means."""
    return Line(
        bench,
        case,
        database,
        n=len(times.seconds),
        p50_ms=round(times.p50, 3),
        p99_ms=round(times.percentile(99), 3),
        ratio=round(times.p50 / base.p50, 2),
        baseline=baseline,
        per_second=None if per_second is None else round(per_second, 1),
    )


def clock(step: Step) -> float:
    """How long one step takes, in seconds."""
    begin = time.perf_counter()
    step()
    return time.perf_counter() - begin


def alternate(times: int, *steps: Step) -> list[Times]:
    """Each step `times` times, turn about, so that what else the machine does falls on all of them alike."""
    taken: list[list[float]] = [[] for _ in steps]
    for _ in range(times):
        for step, seconds in zip(steps, taken, strict=True):
            seconds.append(clock(step))
    return [Times(seconds) for seconds in taken]


def batches(total: int, size: int) -> Iterator[range]:
    """`range(total)` in parts."""
    for first in range(0, total, size):
        yield range(first, min(first + size, total))
