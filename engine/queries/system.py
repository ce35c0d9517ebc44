"""How the installation is doing: what waits, what has failed, how large the database is, what is worth a warning."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.engine import make_url

from engine.authorisation import may_operate
from engine.database.tables import outbox, process_instance
from engine.database.upgrade import revisions
from engine.database.workplace_tables import backup_copy, fault_report
from engine.heartbeats import WorkerRow, list_workers
from engine.people import Person
from engine.queries.health import Health, read_health
from engine.settings import DEMO_SECRET_KEY, Settings

# So long a due timer may wait before the workers, though they live, do not keep up.
PATIENCE = timedelta(minutes=2)
BACKUP_GOOD_FOR = timedelta(days=2)
SHORTEST_SECRET = 32
NO_WORKER = "no_worker"
BEHIND = "behind"
NO_BACKUP = "no_backup"
OLD_BACKUP = "old_backup"
NO_MAIL = "no_mail"
WEAK_SECRET = "weak_secret"  # noqa: S105 - the name of a warning
NOT_HTTPS = "not_https"
DEMO = "demo"


@dataclass(frozen=True)
class BackupRow:
    """A copy that `samflode backup` has made: of which moment, how large, and whether it was checked as well."""

    made_at: datetime
    size: int
    checked: bool


@dataclass(frozen=True)
class System:
    """`failed_mail` has been given up; `database_bytes` is none when it cannot be told."""

    health: Health
    failed_mail: int
    running_instances: int
    suspended_instances: int
    unhandled_faults: int
    database: str
    database_bytes: int | None
    schema: tuple[str, ...]
    warnings: tuple[str, ...]
    workers: tuple[WorkerRow, ...]
    backup: BackupRow | None  # the last one


def read_system(connection: Connection, now: datetime, person: Person, settings: Settings) -> System:
    """Raises NotPermitted."""
    may_operate(person).demand()
    health = read_health(connection, now)
    failed = (
        select(func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None), outbox.c.last_error.is_not(None))
    )
    statuses = select(process_instance.c.status, func.count()).group_by(process_instance.c.status)
    counted: dict[str, int] = {row[0]: row[1] for row in connection.execute(statuses)}
    faults = select(func.count()).select_from(fault_report).where(fault_report.c.handled.is_(False))
    return System(
        health=health,
        failed_mail=connection.execute(failed).scalar_one(),
        running_instances=counted.get("active", 0),
        suspended_instances=counted.get("suspended", 0),
        unhandled_faults=connection.execute(faults).scalar_one(),
        database=make_url(settings.database_url).render_as_string(hide_password=True),
        database_bytes=_size(connection, settings),
        schema=revisions(connection),
        warnings=warnings(health, settings),
        workers=tuple(list_workers(connection, now)),
        backup=_last_backup(connection),
    )


def warnings(health: Health, settings: Settings) -> tuple[str, ...]:
    """What somebody should look at, by name."""
    secret = settings.secret_key or ""
    backup = health.last_backup_seconds
    found = {
        NO_WORKER: not health.workers,
        BEHIND: bool(health.workers) and health.oldest_due_timer_seconds > PATIENCE.total_seconds(),
        NO_BACKUP: not settings.demo and backup is None,
        OLD_BACKUP: not settings.demo and backup is not None and backup > BACKUP_GOOD_FOR.total_seconds(),
        NO_MAIL: not settings.smtp_url and not settings.demo,
        WEAK_SECRET: not settings.demo and (len(secret) < SHORTEST_SECRET or secret == DEMO_SECRET_KEY),
        NOT_HTTPS: not settings.demo and not settings.base_url.startswith("https://"),
        DEMO: settings.demo,
    }
    return tuple(name for name, holds in found.items() if holds)


def _last_backup(connection: Connection) -> BackupRow | None:
    row = connection.execute(select(backup_copy).order_by(backup_copy.c.made_at.desc()).limit(1)).first()
    return BackupRow(row.made_at, row.size, row.checked) if row else None


def _size(connection: Connection, settings: Settings) -> int | None:
    if connection.dialect.name == "postgresql":
        return connection.execute(text("SELECT pg_database_size(current_database())")).scalar()
    file = make_url(settings.database_url).database
    if not file:
        return None
    parts = (Path(file + ending) for ending in ("", "-wal"))
    return sum(part.stat().st_size for part in parts if part.is_file())
