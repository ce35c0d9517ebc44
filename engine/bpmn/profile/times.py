"""Rules on time: due dates, follow-up dates, timers and deadlines are ISO 8601 or names that are known."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from engine.bpmn.model import Element
from engine.bpmn.moments import add_duration, is_duration, to_moment
from engine.bpmn.profile.case import Case, Fault
from engine.bpmn.profile.variables import known, routed

_SOME_DAY = datetime(2024, 10, 1, tzinfo=UTC)


def due_dates(case: Case) -> Iterator[Fault]:
    """Every user task is due some time; a due date is a duration from creation, a date, or a known name."""
    for element in case.typed("userTask"):
        if not element.due_date:
            yield Fault(element.id, "uppgiften saknar sista dag (camunda:dueDate)")
        elif reason := _fault(case, element, element.due_date):
            yield Fault(element.id, f"dueDate {element.due_date!r} {reason}")
        if element.follow_up_date and (reason := _fault(case, element, element.follow_up_date)):
            yield Fault(element.id, f"followUpDate {element.follow_up_date!r} {reason}")
        for name in ("remind_before", "escalate_after"):
            value = element.properties.get(name)
            if value is not None and not is_usable_duration(value):
                yield Fault(element.id, f"{name} {value!r} är ingen tidslängd enligt ISO 8601")


def timers(case: Case) -> Iterator[Fault]:
    """A timer is an ISO 8601 date or duration of the kind drawn, or a known name."""
    for element in case.model.elements.values():
        timer = element.timer
        if timer is None or not timer.expression or timer.timer not in {"timeDate", "timeDuration"}:
            continue
        if reason := _fault(case, element, timer.expression):
            yield Fault(element.id, f"tiden {timer.expression!r} {reason}")
        elif timer.timer == "timeDate" and is_duration(timer.expression):
            yield Fault(element.id, "tiden är en tidslängd men ritad som datum (timeDate)")
        elif timer.timer == "timeDuration" and is_moment(timer.expression):
            yield Fault(element.id, "tiden är ett datum men ritad som tidslängd (timeDuration)")


def answered_dates(case: Case) -> Iterator[Fault]:
    """A date that a timer or a due date waits for is one that the form demands: nothing can wait for no answer."""
    asked = {e.timer.expression for e in case.model.elements.values() if e.timer}
    asked |= {date for task in case.typed("userTask") for date in (task.due_date, task.follow_up_date)}
    for element in case.typed("userTask", "startEvent"):
        required = case.forms.get(element.form_key or "", {}).get("required", [])
        for name in sorted(routed(case, element) & {text for text in asked if text}):
            if name not in required:
                yield Fault(element.id, f"{name} styr en tid i modellen och måste vara obligatoriskt i formuläret")


def is_usable_duration(text: str) -> bool:
    """Whether `text` is a duration that the calendar can add."""
    try:
        return is_duration(text) and add_duration(_SOME_DAY, text) >= _SOME_DAY
    except (ValueError, OverflowError):
        return False


def is_moment(text: str) -> bool:
    """Whether `text` is a date or a moment that the calendar can place."""
    try:
        return to_moment(text) is not None
    except (ValueError, OverflowError):
        return False


def _fault(case: Case, element: Element, text: str) -> str | None:
    if is_usable_duration(text) or is_moment(text):
        return None
    if text not in known(case) | {element.item_variable}:
        return "är varken ett datum, en tidslängd (ISO 8601) eller ett känt namn"
    value = case.pack.parameters.get(text)
    if (
        value is None
        or isinstance(value, date)
        or (isinstance(value, str) and (is_usable_duration(value) or is_moment(value)))
    ):
        return None
    return "är en parameter som varken är ett datum eller en tidslängd"
