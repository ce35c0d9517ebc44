"""What is next in the reader's calendar, for the side of a page."""

from engine.clock import local_date
from engine.queries import TaskFilter, list_tasks
from engine.queries.calendar import CalendarDay, task_day
from web import context
from web.surroundings import surroundings

MOST = 4


def days() -> list[CalendarDay]:
    """Meetings, reviews and last days; deadlines are the page itself."""
    return (surroundings(calendar=True).calendar or [])[:MOST]


def days_with_deadlines(without: str) -> list[CalendarDay]:
    """The same, and when the reader's other tasks are due; `without` is the id of the task that the page is about."""
    around, now = surroundings(calendar=True), context.now()
    with context.database().read() as connection:
        page = list_tasks(
            connection, context.person(), now, TaskFilter(late=False), limit=MOST + 1, titles=around.titles
        )
    due = [task_day(task, local_date(task.due_at)) for task in page.items if task.id != without]
    return sorted([*due, *(around.calendar or [])], key=lambda one: (one.day, one.kind, one.id))[:MOST]
