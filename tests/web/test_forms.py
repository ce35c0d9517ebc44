"""A form's schema becomes fields that a page can draw, and what the page posts becomes the same values again."""

import json
from typing import Any

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from werkzeug.datastructures import MultiDict

from engine.errors import FieldError
from web.forms import parsing, reading, rendering
from web.forms.fields import Field
from web.views.task_page import is_answered

CATALOGUES: dict[str, list[dict[str, Any]]] = {
    "items": [
        {"key": "needs", "title": "Behoven är beskrivna", "text": "Med siffror.", "phase": 1},
        {"key": "fit", "title": "Insatserna passar", "phase": 1},
        {"key": "later", "title": "Senare", "phase": 2},
    ],
    "scale": [{"key": "none", "title": "Inte"}, {"key": "some", "title": "Delvis"}, {"key": "all", "title": "Helt"}],
}
OUTCOME = {
    "type": "string",
    "title": "Vad beslutade ni?",
    "oneOf": [{"const": "approved", "title": "Godkänt"}, {"const": "returned", "title": "Tillbaka"}],
    "x-widget": "radio",
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "outcome": OUTCOME,
        "comments": {
            "type": "string",
            "title": "Vad behöver ändras?",
            "maxLength": 10000,
            "x-show-if": {"field": "outcome", "is": ["returned"]},
        },
        "decided_on": {"type": "string", "format": "date", "title": "Vilken dag?"},
        "share": {"type": "number", "title": "Andel", "description": "Procent av heltid."},
        "people": {"type": "integer", "title": "Antal"},
        "agreed": {"type": "boolean", "title": "Är ni överens?"},
        "level": {"type": "string", "title": "Nivå", "x-widget": "scale", "x-options": {"catalogue": "scale"}},
        "who": {
            "type": "array",
            "title": "Vilka?",
            "items": {"type": "string"},
            "x-options": {"catalogue": "items", "where": {"phase": 1}},
        },
        "activities": {
            "type": "array",
            "title": "Aktiviteter",
            "items": {
                "type": "object",
                "properties": {
                    "activity": {"type": "string", "title": "Vad?", "maxLength": 200},
                    "cost": {"type": "number", "title": "Kostnad"},
                },
                "required": ["activity"],
            },
        },
        "assessment": {
            "type": "array",
            "title": "Var står vi?",
            "x-rows": {"catalogue": "items", "where": {"phase": 1}},
            "items": {
                "type": "object",
                "properties": {
                    "item": {"type": "string", "title": "Påstående"},
                    "level": {
                        "type": "string",
                        "title": "Nivå",
                        "x-widget": "scale",
                        "x-options": {"catalogue": "scale"},
                    },
                    "evidence": {
                        "type": "string",
                        "title": "Bygger på",
                        "description": "Till exempel ett beslut.",
                        "x-widget": "textarea",
                        "maxLength": 500,
                    },
                },
            },
        },
    },
    "required": ["outcome", "comments"],
}
VALUES: dict[str, Any] = {
    "outcome": "returned",
    "comments": "Dela upp på kön.\n\nTack.",
    "decided_on": "2026-11-27",
    "share": 12.5,
    "people": 0,
    "agreed": False,
    "level": "some",
    "who": ["needs", "fit"],
    "activities": [{"activity": "Utbilda", "cost": 1000}, {"activity": "Följ upp"}],
    "assessment": [{"item": "needs", "level": "all"}, {"item": "fit", "evidence": "Beslut 4 §"}],
}


def build(values: dict[str, Any] | None = None, *errors: FieldError, schema: Any = SCHEMA, **more: Any) -> list[Field]:
    return rendering.build(schema, values or {}, errors, CATALOGUES, lambda text: text, **more)


def field(name: str, fields: list[Field]) -> Field:
    return next(one for one in fields if one.path == name)


def parse(**posted: str | list[str]) -> tuple[dict[str, Any], list[FieldError]]:
    values = {name.replace("__", "."): value for name, value in posted.items()}
    return parsing.parse(SCHEMA, CATALOGUES, MultiDict(values))


