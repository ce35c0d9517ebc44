"""What templates may ask and say beyond plain rows: small functions that every page knows."""

from datetime import date, datetime, timedelta

from flask import Flask, current_app
from flask_babel import gettext

from engine.authorisation import may_see_task, may_start
from engine.clock import local_date
from engine.queries import EventRow, TaskRow
from engine.queries.history import SENTENCES
from web import context, words
from web.dates import duration


def install(application: Flask) -> None:
    application.add_template_filter(capitalize_first)
    application.add_template_filter(lower_first)
    application.add_template_filter(swedish_day)
    application.add_template_filter(event_words)
    application.add_template_filter(duration)
    application.add_template_test(is_late_now)
    application.add_template_global(may_open)
    application.add_template_global(may_start_something)
    application.add_template_global(may_start_process)
    application.add_template_global(stage_title)
    application.add_template_global(stage_short)
    application.add_template_global(role_title)
    application.add_template_global(has_page)
    application.add_template_filter(holder)
    application.add_template_filter(role_and_place)
    application.add_template_global(side_words)
    application.add_template_global(days_before)
    application.add_template_global(context.now, "now")
    application.add_template_global(context.signed_in_person, "signed_in_person")


def capitalize_first(text: str) -> str:
    """Only the first letter; `capitalize` would make the rest small."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """For a title in the middle of a sentence; abbreviations such as RSS stay as they are."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def days_before(moment: datetime, days: int) -> date:
    return local_date(moment) - timedelta(days=days)


def swedish_day(moment: datetime) -> date:
    return local_date(moment)


def may_open(task: TaskRow) -> bool:
    """Whether the reader may see the task's page, so that nobody is shown a link that refuses them."""
    return bool(may_see_task(context.person(), task))


def is_late_now(task: TaskRow) -> bool:
    return task.is_late(context.now())


def may_start_something() -> bool:
    """Whether any process may be started by one of the reader's roles."""
    return any(may_start_process(process.key) for pack in words.titles().packs.values() for process in pack.processes)


def may_start_process(process_key: str) -> bool:
    person = context.person()
    return any(
        may_start(person, process, organisation)
        for pack in words.titles().packs.values()
        for process in pack.processes
        if process.key == process_key
        for organisation in (None, *person.organisations)
    )


def stage_title(stage: str | None) -> str:
    return _of_stage(stage, "title")


def stage_short(stage: str | None) -> str:
    """The stage's name where there is little room."""
    return _of_stage(stage, "short")


def _of_stage(stage: str | None, name: str) -> str:
    known = (pack.stage(stage) for pack in words.titles().packs.values() if stage)
    found = next((one for one in known if one is not None), None)
    return words.words(getattr(found, name)) if found else stage or ""


def role_and_place(task: TaskRow) -> str:
    """`Processledare, Mora`; one of them when they are called alike."""
    role, place = words.words(task.role_title), words.words(task.role_organisation_name)
    return place if place.startswith(role) else f"{role}, {place}"


def holder(task: TaskRow) -> str:
    """Who has the task now, in the reader's language."""
    return task.assignee_name or role_and_place(task)


def side_words(side: str | None) -> str:
    """On whose side somebody in a working group is: a code, or one of the words that forms use."""
    sides = {"municipality": gettext("kommunen"), "region": gettext("regionen"), "other": gettext("annan")}
    return sides.get(side or "") or words.titles().organisation(side)


def role_title(role: str) -> str:
    known = (words.titles().role(key, role) for key in words.titles().packs)
    return words.words(next((title for title in known if title != role), role))


def event_words(event: EventRow) -> str:
    """What happened, in the reader's language: the sentence is the interface's, what it is about is the pack's."""
    sentence = SENTENCES.get(event.kind, "{what}")
    return gettext(sentence).format(what=words.words(event.what)) + "."


def has_page(endpoint: str) -> bool:
    """Whether a view with that name exists in this installation."""
    return endpoint in current_app.view_functions
