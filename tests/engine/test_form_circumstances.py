"""Keywords that depend on the moment and on who answers: days that must have been, and the own organisation."""

from datetime import date
from typing import Any

import pytest

from engine.errors import FieldError
from engine.forms import Circumstances, fitted, validate

TODAY = Circumstances(date(2026, 11, 23))
DAY = {"type": "string", "title": "När?", "format": "date", "x-not-after": "today"}
FORM: dict[str, Any] = {
    "type": "object",
    "title": "Svar",
    "properties": {
        "decided_on": DAY,
        "planned_on": {"type": "string", "title": "När ska det ske?", "format": "date"},
        "seen": {"type": "boolean", "title": "Sett?"},
        "seen_on": {**DAY, "x-show-if": {"field": "seen", "is": [True]}},
        "meetings": {"type": "array", "title": "Möten", "items": {"type": "object", "properties": {"on": DAY}}},
    },
}


@pytest.mark.parametrize("field", ["decided_on", "planned_on"])
def test_today_and_before_is_fine(field: str) -> None:
    for day in ("2026-11-23", "2026-11-22", "1999-01-01"):
        assert validate(FORM, {field: day}, {}, TODAY) == []
    assert (validate(FORM, {field: "2026-11-24"}, {}, TODAY) == []) == (field == "planned_on")


def test_a_day_to_come_is_told_at_its_field_and_once() -> None:
    values = {
        "decided_on": "2026-11-24",
        "meetings": [{"on": "2026-01-01"}, {"on": "3000-01-01"}],
        "seen_on": "3000-01-01",
    }
    told = "Den dagen har inte varit än. Skriv i dag eller en tidigare dag."
    assert validate(FORM, values, {}, TODAY) == [FieldError("decided_on", told), FieldError("meetings.1.on", told)]
    paths = [error.path for error in validate(FORM, {"decided_on": "x", "meetings": ["odd"]}, {}, TODAY)]
    assert sorted(paths) == ["decided_on", "meetings.0"]
    assert validate(FORM, values, {}) == []  # a draft may say what it likes


def test_the_own_organisation_is_no_choice() -> None:
    one = {"type": "string", "oneOf": [{"const": code, "title": code} for code in ("2080", "2062", "20")]}
    fields = {
        "parties": {"type": "array", "title": "Parter", "items": one, "x-leave-out": "own_organisation"},
        "other": {"title": "Annan", **one, "x-leave-out": "own_organisation"},
        "anybody": {"title": "Vem", **one},
    }
    form: dict[str, Any] = {"type": "object", "title": "Svar", "properties": fields}
    for_falun = fitted(form, "2080")
    assert [error.path for error in validate(for_falun, {"parties": ["2062", "2080"]}, {})] == ["parties.1"]
    assert [error.path for error in validate(for_falun, {"other": "2080"}, {})] == ["other"]
    assert validate(for_falun, {"parties": ["2062", "20"], "other": "20", "anybody": "2080"}, {}) == []
    assert validate(fitted(form, "2062"), {"parties": ["2080"]}, {}) == []
    assert form["properties"]["parties"]["items"]["oneOf"] == one["oneOf"]
