"""Reads the outline of a stored model: what its steps are called, their order and what follows what. Runs nothing."""

from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
STEPS = frozenset({"userTask", "callActivity", "businessRuleTask", "manualTask"})
_NODES = STEPS | {
    "serviceTask",
    "subProcess",
    "startEvent",
    "endEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "boundaryEvent",
    "exclusiveGateway",
    "parallelGateway",
    "inclusiveGateway",
    "eventBasedGateway",
}


@dataclass(frozen=True)
class Node:
    """One element of a model. `inside` is the sub-process that holds it; `called` the process that it calls."""

    id: str
    name: str
    kind: str
    inside: str | None
    called: str | None
    lane: str | None

    @property
    def is_step(self) -> bool:
        """Whether people would call it a step: something that somebody does, or a process of its own."""
        return self.kind in STEPS and bool(self.name)


@dataclass(frozen=True)
class Outline:
    """A model's elements and flows."""

    nodes: dict[str, Node]
    follows: dict[str, tuple[str, ...]]
    starts: dict[str | None, tuple[str, ...]]
    start_form: str | None = None

    def name(self, element_id: str) -> str:
        node = self.nodes.get(element_id)
        return node.name if node and node.name else element_id

    def steps(self) -> list[Node]:
        """The steps in the order in which the flow first reaches them."""
        seen: dict[str, None] = {}
        for start in self.starts.get(None, ()):
            self._walk(start, seen)
        for node_id in self.nodes:  # what only a boundary event leads to comes last
            seen.setdefault(node_id)
        return [self.nodes[node_id] for node_id in seen if self.nodes[node_id].is_step]

    def _walk(self, first: str, seen: dict[str, None]) -> None:
        """Breadth first, so that a loop back comes late; a sub-process is gone through before what follows it."""
        queue = [first]
        while queue:
            node_id = queue.pop(0)
            if node_id in seen or node_id not in self.nodes:
                continue
            seen[node_id] = None
            for inner in self.starts.get(node_id, ()):
                self._walk(inner, seen)
            queue += self.follows.get(node_id, ())

    def next_steps(self, element_id: str) -> tuple[list[str], bool]:
        """The names of the steps that can come next, and whether the process can end instead."""
        names: dict[str, None] = {}
        seen: set[str] = {element_id}
        queue = list(self._onwards(element_id))
        ends = False
        while queue:
            node = self.nodes.get(queue.pop(0))
            if node is None or node.id in seen:
                continue
            seen.add(node.id)
            if node.is_step:
                names.setdefault(node.name)
            elif node.kind == "subProcess":
                queue += self.starts.get(node.id, ())
            elif node.kind == "endEvent" and node.inside is None:
                ends = True
            else:
                queue += self._onwards(node.id)
        return list(names), ends

    def _onwards(self, node_id: str) -> tuple[str, ...]:
        """What follows a node; after the last one in a sub-process, what follows the sub-process."""
        node = self.nodes.get(node_id)
        if node and node.kind == "endEvent" and node.inside:
            return self._onwards(node.inside)
        return self.follows.get(node_id, ())


@lru_cache(maxsize=128)
def read_outline(bpmn: str) -> Outline:
    """The outline of a model's XML. Stored models never change, so each is read once."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    process = etree.fromstring(bpmn.encode(), parser).find(f"{BPMN}process")
    if process is None:
        return Outline({}, {}, {})
    lanes = _lanes(process)
    nodes = {
        element.get("id", ""): _node(element, process, lanes)
        for element in process.iter(*(BPMN + kind for kind in _NODES))
    }
    follows: dict[str, tuple[str, ...]] = {}
    for flow in process.iter(f"{BPMN}sequenceFlow"):
        source = flow.get("sourceRef", "")
        follows[source] = (*follows.get(source, ()), flow.get("targetRef", ""))
    starts: dict[str | None, tuple[str, ...]] = {}
    for node in nodes.values():
        if node.kind == "startEvent":
            starts[node.inside] = (*starts.get(node.inside, ()), node.id)
    return Outline(nodes, follows, starts, _start_form(process))


def _start_form(process: etree._Element) -> str | None:
    """The form of the process's own start event, not of one inside a sub-process."""
    start = process.find(f"{BPMN}startEvent")
    return start.get(f"{CAMUNDA}formKey") if start is not None else None


def _node(element: etree._Element, process: etree._Element, lanes: dict[str, str]) -> Node:
    parent = element.getparent()
    inside = parent.get("id") if parent is not None and parent is not process else None
    element_id = element.get("id", "")
    return Node(
        id=element_id,
        name=" ".join((element.get("name") or "").split()),
        kind=etree.QName(element).localname,
        inside=inside,
        called=element.get("calledElement"),
        lane=lanes.get(element_id),
    )


def _lanes(process: etree._Element) -> dict[str, str]:
    return {
        (reference.text or "").strip(): " ".join((lane.get("name") or "").split())
        for lane in process.iter(f"{BPMN}lane")
        for reference in lane.iter(f"{BPMN}flowNodeRef")
    }
