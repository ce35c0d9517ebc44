"""What made-up people write fits what they are asked, in every form that is shipped."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from engine.forms import holds_identity_number, validate
from engine.packs import load_pack, read_processes, shipped_packs
from engine.simulation import phrases
from engine.simulation.answers import fill_in
from engine.simulation.phrases import phrase

TODAY = date(2026, 5, 4)
PACK = load_pack(shipped_packs()[0])
FORMS = {
    (process.key, name): form
    for process in PACK.processes
    for name, form in read_processes(shipped_packs()[0])[process.key].forms.items()
}


def texts(fields: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in fields.items():
        if field.get("type") == "string" and not {"oneOf", "x-options", "format"} & field.keys():
            yield name, field
        yield from texts(field.get("items", {}).get("properties", {}))


def written(name: str, field: dict[str, Any]) -> set[str]:
    return {phrase(name, field, random.Random(seed), TODAY) for seed in range(20)}


def test_where_little_is_asked_little_is_written() -> None:
    short = [
        (name, field)
        for form in FORMS.values()
        for name, field in texts(form["properties"])
        if field.get("maxLength", 10_000) <= 200 and field.get("x-widget") != "file"
    ]
    assert len(short) > 60
    for name, field in short:
        for text in written(name, field):
            assert len(text) <= 80, f"{name}, {field.get('title')}: {text}"
            assert "{" not in text


def test_the_same_word_is_answered_by_its_question() -> None:
    annex = FORMS["minor_amendment", "amendment_annex"]["properties"]["title"]
    signature = FORMS["decision", "municipality_signature"]["properties"]["title"]
    assert not written("title", annex) & written("title", signature)
    assert "Socialchef" in written("title", signature)


def test_every_question_that_has_answers_of_its_own_is_asked() -> None:
    asked = {f"{name} | {field.get('title')}" for form in FORMS.values() for name, field in texts(form["properties"])}
    assert phrases._phrases()["question"].keys() <= asked


def test_filled_in_forms_are_right_and_tell_of_nobody() -> None:
    for (process, name), form in FORMS.items():
        for seed in range(3):
            values = fill_in(form, PACK.catalogues, random.Random(seed), TODAY, {}, {})
            assert validate(form, values, PACK.catalogues) == [], f"{process}/{name}: {values}"
            assert not any(holds_identity_number(str(value)) for value in values.values())
