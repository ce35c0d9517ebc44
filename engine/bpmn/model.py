"""Reads a BPMN file into a `Model`.

Judges nothing: what a model may contain is `engine.bpmn.profile`'s business, so everything that is odd but readable
is kept as it stands.
"""

from collections import Counter
from collections.abc import Iterable

from lxml import etree

from engine.bpmn.elements import Element, EventDefinition, Flow, Lane, Mapping, Model, MultiInstance
from engine.bpmn.xml import BPMN, CAMUNDA, UnreadableXml, local, parse_xml

__all__ = ["Element", "EventDefinition", "Flow", "Lane", "Mapping", "Model", "MultiInstance", "read_model"]

MAX_ELEMENTS = 1000

_B = f"{{{BPMN}}}"
_C = f"{{{CAMUNDA}}}"
_EVENT = "EventDefinition"
# Children of a scope that hold no behaviour: drawings, documentation, lanes (read apart), and the declarations of
# variables that Camunda Modeler wants for the list of a multi-instance task.
_READ_APART = {"incoming", "outgoing", "extensionElements", "documentation", "multiInstanceLoopCharacteristics"}
_SILENT = {*_READ_APART, "laneSet", "textAnnotation", "association", "group", "property"}


def read_model(content: bytes | str) -> Model:
    """The model in a BPMN file. Raises `UnreadableXml` when it cannot be read as BPMN with a process."""
    root = parse_xml(content)
    if root.tag != f"{_B}definitions":
        raise UnreadableXml("filen är ingen BPMN-modell (definitions saknas)")
    processes = root.findall(f"{_B}process")
    if not processes:
        raise UnreadableXml("modellen innehåller ingen process")
    return _Reader(root).model(processes[0], len(processes))


class _Reader:
    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.messages = self._named("message", "name")
        self.references = {**self.messages, **self._named("signal", "name"), **self._named("error", "errorCode")}
        self.elements: list[Element] = []
        self.flows: list[Flow] = []
        self.strangers: list[tuple[str, str]] = []

    def model(self, process: etree._Element, process_count: int) -> Model:
        key = process.get("id", "")
        self._scope(process, key)
        if len(self.elements) + len(self.flows) > MAX_ELEMENTS:
            raise UnreadableXml(f"modellen har fler än {MAX_ELEMENTS} element och flöden")
        return Model(
            id=key,
            name=process.get("name", ""),
            executable=process.get("isExecutable") in {"true", "1"},
            elements={element.id: element for element in self.elements},
            flows={flow.id: flow for flow in self.flows},
            lanes=tuple(_lane(lane) for lane in process.iter(f"{_B}lane")),
            messages=self.messages,
            process_count=process_count,
            repeated_ids=_repeated(self.root, [*(e.id for e in self.elements), *(f.id for f in self.flows)]),
            strangers=tuple(self.strangers),
        )

    def _named(self, tag: str, attribute: str) -> dict[str, str]:
        return {e.get("id", ""): e.get(attribute, "") for e in self.root.iterfind(f"{_B}{tag}")}

    def _scope(self, scope: etree._Element, scope_id: str) -> None:
        for child in scope:
            tag = local(child)
            if tag == "sequenceFlow":
                self.flows.append(_flow(child, scope_id))
            elif tag.endswith(("Task", "Event", "Gateway", "subProcess")) or tag in _ACTIVITIES:
                self.elements.append(self._element(child, tag, scope_id))
                if tag in _SUB_PROCESSES:
                    self._scope(child, child.get("id", ""))
            elif tag not in _SILENT:
                self.strangers.append((scope_id, tag))

    def _element(self, node: etree._Element, tag: str, scope: str) -> Element:
        children = [(local(child), child) for child in node]
        loop = next((child for name, child in children if name == "multiInstanceLoopCharacteristics"), None)
        return Element(
            id=node.get("id", ""),
            type=tag,
            name=node.get("name", ""),
            scope=scope,
            attributes={k: v for k, v in _attributes(node).items() if k not in {"id", "name"}},
            camunda=_camunda_attributes(node),
            properties=_properties(node),
            events=tuple(self._event(child, name) for name, child in children if name.endswith(_EVENT)),
            loop=None if loop is None else _loop(loop),
            ins=_mappings(node, "in"),
            outs=_mappings(node, "out"),
            parts=(*_other_parts(children, tag), *_other_extensions(node)),
        )

    def _event(self, node: etree._Element, tag: str) -> EventDefinition:
        timer = next((c for c in node if local(c) in {"timeDate", "timeDuration", "timeCycle"}), None)
        inner = node.find(f"{_B}condition") if timer is None else timer
        reference = node.get("messageRef") or node.get("signalRef") or node.get("errorRef")
        return EventDefinition(
            kind=tag.removesuffix(_EVENT),
            timer=None if timer is None else local(timer),
            expression=None if inner is None else _text(inner),
            reference=None if reference is None else self.references.get(reference.split(":")[-1], ""),
        )


