"""A BPMN model as frozen values: what the profile check judges and what the engine looks up about an element."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Flow:
    """A sequence flow."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None
    scope: str


@dataclass(frozen=True)
class Lane:
    """A lane. Its name is a role's title; `organisation` says where the role is held, None for the instance's own."""

    id: str
    name: str
    properties: dict[str, str]
    elements: tuple[str, ...]

    @property
    def organisation(self) -> str | None:
        return self.properties.get("organisation")


@dataclass(frozen=True)
class EventDefinition:
    """What an event waits for or does. `kind` is timer, message, signal, error, terminate ..."""

    kind: str
    timer: str | None = None  # timeDate, timeDuration, timeCycle
    expression: str | None = None  # of a timer or a condition
    reference: str | None = None  # the name of the message or signal, the code of the error


@dataclass(frozen=True)
class MultiInstance:
    """One instance of the task for each item of `collection`; `item` is the variable that holds it."""

    collection: str | None
    item: str | None
    sequential: bool
    completion_condition: str | None
    has_output: bool


@dataclass(frozen=True)
class Mapping:
    """Data that passes into or out of a call activity."""

    source: str
    target: str


@dataclass(frozen=True)
class Element:
    """A task, event, gateway, call activity or sub-process. `scope` is the process or sub-process that it lies in."""

    id: str
    type: str  # the BPMN name: userTask, exclusiveGateway ...
    name: str
    scope: str
    attributes: dict[str, str]  # plain BPMN attributes, without id and name
    camunda: dict[str, str]  # attributes in the camunda namespace
    properties: dict[str, str] = field(default_factory=dict)  # camunda:properties
    events: tuple[EventDefinition, ...] = ()
    loop: MultiInstance | None = None
    ins: tuple[Mapping, ...] = ()
    outs: tuple[Mapping, ...] = ()
    parts: tuple[str, ...] = ()  # every other child: kept so that the profile can refuse what it does not know

    @property
    def form_key(self) -> str | None:
        return self.camunda.get("formKey")

    @property
    def due_date(self) -> str | None:
        return self.camunda.get("dueDate")

    @property
    def follow_up_date(self) -> str | None:
        return self.camunda.get("followUpDate")

    @property
    def topic(self) -> str | None:
        return self.camunda.get("topic")

    @property
    def decision_ref(self) -> str | None:
        return self.camunda.get("decisionRef")

    @property
    def result_variable(self) -> str | None:
        return self.camunda.get("resultVariable")

    @property
    def called_element(self) -> str | None:
        return self.attributes.get("calledElement")

    @property
    def default(self) -> str | None:
        return self.attributes.get("default")

    @property
    def attached_to(self) -> str | None:
        return self.attributes.get("attachedToRef")

    @property
    def interrupting(self) -> bool:
        return self.attributes.get("cancelActivity", "true") not in {"false", "0"}

    @property
    def gate(self) -> bool:
        """Whether it is a decision that approves or returns (four eyes)."""
        return self.properties.get("gate") == "true"

    @property
    def stage(self) -> str | None:
        return self.properties.get("stage")

    @property
    def timer(self) -> EventDefinition | None:
        return next((event for event in self.events if event.kind == "timer"), None)

    @property
    def message_name(self) -> str | None:
        return next((event.reference for event in self.events if event.kind == "message"), None)

    @property
    def signal_name(self) -> str | None:
        return next((event.reference for event in self.events if event.kind == "signal"), None)

    @property
    def item_variable(self) -> str | None:
        return self.loop.item if self.loop else None

    @property
    def collection(self) -> str | None:
        return self.loop.collection if self.loop else None


@dataclass(frozen=True)
class Model:
    """One executable process with its elements, flows and lanes, and what was odd about the file."""

    id: str
    name: str
    executable: bool
    elements: dict[str, Element]
    flows: dict[str, Flow]
    lanes: tuple[Lane, ...]
    messages: dict[str, str]  # id -> name
    process_count: int
    repeated_ids: tuple[str, ...]  # ids used more than once, and "" when an element has none
    strangers: tuple[tuple[str, str], ...]  # (id of the element around, tag) of children that are no part of a flow

    def outgoing(self, element_id: str) -> tuple[Flow, ...]:
        """The flows out of an element, in the order of the file."""
        return self._outgoing.get(element_id, ())

    def incoming(self, element_id: str) -> tuple[Flow, ...]:
        return self._incoming.get(element_id, ())

    def boundaries(self, element_id: str) -> tuple[Element, ...]:
        """The boundary events attached to an activity."""
        return self._boundaries.get(element_id, ())

    def lane_of(self, element_id: str) -> Lane | None:
        """The lane that the element is in, or that the sub-process around it is in."""
        for around in (element_id, *self.around(element_id)):
            if around in self._lanes:
                return self._lanes[around]
        return None

    def around(self, element_id: str) -> Iterator[str]:
        """The scopes that the element lies in, innermost first; the process is the last."""
        element = self.elements.get(element_id)
        passed: set[str] = set()  # a faulty model may use an id twice, and an element then lies in itself
        while element is not None and element.scope not in passed:
            passed.add(element.scope)
            yield element.scope
            element = self.elements.get(element.scope)

    def inside(self, scope: str) -> tuple[Element, ...]:
        """The elements that lie directly in a process or sub-process; one that lies in itself lies nowhere."""
        return self._inside.get(scope, ())

    @property
    def scopes(self) -> tuple[str, ...]:
        """The process and every embedded sub-process."""
        return (self.id, *(element.id for element in self.elements.values() if element.type == "subProcess"))

    @cached_property
    def _outgoing(self) -> dict[str, tuple[Flow, ...]]:
        return _grouped((flow.source, flow) for flow in self.flows.values())

    @cached_property
    def _incoming(self) -> dict[str, tuple[Flow, ...]]:
        return _grouped((flow.target, flow) for flow in self.flows.values())

    @cached_property
    def _boundaries(self) -> dict[str, tuple[Element, ...]]:
        return _grouped((e.attached_to, e) for e in self.elements.values() if e.attached_to)

    @cached_property
    def _inside(self) -> dict[str, tuple[Element, ...]]:
        return _grouped((e.scope, e) for e in self.elements.values() if e.id not in self.around(e.id))

    @cached_property
    def _lanes(self) -> dict[str, Lane]:
        return {element_id: lane for lane in self.lanes for element_id in lane.elements}


def _grouped(pairs: Iterator[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