def answered(**posted: str | list[str]) -> dict[str, Any]:
    """The values that were given, without the fixed rows, which are always there."""
    values, errors = parse(**posted)
    assert errors == []
    return {name: value for name, value in values.items() if name != "assessment"}


def posted_again(fields: list[Field]) -> MultiDict[str, str]:
    """What a browser sends when nobody changes anything on the page."""
    sent: list[tuple[str, str]] = []
    for one in fields:
        if one.kind in ("table", "grid"):
            sent += [pair for row in one.rows for pair in posted_again(list(row.cells)).items(multi=True)]
        elif one.options:
            sent += [(one.path, option.value) for option in one.options if option.chosen]
        else:
            sent.append((one.path, one.value.replace("\n", "\r\n")))
    return MultiDict(sent)


# From schema to fields ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "maxLength": 10000}, "textarea"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "string", "format": "email"}, "email"),
        ({"type": "string", "format": "email", "x-widget": "text"}, "email"),
        ({"type": "integer"}, "number"),
        ({"type": "number", "x-widget": "text"}, "number"),
        ({"type": "boolean"}, "yesno"),
        ({"oneOf": [{"const": "a"}]}, "radio"),
        ({"oneOf": [{"const": str(n)} for n in range(9)]}, "select"),
        ({"type": "string", "x-options": {"catalogue": "items"}}, "select"),
        ({"type": "array", "items": {"oneOf": [{"const": "a"}]}}, "checkboxes"),
        ({"type": "array", "items": {"type": "object"}}, "table"),
        ({"type": "array", "items": {"type": "object"}, "x-widget": "table", "x-rows": {}}, "grid"),
        ({"type": "string", "x-widget": "file"}, "file"),
    ],
)
def test_a_question_is_put_as_its_schema_suggests(schema: dict[str, Any], kind: str) -> None:
    assert reading.kind(schema) == kind


def test_values_are_shown_as_people_write_them() -> None:
    fields = build(VALUES)
    assert field("share", fields).value == "12,5"
    assert field("people", fields).value == "0"
    assert field("share", build(VALUES, decimal=".")).value == "12.5"
    assert field("people", build()).value == ""


def test_what_was_chosen_is_chosen_also_when_it_is_no() -> None:
    fields = build(VALUES)
    assert [option.chosen for option in field("agreed", fields).options] == [False, True]
    assert [option.chosen for option in field("agreed", build()).options] == [False, False]
    assert [option.value for option in field("who", fields).options] == ["needs", "fit"]


def test_a_condition_is_also_said_in_words() -> None:
    condition = field("comments", build()).condition
    assert condition is not None
    assert (condition.field, condition.answers) == ("outcome", ("returned",))
    assert condition.sentence == "Svara bara om svaret på ”Vad beslutade ni?” är ”Tillbaka”."


def test_fixed_rows_find_their_answers_by_item_whatever_the_order() -> None:
    rows = field("assessment", build({"assessment": [{"item": "fit", "level": "all"}]})).rows
    assert [(row.key, row.title) for row in rows] == [("needs", "Behoven är beskrivna"), ("fit", "Insatserna passar")]
    assert [option.chosen for option in rows[1].cells[0].options] == [False, False, True]
    assert not any(option.chosen for option in rows[0].cells[0].options)


def test_an_empty_table_offers_a_first_row() -> None:
    assert len(field("activities", build()).rows) == 1


def test_errors_stand_at_their_field_and_lead_there_in_the_order_of_the_page() -> None:
    errors = [FieldError("activities.1.cost", "Kostnad?"), FieldError("outcome", "Välj."), FieldError("gone", "Okänt.")]
    fields = build(VALUES, *errors)
    assert field("outcome", fields).error == "Välj."
    assert field("activities", fields).rows[1].cells[1].error == "Kostnad?"
    assert rendering.error_links(fields, errors) == [
        ("innehall", "Okänt."),
        ("f-outcome-0", "Välj."),
        ("f-activities-1-cost", "Kostnad?"),
    ]