_ACTIVITIES = {"task", "callActivity", "subProcess", "transaction", "adHocSubProcess", "callChoreography"}
_SUB_PROCESSES = {"subProcess", "transaction", "adHocSubProcess"}


def _attributes(node: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in node.attrib.items() if not str(name).startswith("{")}


def _camunda_attributes(node: etree._Element) -> dict[str, str]:
    named = {str(name): str(value) for name, value in node.attrib.items() if str(name).startswith("{")}
    return {name.removeprefix(_C): value for name, value in named.items()}


def _text(node: etree._Element) -> str:
    return "".join(str(part) for part in node.itertext()).strip()


def _flow(node: etree._Element, scope: str) -> Flow:
    condition = node.find(f"{_B}conditionExpression")
    return Flow(
        id=node.get("id", ""),
        name=node.get("name", ""),
        source=node.get("sourceRef", ""),
        target=node.get("targetRef", ""),
        condition=None if condition is None else _text(condition),
        scope=scope,
    )


def _lane(node: etree._Element) -> Lane:
    members = tuple(_text(reference) for reference in node.findall(f"{_B}flowNodeRef"))
    return Lane(node.get("id", ""), node.get("name", ""), _properties(node), members)


def _loop(node: etree._Element) -> MultiInstance:
    collection, item = node.find(f"{_B}loopDataInputRef"), node.find(f"{_B}inputDataItem")
    condition = node.find(f"{_B}completionCondition")
    return MultiInstance(
        collection=None if collection is None else _text(collection),
        item=None if item is None else item.get("name") or item.get("id"),
        sequential=node.get("isSequential") in {"true", "1"},
        completion_condition=None if condition is None else _text(condition),
        has_output=any(node.find(f"{_B}{tag}") is not None for tag in ("loopDataOutputRef", "outputDataItem")),
    )


def _extensions(node: etree._Element) -> list[etree._Element]:
    return [child for box in node.findall(f"{_B}extensionElements") for child in box]


def _properties(node: etree._Element) -> dict[str, str]:
    boxes = [box for box in _extensions(node) if box.tag == f"{_C}properties"]
    return {p.get("name", ""): p.get("value", "") for box in boxes for p in box.findall(f"{_C}property")}


def _mappings(node: etree._Element, tag: str) -> tuple[Mapping, ...]:
    found = [child for child in _extensions(node) if child.tag == f"{_C}{tag}"]
    return tuple(Mapping(m.get("source", ""), m.get("target", "")) for m in found)


def _other_extensions(node: etree._Element) -> list[str]:
    known = {f"{_C}properties", f"{_C}in", f"{_C}out"}
    return [f"camunda:{etree.QName(child).localname}" for child in _extensions(node) if child.tag not in known]


def _other_parts(children: Iterable[tuple[str, etree._Element]], tag: str) -> list[str]:
    if tag in _SUB_PROCESSES:
        return []  # what lies in a sub-process is read as a scope
    return [name for name, _ in children if name not in _READ_APART and not name.endswith(_EVENT)]


def _repeated(root: etree._Element, own: list[str]) -> tuple[str, ...]:
    counted = Counter(str(node.get("id")) for node in root.iter(f"{_B}*") if node.get("id") is not None)
    repeated = {name for name, count in counted.items() if count > 1}
    return tuple(sorted(repeated | ({""} if "" in own else set())))
