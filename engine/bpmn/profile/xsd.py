"""BPMN's own schema, which ships with SpiffWorkflow: catches what is no BPMN 2.0 at all."""

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

from engine.bpmn.profile.case import Fault
from engine.bpmn.xml import parse_xml

_MOST = 20


def check_schema(bpmn: str) -> Iterator[Fault]:
    """Where a model breaks the BPMN 2.0 schema, at the nearest element that has an id."""
    root = parse_xml(bpmn)
    schema = _schema()
    if schema.validate(root):
        return
    for error in list(schema.error_log)[:_MOST]:
        yield Fault(
            _nearest_id(root, error.path), f"stämmer inte med BPMN 2.0, rad {error.line}: {_short(error.message)}"
        )


@cache
def _schema() -> etree.XMLSchema:
    spec = find_spec("SpiffWorkflow")
    locations = spec.submodule_search_locations if spec else None
    folder = Path(next(iter(locations or [])))
    return etree.XMLSchema(etree.parse(str(folder / "bpmn/parser/schema/BPMN20.xsd")))


def _nearest_id(root: etree._Element, path: str | None) -> str | None:
    prefixes = {prefix: uri for element in root.iter() for prefix, uri in element.nsmap.items() if prefix}
    try:
        found = root.getroottree().xpath(path or ".", namespaces=prefixes)
    except etree.XPathError:
        return None
    node = found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else None
    while node is not None:
        if node.get("id"):
            return str(node.get("id"))
        node = node.getparent()
    return None


def _short(message: str) -> str:
    return message.replace("{http://www.omg.org/spec/BPMN/20100524/MODEL}", "")[:200]
