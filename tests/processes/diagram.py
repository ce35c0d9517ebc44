"""Reads the drawing in a BPMN file and says what is wrong with its geometry."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import hypot
from pathlib import Path

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"

NEAR = 2.0  # pixels that a rounded waypoint may miss a border by
NODES = ("Task", "task", "Event", "Gateway", "callActivity", "subProcess")
AREAS = ("participant", "lane")

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """Where a shape is drawn."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Box") -> bool:
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height

    def holds(self, other: "Box") -> bool:
        left, top = self.x <= other.x, self.y <= other.y
        right, bottom = self.x + self.width >= other.x + other.width, self.y + self.height >= other.y + other.height
        return left and top and right and bottom


@dataclass(frozen=True)
class Diagram:
    """Elements by id, and how they are drawn."""

    elements: dict[str, etree._Element]
    shapes: dict[str, Box]
    edges: dict[str, list[Point]]
    lanes: dict[str, str]  # flow node -> the lane that lists it

    def kind(self, element_id: str) -> str:
        return etree.QName(self.elements[element_id]).localname

    def around(self, element_id: str) -> Iterator[str]:
        """The ids of what the element lies in, innermost first."""
        parent = self.elements[element_id].getparent()
        while parent is not None:
            yield str(parent.get("id", ""))
            parent = parent.getparent()

    def nodes(self) -> list[str]:
        return [name for name in self.shapes if name in self.elements and self.kind(name).endswith(NODES)]


def read_diagram(path: Path) -> Diagram:
    root = etree.parse(str(path)).getroot()
    return Diagram(
        elements={str(e.get("id")): e for e in root.iter(f"{BPMN}*") if e.get("id")},
        shapes={str(s.get("bpmnElement")): _box(s) for s in root.iter(f"{BPMNDI}BPMNShape")},
        edges={str(e.get("bpmnElement")): _line(e) for e in root.iter(f"{BPMNDI}BPMNEdge")},
        lanes={str(r.text).strip(): str(la.get("id")) for la in root.iter(f"{BPMN}lane") for r in la if r.text},
    )


def _box(shape: etree._Element) -> Box:
    bounds = shape.find(f"{DC}Bounds")
    assert bounds is not None
    return Box(*(float(bounds.get(name, "nan")) for name in ("x", "y", "width", "height")))


def _line(edge: etree._Element) -> list[Point]:
    return [(float(p.get("x", "nan")), float(p.get("y", "nan"))) for p in edge.findall(f"{DI}waypoint")]


# What may be wrong ----------------------------------------------------------------------------------------------


def undrawn(diagram: Diagram) -> Iterator[str]:
    """Elements without a shape, flows without an edge, and drawings of nothing."""
    for name in diagram.elements:
        kind = diagram.kind(name)
        if (kind.endswith(NODES) or kind in AREAS) and name not in diagram.shapes:
            yield f"{name} is not drawn"
        if kind == "sequenceFlow" and len(diagram.edges.get(name, [])) < 2:
            yield f"{name} is not drawn"
    for name in {*diagram.shapes, *diagram.edges} - diagram.elements.keys():
        yield f"{name} is drawn but does not exist"


def overlapping(diagram: Diagram) -> Iterator[str]:
    """Shapes on top of each other, unless one holds the other or is a boundary event on it."""
    for one, other in combinations(diagram.nodes(), 2):
        if not _belong_together(diagram, one, other) and diagram.shapes[one].overlaps(diagram.shapes[other]):
            yield f"{one} overlaps {other}"


def _belong_together(diagram: Diagram, one: str, other: str) -> bool:
    inside = one in diagram.around(other) or other in diagram.around(one)
    hosts = diagram.elements[one].get("attachedToRef"), diagram.elements[other].get("attachedToRef")
    return inside or other == hosts[0] or one == hosts[1]


def outside(diagram: Diagram) -> Iterator[str]:
    """Shapes that stick out of their sub-process, or out of their lane."""
    for name in diagram.nodes():
        boundary = diagram.elements[name].get("attachedToRef")
        scope = next(diagram.around(name))
        if scope in diagram.shapes and not boundary and not diagram.shapes[scope].holds(diagram.shapes[name]):
            yield f"{name} sticks out of {scope}"
        lane = diagram.lanes.get(name)
        drawn_across = diagram.kind(name) == "subProcess" or boundary  # its tasks say which lane they are in
        if lane and not drawn_across and not diagram.shapes[lane].holds(diagram.shapes[name]):
            yield f"{name} sticks out of {lane}"


def loose_ends(diagram: Diagram) -> Iterator[str]:
    """Flows that do not begin and end on the borders of what they join."""
    for name, line in diagram.edges.items():
        element = diagram.elements.get(name)
        if element is None or diagram.kind(name) != "sequenceFlow":
            continue
        for end, point in ((element.get("sourceRef", ""), line[0]), (element.get("targetRef", ""), line[-1])):
            if end in diagram.shapes and not on_border(point, diagram.shapes[end], diagram.kind(end)):
                yield f"{name} misses the border of {end}"


def on_border(point: Point, box: Box, kind: str) -> bool:
    """Whether a point lies on the border of a circle (event), a diamond (gateway) or a rectangle."""
    from_left, from_top = point[0] - box.x, point[1] - box.y
    across, down = from_left - box.width / 2, from_top - box.height / 2
    if kind.endswith("Event"):
        return abs(hypot(across, down) - box.width / 2) <= NEAR
    if kind.endswith("Gateway"):
        return abs(abs(across) / (box.width / 2) + abs(down) / (box.height / 2) - 1) <= NEAR / (box.width / 2)
    within = -NEAR <= from_left <= box.width + NEAR and -NEAR <= from_top <= box.height + NEAR
    nearest = min(abs(from_left), abs(from_left - box.width), abs(from_top), abs(from_top - box.height))
    return within and nearest <= NEAR


def through(diagram: Diagram) -> Iterator[str]:
    """Flows that run through an element that they do not join."""
    for name, line in diagram.edges.items():
        if name not in diagram.elements:
            continue
        element = diagram.elements[name]
        own = {element.get("sourceRef"), element.get("targetRef"), *diagram.around(name)}
        for node in diagram.nodes():
            if node not in own and any(_crosses(a, b, diagram.shapes[node]) for a, b in pairwise(line)):
                yield f"{name} runs through {node}"


def _crosses(one: Point, other: Point, box: Box) -> bool:
    """For lines along an axis, as all of ours are; a slanted one is taken for its bounding box."""
    x, y = min(one[0], other[0]), min(one[1], other[1])
    line = Box(x, y, abs(one[0] - other[0]), abs(one[1] - other[1]))
    inner = Box(box.x + NEAR, box.y + NEAR, box.width - 2 * NEAR, box.height - 2 * NEAR)
    across = line.x < inner.x + inner.width and inner.x < line.x + line.width
    return across and line.y < inner.y + inner.height and inner.y < line.y + line.height
