"""The task list in groups by when things are due, and the sentence that sums it up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from engine.clock import local_date
from engine.queries import Page, TaskRow


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    remark: str
    tasks: list[TaskRow]


def group(tasks: list[TaskRow], now: datetime) -> list[Group]:
    """Late, this week (through Sunday), later; only groups that have tasks."""
    sunday = week_end(now)
    late = [task for task in tasks if task.due_at < now]
    this_week = [task for task in tasks if task.due_at >= now and local_date(task.due_at) <= sunday]
    later = [task for task in tasks if local_date(task.due_at) > sunday]
    until = _("till och med %(day)s", day=format_date(sunday, "EEEE d MMMM"))
    groups = [
        Group("late", _("Försenade"), "", late),
        Group("week", _("Denna vecka"), until, this_week),
        Group("later", _("Senare"), "", later),
    ]
    return [one for one in groups if one.tasks]


def week_end(now: datetime) -> date:
    today = local_date(now)
    return today + timedelta(days=6 - today.weekday())


def lead(page: Page[TaskRow], now: datetime) -> str:
    """`Tisdag 24 november, vecka 48. 2 är försenade, 4 ska bli klara denna vecka.`"""
    today = local_date(now)
    day = format_date(today, "EEEE d MMMM")
    sentence = _("%(day)s, vecka %(week)s.", day=day[:1].upper() + day[1:], week=today.isocalendar().week)
    if page.next_cursor and local_date(page.items[-1].due_at) <= week_end(now):
        return sentence  # the page does not hold the whole week, so it cannot be counted here
    late = sum(task.due_at < now for task in page.items)
    week = sum(task.due_at >= now and local_date(task.due_at) <= week_end(now) for task in page.items)
    parts = [ngettext("%(num)s uppgift är försenad.", "%(num)s uppgifter är försenade.", late)] if late else []
    if week:
        parts.append(ngettext("%(num)s ska bli klar denna vecka.", "%(num)s ska bli klara denna vecka.", week))
    return " ".join([sentence, *parts])
