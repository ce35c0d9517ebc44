"""For those who run the system: is it alive, is it ready, does it keep up. Open to all, and tells of no one."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app
from sqlalchemy.exc import DBAPIError

from engine.database.upgrade import is_current
from engine.errors import SamflodeError
from engine.heartbeats import WorkerRow, list_workers
from engine.queries.health import Health, read_health
from web import context

blueprint = Blueprint("health", __name__)

FRESH = timedelta(seconds=10)  # asked more often than this, the figures are not counted anew
FIGURES: tuple[tuple[str, str, Callable[[Health], float | None]], ...] = (
    ("samflode_open_tasks", "User tasks that are open", lambda health: health.open_tasks),
    ("samflode_late_tasks", "Open user tasks whose due time has passed", lambda health: health.late_tasks),
    ("samflode_due_timers", "Timers that are due and have not fired", lambda health: health.due_timers),
    (
        "samflode_oldest_due_timer_seconds",
        "How long the oldest due timer has waited",
        lambda health: health.oldest_due_timer_seconds,
    ),
    ("samflode_outbox_unsent", "Mail that has not been sent", lambda health: health.unsent_mail),
    ("samflode_open_incidents", "Incidents that nobody has resolved", lambda health: health.open_incidents),
    ("samflode_workers", "Workers that have been heard of within a minute", lambda health: health.workers),
    (
        "samflode_last_worker_beat_seconds",
        "How long ago any worker was heard of; missing when none ever was",
        lambda health: health.last_beat_seconds,
    ),
    (
        "samflode_last_backup_seconds",
        "How long ago samflode backup made a copy; missing when it never did",
        lambda health: health.last_backup_seconds,
    ),
)


class Counted:
    """The figures as last counted in this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._health: Health | None = None
        self._at: datetime | None = None

    def read(self, now: datetime) -> Health:
        with self._lock:
            if self._health is None or self._at is None or now - self._at >= FRESH:
                with context.database().read(patient=False) as connection:
                    self._health, self._at = read_health(connection, now), now
            return self._health


def install(application: Flask) -> None:
    application.extensions["samflode_health"] = Counted()
    application.register_blueprint(blueprint)


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return _text("ok\n")


@blueprint.get("/readyz")
def ready() -> Response:
    """The database answers, with the tables of this version. Tells of the workers too, without which pages still work:
    whoever sends people here must not stop when none of them lives.
    """
    try:
        if not is_current(context.database()):
            return _readiness("other tables than this version needs")
        with context.database().read(patient=False) as connection:
            workers = list_workers(connection, context.now())
    except (DBAPIError, SamflodeError):
        return _readiness("no answer")
    return _readiness("ok", workers)


def _readiness(database: str, workers: Sequence[WorkerRow] | None = None) -> Response:
    """Ready when the database is. `workers` None: not known; seconds None: none was heard of within a day."""
    told: dict[str, Any] = {"status": "ready" if database == "ok" else "not ready", "database": database}
    if workers is not None:
        now = context.now()
        beat = max((worker.beat_at for worker in workers), default=None)
        told["workers"] = {
            "alive": sum(worker.lives(now) for worker in workers),
            "last_beat_seconds": None if beat is None else round((now - beat).total_seconds(), 1),
        }
    answer = orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)
    return Response(answer, 200 if database == "ok" else 503, content_type="application/json")


@blueprint.get("/metrics")
def metrics() -> Response:
    health = current_app.extensions["samflode_health"].read(context.now())
    lines = [
        f"# HELP {name} {meaning}.\n# TYPE {name} gauge\n{name} {value}\n"
        for name, meaning, figure in FIGURES
        if (value := figure(health)) is not None
    ]
    return Response("".join(lines), content_type="text/plain; version=0.0.4; charset=utf-8")


def _text(words: str, status: int = 200) -> Response:
    return Response(words, status, content_type="text/plain; charset=utf-8")
