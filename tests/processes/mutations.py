"""Damages files as somebody might in an editor: things dropped, doubled, renamed, moved, exchanged."""

import copy
import json
import random
from typing import Any

import orjson
from lxml import etree

ODD: list[Any] = [
    None,
    True,
    -1,
    1.5,
    10**30,
    "",
    " ",
    "å",
    "x" * 3000,
    "__class__",
    "1 +",
    "P1D",
    [],
    {},
    [[]],
    {"": 0},
]
ODD_TEXTS = [
    "",
    " ",
    "å",
    "x" * 3000,
    "true",
    "P1D",
    "P9999Y",
    "2024-02-30",
    "a b",
    "__class__",
    "(",
    "1 == 1",
    "\u2028",
]


def mutated(file: str, content: bytes, dice: random.Random) -> bytes:
    """The file with one to four faults of its own kind."""
    if file.endswith((".bpmn", ".dmn")):
        return _xml(content, dice)
    if file.endswith(".json"):
        return _json(content, dice)
    return _lines(content, dice)


def _xml(content: bytes, dice: random.Random) -> bytes:
    root = etree.fromstring(content)
    for _ in range(dice.randint(1, 4)):
        elements = [element for element in root.iter() if isinstance(element.tag, str)]
        element, other = dice.choice(elements), dice.choice(elements)
        dice.choice([_drop, _double, _move, _rename, _attribute, _exchange, _text])(element, other, dice)
    return etree.tostring(root)


def _drop(element: etree._Element, _: etree._Element, dice: random.Random) -> None:
    around = element.getparent()
    if around is not None:
        around.remove(element)


def _double(element: etree._Element, _: etree._Element, dice: random.Random) -> None:
    around = element.getparent()
    if around is not None:
        around.append(copy.deepcopy(element))


def _move(element: etree._Element, other: etree._Element, dice: random.Random) -> None:
    if other is not element and element not in list(other.iterancestors()) and element.getparent() is not None:
        other.append(element)


def _rename(element: etree._Element, other: etree._Element, dice: random.Random) -> None:
    element.tag = dice.choice([other.tag, other.tag, "{http://example.com}odd"])


def _attribute(element: etree._Element, other: etree._Element, dice: random.Random) -> None:
    names = [str(name) for name in (*element.attrib, *other.attrib)] or ["id"]
    name = dice.choice(names)
    if name in element.attrib and dice.random() < 0.5:
        del element.attrib[name]
    else:
        element.set(name, dice.choice([*ODD_TEXTS, *(str(value) for value in other.attrib.values())]))


def _exchange(element: etree._Element, other: etree._Element, dice: random.Random) -> None:
    for name in set(element.attrib) & set(other.attrib):
        one, another = element.attrib[name], other.attrib[name]
        element.set(name, another)
        other.set(name, one)


def _text(element: etree._Element, other: etree._Element, dice: random.Random) -> None:
    element.text = dice.choice([*ODD_TEXTS, other.text or ""])


def _json(content: bytes, dice: random.Random) -> bytes:
    value = orjson.loads(content)
    for _ in range(dice.randint(1, 4)):
        boxes = list(_boxes(value))
        box, other = dice.choice(boxes), dice.choice(boxes)
        keys, others = _keys(box), _keys(other)
        if not keys:
            continue
        key = dice.choice(keys)
        new = dice.choice([*ODD, *([copy.deepcopy(other[dice.choice(others)])] * 8 if others else [])])
        match dice.randint(0, 2):
            case 0:
                del box[key]
            case 1:
                box[key] = new
            case _ if isinstance(box, dict):
                box[dice.choice(["$ref", "type", "oneOf", "x-routes", "x-show-if", "items", "å", str(key) + "2"])] = new
            case _:
                box.append(new)
    return json.dumps(value).encode()  # orjson has no numbers beyond 64 bits, and somebody may write one


def _boxes(value: Any) -> Any:
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _boxes(inner)


def _keys(box: Any) -> list[Any]:
    return list(box) if isinstance(box, dict) else list(range(len(box)))


def _lines(content: bytes, dice: random.Random) -> bytes:
    lines = content.decode().splitlines()
    for _ in range(dice.randint(1, 4)):
        place, other = dice.randrange(len(lines)), dice.randrange(len(lines))
        match dice.randint(0, 4):
            case 0:
                del lines[place]
            case 1:
                lines.insert(other, lines[place])
            case 2:
                lines[place], lines[other] = lines[other], lines[place]
            case 3:
                lines[place] = lines[place].split("=")[0] + "= " + dice.choice(["1", '"å"', "[]", "nan", "{}", "1e400"])
            case _:
                lines[place] = lines[place].replace(dice.choice("abe =[]\"'"), dice.choice(["", "x", '"']), 1)
    return "\n".join(lines).encode()
