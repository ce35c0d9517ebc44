"""Rules on forms: each faulty in one place."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine.bpmn.profile import check_pack
from engine.bpmn.profile.json_schema import why_no_schema
from engine.packs import shipped_packs
from tests.engine.bpmn.profile.packing import form, is_told, write_pack
from tests.processes.mutations import mutated


def with_field(field: dict[str, Any], name: str = "odd", routes: tuple[str, ...] = ("outcome",)) -> dict[str, Any]:
    """The sound form with one more field."""
    whole = form(**{"x-routes": list(routes)})
    whole["properties"][name] = {"type": "string", "title": "Udda", **field}
    return whole


TABLE = {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}}

FAULTS: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "no JSON Schema": (form(required="outcome"), None, "formuläret är inte giltig JSON Schema"),
    "no object": (form(type="array"), None, "formuläret ska vara ett objekt"),
    "no title": (form(title=" "), None, "formuläret saknar titel"),
    "reference": (form(**{"$ref": "http://example.org/x"}), None, "formuläret får inte hänvisa"),
    "required ghost": (form(required=["ghost"]), "ghost", "fältet är obligatoriskt men finns inte"),
    "routed ghost": (form(**{"x-routes": ["ghost"]}), "ghost", "x-routes nämner ett fält som inte finns"),
    "routes that are no list": (form(**{"x-routes": "outcome"}), None, "x-routes ska vara en lista"),
    "routed table": (with_field(TABLE, routes=("odd",)), "odd", "bara text, tal, sant/falskt"),
    "routed typename": (with_field({}, "typename", ("typename",)), "typename", "namnet är upptaget"),
    "routed date": (with_field({}, "date", ("date",)), "date", "namnet är upptaget"),
    "routed no identifier": (with_field({}, "a b", ("a b",)), "a b", "namnet är upptaget eller går inte"),
    "unknown register": (form(**{"x-register": "stars"}), None, "registret 'stars' finns inte"),
    "unknown type": (with_field({"type": "null"}), "odd", "fältets typ ska vara en av"),
    "field without title": (with_field({"title": ""}), "odd", "fältet saknar titel"),
    "column without title": (with_field(TABLE), "odd.a", "fältet saknar titel"),
    "unknown widget": (with_field({"x-widget": "slider"}), "odd", "x-widget 'slider' är okänt"),
    "unknown prefill": (with_field({"x-prefill": "magic"}), "odd", "x-prefill 'magic' är okänt"),
    "unknown personal": (with_field({"x-personal": "yes"}), "odd", "x-personal 'yes' är okänt"),
    "unknown catalogue": (with_field({"x-options": {"catalogue": "stars"}}), "odd", "x-options: katalogen stars"),
    "catalogue that is no object": (with_field({"x-rows": "stars"}), "odd", "x-rows ska vara"),
    "nothing fits": (
        with_field({"x-rows": {"catalogue": "organisations", "where": {"kind": "planet"}}}),
        "odd",
        "x-rows: inget i katalogen passar",
    ),
    "shown if a ghost": (
        with_field({"x-show-if": {"field": "ghost", "is": ["a"]}}),
        "odd",
        "x-show-if: fältet ghost",
    ),
    "shown if never": (
        with_field({"x-show-if": {"field": "outcome", "is": ["maybe"]}}),
        "odd",
        "x-show-if: 'maybe' är inget val",
    ),
    "a text that is not after today": (with_field({"x-not-after": "today"}), "odd", "x-not-after ska vara"),
    "not after some day": (
        with_field({"format": "date", "x-not-after": "2026-01-01"}),
        "odd",
        "x-not-after ska vara",
    ),
    "a choice that leaves out somebody": (
        with_field({"oneOf": [{"const": "a", "title": "A"}], "x-leave-out": "own_organisation"}),
        "odd",
        "x-leave-out ska vara",
    ),
    "shown if malformed": (with_field({"x-show-if": "outcome"}), "odd", "x-show-if ska vara"),
    "choice without title": (
        with_field({"oneOf": [{"const": "a"}]}),
        "odd",
        "varje val (oneOf) ska ha const och title",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_found(tmp_path: Path, name: str) -> None:
    schema, element, reason = FAULTS[name]
    assert is_told(write_pack(tmp_path, forms={"answer": schema}), "p/forms/answer.json", element, reason)


def test_every_keyword_used_rightly_has_no_findings(tmp_path: Path) -> None:
    schema = with_field(
        {
            "x-options": {"catalogue": "organisations", "where": {"kind": "region"}},
            "x-show-if": {"field": "outcome", "is": ["returned"]},
            "x-widget": "select",
            "x-prefill": "previous",
            "x-personal": "allow",
        }
    )
    assert check_pack(write_pack(tmp_path, forms={"answer": schema})) == []


def test_unused_form_is_told(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, forms={"answer": form(), "lost": form()})
    assert is_told(folder, "p/p.bpmn", None, "formuläret forms/lost.json används inte")


def test_the_flat_description_of_schemas_says_what_the_standards_own_says() -> None:
    standard = Draft202012Validator(
        Draft202012Validator.META_SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    forms = [file.read_bytes() for file in sorted(shipped_packs()[0].glob("deviation/forms/*.json"))]
    dice, refused = random.Random(7), 0
    for _ in range(60):
        text = mutated("form.json", dice.choice(forms), dice)
        refused += why_no_schema(text) is not None
        assert (why_no_schema(text) is None) == (next(standard.iter_errors(json.loads(text)), None) is None), text
    assert refused > 10
