"""What a task is called in mail."""

from typing import Any

from sqlalchemy import Row

from engine.work import Work


def task_words(work: Work, task: Row[Any]) -> tuple[str, ...]:
    """The task's name and what it is about, each of which the pack may translate."""
    found = work.pack(task.pack_key).item(task.catalogue, task.item) if task.catalogue and task.item else None
    return (task.name, str(found["title"])) if found else (task.name,)
