"""The hardened XML parser for models and decisions, and the names of BPMN's namespaces."""

from lxml import etree

from engine.errors import Invalid

MAX_BYTES = 2_000_000
MAX_DEPTH = 40

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"


class UnreadableXml(Invalid):
    """The text is no XML that may be read; the message is a Swedish phrase that says why."""


def parse_xml(content: bytes | str) -> etree._Element:
    """The root of an XML document in UTF-8 that refers to nothing outside itself. Raises `UnreadableXml`."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if len(data) > MAX_BYTES:
        raise UnreadableXml(f"filen är större än {MAX_BYTES // 1_000_000} MB")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        # Refused before parsing: whoever writes a DTD is after the machine's other files or its memory.
        raise UnreadableXml("filen får inte innehålla DOCTYPE eller ENTITY")
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableXml(f"filen är inte välformad XML: {error}") from error
    _check_depth(root)
    return root


def _check_depth(root: etree._Element) -> None:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return
    raise UnreadableXml(f"filen är nästlad i fler än {MAX_DEPTH} nivåer")


def local(element: etree._Element) -> str:
    """The tag's name, with the namespace in front when it is not BPMN's own."""
    name = etree.QName(element)
    return name.localname if name.namespace == BPMN else f"{{{name.namespace or ''}}}{name.localname}"