# From the page to values -------------------------------------------------------------------------------------


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "outcome": st.sampled_from(["approved", "returned"]),
            "comments": st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), min_size=1).map(str.strip),
            "decided_on": st.dates().map(str),
            "share": st.floats(-1e9, 1e9).map(lambda number: round(number, 3)),
            "people": st.integers(0, 10**9),
            "agreed": st.booleans(),
            "who": st.lists(st.sampled_from(["needs", "fit"]), unique=True, min_size=1)
            .map(sorted)
            .map(lambda w: w[::-1]),
            "activities": st.lists(st.fixed_dictionaries({"cost": st.integers(0, 10**6)}), min_size=1, max_size=4),
        },
    )
)
def test_what_is_shown_and_posted_unchanged_is_the_same_value(values: dict[str, Any]) -> None:
    values = {name: value for name, value in values.items() if value != ""}
    again, errors = parsing.parse(SCHEMA, CATALOGUES, posted_again(build(values)))
    assert errors == []
    assert {**again, "assessment": None} == {**values, "assessment": None}


def test_everything_at_once_comes_back() -> None:
    assert parsing.parse(SCHEMA, CATALOGUES, posted_again(build(VALUES))) == (VALUES, [])


@pytest.mark.parametrize(
    ("written", "number"),
    [("12,5", 12.5), ("12.5", 12.5), ("1 000", 1000), ("1\u00a0000,25", 1000.25), ("−3", -3), ("0", 0), (" 7 ", 7)],
)
def test_numbers_are_read_as_swedes_write_them(written: str, number: float) -> None:
    assert answered(share=written) == {"share": number}


@pytest.mark.parametrize("written", ["nan", "inf", "1e5", "tolv", "1,2,3", "0x10", "9" * 30, "½", "٣"])
def test_what_is_no_number_is_said_and_stays_as_it_was_written(written: str) -> None:
    values, errors = parse(share=written)
    assert [error.path for error in errors] == ["share"]
    assert values["share"] == written


def test_a_whole_number_is_whole() -> None:
    assert answered(people="12,0") == {"people": 12}
    assert parse(people="12,5")[1] == [FieldError("people", parsing.NOT_WHOLE)]


def test_days_are_read_and_what_is_no_day_is_said() -> None:
    assert answered(decided_on="27/11 2026") == {"decided_on": "2026-11-27"}
    assert parse(decided_on="2026-02-30")[1] == [FieldError("decided_on", parsing.NOT_A_DATE)]


def test_what_is_left_empty_is_absent() -> None:
    assert answered(outcome="", comments="  ", share="", people="", decided_on="", who=[""]) == {}


def test_a_choice_that_is_none_stays_for_validation_to_refuse() -> None:
    assert answered(outcome="hacked", agreed="kanske") == {"outcome": "hacked", "agreed": "kanske"}


def test_nothing_that_the_form_does_not_ask_is_taken() -> None:
    assert answered(csrf_token="x", secret="y", activities__0__other="z") == {}


def test_empty_rows_disappear_and_errors_follow_their_row() -> None:
    values, errors = parse(activities__0__activity="", activities__3__activity="Utbilda", activities__7__cost="dyrt")
    assert values["activities"] == [{"activity": "Utbilda"}, {"cost": "dyrt"}]
    assert errors == [FieldError("activities.1.cost", parsing.NOT_A_NUMBER)]


def test_fixed_rows_are_all_there_in_the_order_of_the_catalogue() -> None:
    values, _ = parse(assessment__1__level="all", assessment__0__item="forged")
    assert values["assessment"] == [{"item": "needs"}, {"item": "fit", "level": "all"}]


