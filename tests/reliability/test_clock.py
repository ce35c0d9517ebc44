"""Clocks that jump, the two nights of daylight saving, and 29 February: each timer fires once, when it should."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from apscheduler.schedulers import base

from engine import worker
from engine.bpmn.moments import add_duration, add_duration_to_date
from engine.database import Database
from engine.database.tables import event, metadata
from engine.integrity import check
from engine.settings import Settings
from tests.engine.commands.scene import Scene


def fired(scene: Scene) -> int:
    return len([row for row in scene.rows(event) if row.kind == "timer_fired"])


def test_a_clock_that_jumps_back_and_forth_fires_nothing_early_and_nothing_twice(scene: Scene) -> None:
    scene.start("both")
    due = scene.timers("event")[0].due_at
    for days in (-3, -400, -1, 0, -200, 0, 300, -300, 0):
        before = fired(scene)
        worker.fire_due(scene.database, due + timedelta(days=days))
        assert fired(scene) == max(before, int(days >= 0))
    with scene.database.read() as connection:
        assert check(connection) == []


@pytest.mark.parametrize(
    "night",
    [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)],
    ids=["an hour is missing", "an hour comes twice"],
)
def test_a_timer_in_a_night_of_daylight_saving_fires_once(scene: Scene, night: datetime) -> None:
    # Due at half past two in Stockholm, which that night does not exist, or exists twice.
    scene.now = night + timedelta(minutes=30) - timedelta(weeks=6)
    scene.start("both")
    due = scene.timers("event")[0].due_at
    moment = due - timedelta(hours=6)
    while moment < due + timedelta(hours=6):
        worker.fire_due(scene.database, moment)
        assert fired(scene) == int(moment >= due)
        moment += timedelta(minutes=30)


def test_a_year_after_29_february_is_a_day_that_exists() -> None:
    assert add_duration_to_date(date(2028, 2, 29), "P1Y", 1) == date(2029, 2, 28)
    assert add_duration_to_date(date(2028, 2, 29), "P1Y", 4) == date(2032, 2, 29)
    assert add_duration(datetime(2028, 2, 29, 12, tzinfo=UTC), "P1Y").date() == date(2029, 2, 28)


def test_the_worker_goes_on_when_its_clock_is_set_back_or_far_ahead(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # APScheduler's interval waited as long as the clock had been set back, and counted every second of a jump ahead.
    offset = timedelta()

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + offset

    ticks: Counter[str] = Counter()
    monkeypatch.setattr(base, "datetime", Clock)
    monkeypatch.setattr(worker, "utc_now", lambda: Clock.now(UTC))
    monkeypatch.setattr(worker, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(worker, "tick", lambda *_: ticks.update([str(offset)]))
    settings = Settings.from_environment({})
    database = Database(sqlite_url)
    metadata.create_all(database.engine)
    scheduler = worker.start_in_background(database, settings)
    try:
        for jump in (timedelta(), timedelta(hours=-5), timedelta(days=20_000), timedelta(days=-3)):
            offset = jump
            assert eventually(lambda jump=jump: ticks[str(jump)] >= 3), jump
    finally:
        scheduler.shutdown(wait=True)
        database.close()


def eventually(condition: Any, seconds: float = 10.0) -> bool:
    from time import monotonic, sleep

    until = monotonic() + seconds
    while not condition() and monotonic() < until:
        sleep(0.02)
    return bool(condition())
