"""The task list's filter as it stands in the address."""

from collections.abc import Mapping
from typing import Any

from engine.queries import TaskFilter

PROGRESS = ("new", "draft", "claimed")
LONGEST_SEARCH = 200


def read_filter(given: Mapping[str, str]) -> TaskFilter:
    """`lage` is one choice in the page, and several in the filter."""
    status = given.get("lage")
    progress: Any = status if status in PROGRESS else None
    return TaskFilter(
        scope="roles" if status == "roles" else "mine",
        organisation=given.get("kommun") or None,
        stage=given.get("skede") or None,
        search=(given.get("q") or "").strip()[:LONGEST_SEARCH] or None,
        progress=progress,
        late=True if status == "late" else None,
    )
