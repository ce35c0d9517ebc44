"""What was handed in, ready to be read."""

from datetime import date

import pytest

from web.forms.answers import read_answers

CATALOGUES = {"items": [{"key": "a", "title": "Första"}, {"key": "b", "title": "Andra"}]}
SCHEMA = {
    "properties": {
        "outcome": {"type": "string", "title": "Beslut", "oneOf": [{"const": "approved", "title": "Godkänt"}]},
        "agreed": {"type": "boolean", "title": "Eniga?"},
        "share": {"type": "number", "title": "Andel"},
        "decided_on": {"type": "string", "title": "Vilken dag?", "format": "date"},
        "who": {"type": "array", "title": "Vilka", "items": {"type": "string"}, "x-options": {"catalogue": "items"}},
        "grid": {
            "type": "array",
            "title": "Rutnät",
            "x-rows": {"catalogue": "items"},
            "items": {"type": "object", "properties": {"item": {"title": "Fråga"}, "level": {"title": "Nivå"}}},
        },
        "empty": {"type": "string", "title": "Tomt"},
    }
}


def test_keys_become_words_and_what_was_left_empty_is_left_out() -> None:
    values = {
        "outcome": "approved",
        "agreed": False,
        "share": 12.5,
        "who": ["b"],
        "grid": [{"item": "a", "level": "hög"}, {"item": "b"}],
        "empty": "",
    }
    found = {answer.name: answer for answer in read_answers(SCHEMA, values, CATALOGUES, str)}
    assert list(found) == ["outcome", "agreed", "share", "who", "grid"]
    assert (found["outcome"].text, found["agreed"].text, found["share"].text) == ("Godkänt", "Nej", "12,5")
    assert found["who"].points == ("Andra",)
    assert found["grid"].columns == ("Fråga", "Nivå")
    assert found["grid"].rows == (("Första", "hög"),)
    assert found["grid"].plain == "Första; hög"


@pytest.mark.parametrize(
    ("written", "shown"), [("2026-11-27", "27/11"), ("i november", "i november"), ("2026-02-31", "2026-02-31")]
)
def test_a_day_is_written_as_the_page_writes_days(written: str, shown: str) -> None:
    def short(day: date) -> str:
        return f"{day.day}/{day.month}"

    (answer,) = read_answers(SCHEMA, {"decided_on": written}, CATALOGUES, str, day=short)
    assert answer.text == shown
