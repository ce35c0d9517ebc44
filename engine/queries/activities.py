"""Rows of an agreement's activity plan, as they are now or were at a moment."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, select

from engine.database.register_tables import activity


@dataclass(frozen=True)
class ActivityRow:
    """One row of the plan that is current now."""

    activity: str
    when: str | None
    how: str | None
    by: str | None
    with_whom: str | None
    target_groups: list[str]
    follow_up: str | None
    status: str | None
    starts_on: date | None
    ends_on: date | None
    responsible: str | None
    recorded_at: datetime

    def days_late(self, today: date) -> int:
        """Whole days since it should have ended; 0 when it is done, stopped or not due."""
        if self.ends_on is None or self.status in {"done", "stopped"}:
            return 0
        return max(0, (today - self.ends_on).days)


def current_activities(connection: Connection, key: str) -> list[ActivityRow]:
    """The plan of that agreement as it is now, in the order in which its rows came."""
    current = (activity.c.agreement_key == key, activity.c.superseded_at.is_(None))
    query = select(activity).where(*current).order_by(activity.c.recorded_at, activity.c.position)
    return [activity_row(row) for row in connection.execute(query).mappings()]


def activity_row(row: RowMapping) -> ActivityRow:
    return ActivityRow(
        activity=row["activity"],
        when=row["when"],
        how=row["how"],
        by=row["by"],
        with_whom=row["with"],
        target_groups=row["target_groups"] or [],
        follow_up=row["follow_up"],
        status=row["status"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        responsible=row["responsible"],
        recorded_at=row["recorded_at"],
    )