def test_a_row_can_be_added_and_removed_without_script() -> None:
    posted = MultiDict({"activities.0.activity": "A", "activities.1.activity": "", "activities.2.activity": "C"})

    def press(button: str) -> tuple[list[Any], str] | None:
        values, _ = parsing.parse(SCHEMA, CATALOGUES, posted)
        changed = parsing.with_changed_rows(
            SCHEMA, CATALOGUES, MultiDict({**posted.to_dict(), "_rows": button}), values
        )
        return (changed[0]["activities"], changed[1]) if changed else None

    assert press("add:activities") == ([{"activity": "A"}, {}, {"activity": "C"}, {}], "activities.3")
    assert press("remove:activities:0") == ([{}, {"activity": "C"}], "activities.0")
    assert press("remove:activities:2") == ([{"activity": "A"}, {}], "activities.1")
    assert press("remove:activities:9") is not None
    assert press("add:assessment") is None
    assert press("add:nothing") is None
    assert press("") is None


# The page ----------------------------------------------------------------------------------------------------

PAGE = """{% extends "base.html" %}{% from "components/form.html" import default_button, form_fields with context %}
{% from "components/parts.html" import csrf, error_summary %}
{% block title %}Prov{% endblock %}
{% block content %}{{ error_summary(links) }}<h1>Prov</h1>
<form method="post" novalidate>{{ csrf() }}{{ default_button("do", "save") }}{{ form_fields(fields) }}
<button class="govuk-button">Skicka in</button></form>{% endblock %}"""


def drawn(application: Flask, values: dict[str, Any], *errors: FieldError) -> html.HtmlElement:
    with application.test_request_context("/"):
        application.preprocess_request()
        fields = build(values, *errors)
        links = rendering.error_links(fields, errors)
        return html.fromstring(render_template_string(PAGE, fields=fields, links=links, errors=links))


def test_a_drawn_form_posts_what_it_was_given(application: Flask) -> None:
    form = drawn(application, VALUES).forms[-1]
    posted = MultiDict([(name, value) for name, value in form.form_values() if name != "csrf_token"])
    assert parsing.parse(SCHEMA, CATALOGUES, posted) == (VALUES, [])


def test_every_control_has_a_name_that_is_read_aloud_and_every_reference_a_target(application: Flask) -> None:
    page = drawn(application, VALUES, FieldError("share", "Andel?"), FieldError("activities.0.cost", "Kostnad?"))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for control in page.forms[-1].xpath(".//input[not(@type='hidden')] | .//select | .//textarea"):
        labelled = control.get("aria-labelledby") or page.xpath("//label[@for=$id]", id=control.get("id"))
        assert labelled, html.tostring(control)
    for reference in page.xpath("//@aria-labelledby | //@aria-describedby"):
        assert set(reference.split()) <= set(ids)
    for link in page.xpath("//*[@role='alert']//a/@href"):
        assert link[1:] in ids


def test_what_helps_to_answer_a_column_is_shown_at_its_head(application: Flask) -> None:
    heads = drawn(application, VALUES).xpath("//table//th[@scope='col']")
    assert [" ".join(head.text_content().split()) for head in heads][-1] == "Bygger på Till exempel ett beslut."


def test_rows_that_the_page_does_not_show_answer_nothing() -> None:
    shown = field("assessment", build())
    assert not is_answered(shown, [{"item": "of-another-phase", "level": "all"}, {"item": "needs"}])
    assert is_answered(shown, [{"item": "needs", "level": "all"}])


def test_conditions_are_data_that_the_script_can_read(application: Flask) -> None:
    block = drawn(application, VALUES).xpath("//*[@data-show-if='outcome']")[0]
    assert json.loads(block.get("data-show-is")) == ["returned"]
    assert "Svara bara om" in block.text_content()


def test_what_people_write_is_never_markup(application: Flask) -> None:
    hostile = "<script>alert(1)</script>\"' {{ 7*7 }}"
    page = drawn(
        application, {"comments": hostile, "activities": [{"activity": hostile}]}, FieldError("outcome", hostile)
    )
    assert not page.forms[-1].xpath(".//script")
    assert page.xpath("//textarea[@name='comments']")[0].text.strip() == hostile
    assert page.xpath("//input[@name='activities.0.activity']/@value") == [hostile]
