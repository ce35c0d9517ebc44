"""Draws tiny models as text, sound unless told otherwise."""

import re
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
MESSAGE = '<bpmn:message id="m" name="revision_begins"/>'
CAUGHT = '<bpmn:messageEventDefinition messageRef="m"/>'
SIGNAL = '<bpmn:signal id="s" name="all_stop"/>'
SIGNALLED = '<bpmn:signalEventDefinition signalRef="s"/>'
YES = 'outcome == "approved"'


def node(tag: str, element_id: str, inner: str = "", **attributes: str) -> str:
    """Any BPMN element; `camunda__x` becomes `camunda:x`, and a name is given unless there is one."""
    named = {"name": element_id, **attributes}
    text = " ".join(f"{key.replace('__', ':')}={quoteattr(value)}" for key, value in named.items())
    return f'<bpmn:{tag} id="{element_id}" {text}>{inner}</bpmn:{tag}>'


def start(element_id: str = "begun", inner: str = "", **attributes: str) -> str:
    return node("startEvent", element_id, inner, **attributes)


def end(element_id: str = "done", inner: str = "") -> str:
    return node("endEvent", element_id, inner)


def user(element_id: str, inner: str = "", **attributes: str) -> str:
    return node(
        "userTask", element_id, inner, **{"camunda__formKey": "answer", "camunda__dueDate": "P1M", **attributes}
    )


def service(element_id: str, topic: str = "notify", **properties: str) -> str:
    given = properties or {"to": "steering_group", "text": "Klart."}
    return node("serviceTask", element_id, extra(**given), camunda__type="external", camunda__topic=topic)


def extra(inner: str = "", **properties: str) -> str:
    rows = "".join(f'<camunda:property name="{k}" value={quoteattr(v)}/>' for k, v in properties.items())
    box = f"<camunda:properties>{rows}</camunda:properties>" if rows else ""
    return f"<bpmn:extensionElements>{box}{inner}</bpmn:extensionElements>"


def call(element_id: str, called: str = "other", inner: str = "", **properties: str) -> str:
    return node("callActivity", element_id, extra(inner, **properties), calledElement=called)


def exclusive(element_id: str, **attributes: str) -> str:
    return node("exclusiveGateway", element_id, **attributes)


def parallel(element_id: str) -> str:
    return node("parallelGateway", element_id)


def sub(element_id: str, *parts: str, **attributes: str) -> str:
    return node("subProcess", element_id, "".join(parts), **attributes)


def timer(expression: str, kind: str = "timeDuration") -> str:
    inner = f'<bpmn:{kind} xsi:type="bpmn:tFormalExpression">{escape(expression)}</bpmn:{kind}>'
    return f"<bpmn:timerEventDefinition>{inner}</bpmn:timerEventDefinition>"


def wait(element_id: str, inner: str) -> str:
    return node("intermediateCatchEvent", element_id, inner)


def throw(element_id: str, inner: str) -> str:
    return node("intermediateThrowEvent", element_id, inner)


def boundary(element_id: str, on: str, inner: str, **attributes: str) -> str:
    return node("boundaryEvent", element_id, inner, attachedToRef=on, **attributes)


def many(collection: str = "parties", item: str = "party", inner: str = "") -> str:
    return (
        "<bpmn:multiInstanceLoopCharacteristics>"
        f"<bpmn:loopDataInputRef>{collection}</bpmn:loopDataInputRef>{inner}"
        f'<bpmn:inputDataItem id="{item}" name="{item}"/></bpmn:multiInstanceLoopCharacteristics>'
    )


def flow(source: str, target: str, condition: str | None = None, flow_id: str | None = None) -> str:
    inner = ""
    if condition is not None:
        formal = 'xsi:type="bpmn:tFormalExpression"'
        inner = f"<bpmn:conditionExpression {formal}>{escape(condition)}</bpmn:conditionExpression>"
    name = flow_id or f"{source}_to_{target}"
    return f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


def chain(*element_ids: str) -> str:
    return "".join(flow(one, other) for one, other in pairwise(element_ids))


def lane(name: str = "Styrgrupp", inner: str = "", members: str = "") -> str:
    return f'<bpmn:lane id="the_lane" name="{name}">{inner}{members}</bpmn:lane>'


def model(*parts: str, key: str = "p", lane_name: str = "Styrgrupp", lane_inner: str = "", root: str = "") -> str:
    """A model with one lane that holds every element."""
    body = "".join(parts)
    tags = r"<bpmn:(?!sequenceFlow|lane|inputDataItem|property)(\w+) id=\"([^\"]+)\" name="
    members = "".join(f"<bpmn:flowNodeRef>{found[1]}</bpmn:flowNodeRef>" for found in re.findall(tags, body))
    lanes = f'<bpmn:laneSet id="lanes">{lane(lane_name, lane_inner, members)}</bpmn:laneSet>'
    process = f'<bpmn:process id="{key}" isExecutable="true">{lanes}{body}</bpmn:process>'
    return f'<bpmn:definitions {NAMESPACES} id="definitions" targetNamespace="t">{root}{process}</bpmn:definitions>'


def plain(*between: str, ids: tuple[str, ...] = (), root: str = "") -> str:
    """begun -> write -> the `ids` in turn -> done."""
    return model(
        start(), user("write"), *between, end(), chain("begun", "write", *ids, "done"), root=root
    )  # fmt: skip


def task(inner: str = "", **attributes: str) -> str:
    """begun -> work -> done, where `work` is a user task with something odd about it."""
    return model(start(), user("work", inner, **attributes), end(), chain("begun", "work", "done"))


def instead(tag: str, inner: str = "", **attributes: str) -> str:
    """begun -> odd -> done, where `odd` is an element of any kind."""
    return model(start(), node(tag, "odd", inner, **attributes), end(), chain("begun", "odd", "done"))


def choice(*flows: str, **attributes: str) -> str:
    """begun -> write -> approved, an exclusive gateway with these flows to done and refused."""
    parts = [start(), user("write"), exclusive("approved", **attributes), end(), end("refused")]
    return model(*parts, chain("begun", "write", "approved"), *flows)


def fork(*parts: str) -> str:
    """begun -> split -> one and two -> join, and what `parts` add (else join -> done)."""
    drawn = [start(), parallel("split"), user("one"), user("two"), parallel("join"), end()]
    flows = [chain("begun", "split", "one", "join"), chain("split", "two", "join")]
    return model(*drawn, *flows, *(parts or (flow("join", "done"),)))


def back(*parts: str) -> str:
    """A fork with a choice behind its join: done, or what `parts` add."""
    return fork(exclusive("again", default="again_to_done"), flow("join", "again"), flow("again", "done"), *parts)
