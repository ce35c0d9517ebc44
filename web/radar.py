"""A self-assessment as a radar chart: values become points. Pure; the template draws them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

CENTRE_X, CENTRE_Y, RADIUS = 300.0, 190.0, 122.0
LABEL_GAP = 14.0
LINE_LENGTH, MOST_LINES = 18, 3
FEWEST_AXES, MOST_AXES = 3, 12

Points = str  # "x,y x,y", as an SVG polygon wants them


@dataclass(frozen=True)
class AssessedItem:
    """One row of the table beside the chart: levels are positions on the scale from 1, None when not answered."""

    title: str
    group: str
    now: int | None
    now_title: str
    then: int | None
    then_title: str
    evidence: str

    @property
    def change(self) -> int | None:
        return self.now - self.then if self.now is not None and self.then is not None else None


@dataclass(frozen=True)
class Axis:
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Radar:
    """Everything that the template draws. `then` is empty the first time."""

    axes: tuple[Axis, ...]
    rings: tuple[tuple[int, float, Points], ...]  # level, its y on the first axis, polygon
    now: Points
    now_dots: tuple[tuple[float, float], ...]
    then: Points
    then_dots: tuple[tuple[float, float], ...]
    means: tuple[tuple[str, float | None, float | None], ...]  # when axes are means of items: what they show
    numbered: bool  # the axes bear the numbers of the rows in the table, as their titles are too long to be written out


def assessed_items(
    catalogue: Iterable[Mapping[str, Any]],
    scale: Sequence[Mapping[str, Any]],
    now: Iterable[Mapping[str, Any]],
    then: Iterable[Mapping[str, Any]],
    groups: Mapping[Any, str],
) -> list[AssessedItem]:
    """Every item in the catalogue's order, with the level now and the last time; no level where nobody answered."""
    levels = {level["key"]: (number, str(level["title"])) for number, level in enumerate(scale, 1)}
    answers, before = _by_item(now), _by_item(then)
    found = []
    for item in catalogue:
        answer, old = answers.get(item["key"], {}), before.get(item["key"], {})
        level, title = levels.get(answer.get("level"), (None, ""))
        old_level, old_title = levels.get(old.get("level"), (None, ""))
        group = groups.get(item.get("step"), "")
        evidence = str(answer.get("evidence") or "")
        found.append(AssessedItem(str(item["title"]), group, level, title, old_level, old_title, evidence))
    return found


def draw(items: Sequence[AssessedItem], top: int) -> Radar | None:
    """The chart: one axis per group of items (their mean), or per item when there are few groups. None with too few."""
    axes = _means(items)
    grouped = len(axes) >= FEWEST_AXES
    if not grouped:
        axes = [(item.title, item.now, item.then) for item in items]
    numbers = [str(number) for number, axis in enumerate(axes, 1) if axis[1] is not None]
    axes = [axis for axis in axes if axis[1] is not None]  # what nobody answered is no zero
    if not FEWEST_AXES <= len(axes) <= MOST_AXES or top < 1:
        return None
    means = tuple(axes) if grouped else ()
    numbered = any(len(_wrapped(title)) > MOST_LINES for title, _, _ in axes)
    if numbered:
        axes = [(number, now, then) for number, (_, now, then) in zip(numbers, axes, strict=True)]
    angles = [-pi / 2 + 2 * pi * number / len(axes) for number in range(len(axes))]
    now = [_point(angle, (value or 0) / top) for angle, (_, value, _) in zip(angles, axes, strict=True)]
    has_then = any(value is not None for _, _, value in axes)
    then = (
        [_point(angle, (value or 0) / top) for angle, (_, _, value) in zip(angles, axes, strict=True)]
        if has_then
        else []
    )
    return Radar(
        axes=tuple(_axis(angle, label) for angle, (label, _, _) in zip(angles, axes, strict=True)),
        rings=tuple(_ring(level, top, angles) for level in range(1, top + 1)),
        now=_polygon(now),
        now_dots=tuple(now),
        then=_polygon(then),
        then_dots=tuple(then),
        means=means,
        numbered=numbered,
    )


def _by_item(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {row["item"]: row for row in rows if row.get("item")}


def _means(items: Sequence[AssessedItem]) -> list[tuple[str, float | None, float | None]]:
    groups = list(dict.fromkeys(item.group for item in items if item.group))
    return [
        (
            group,
            _mean(item.now for item in items if item.group == group),
            _mean(item.then for item in items if item.group == group),
        )
        for group in groups
    ]


def _mean(values: Iterable[int | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _point(angle: float, share: float) -> tuple[float, float]:
    return round(CENTRE_X + RADIUS * share * cos(angle), 1), round(CENTRE_Y + RADIUS * share * sin(angle), 1)


def _ring(level: int, top: int, angles: Sequence[float]) -> tuple[int, float, Points]:
    points = [_point(angle, level / top) for angle in angles]
    return level, points[0][1], _polygon(points)


def _polygon(points: Iterable[tuple[float, float]]) -> Points:
    return " ".join(f"{x},{y}" for x, y in points)


def _axis(angle: float, label: str) -> Axis:
    x, y = _point(angle, 1)
    label_x, label_y = _point(angle, 1 + LABEL_GAP / RADIUS)
    lines = _wrapped(label)
    anchor = "middle" if abs(cos(angle)) < 0.3 else "start" if cos(angle) > 0 else "end"
    upwards = sin(angle) < -0.7
    label_y += -16 * (len(lines) - 1) if upwards else 5
    return Axis(x, y, label_x, round(label_y, 1), anchor, lines)


def _wrapped(label: str) -> tuple[str, ...]:
    """Lines broken between words."""
    lines = [""]
    for word in label.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > LINE_LENGTH:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return tuple(lines)
