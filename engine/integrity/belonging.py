"""Finds rows that point at nothing, or at something that no longer has any use for them."""

from collections.abc import Iterator

from sqlalchemy import Connection, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from engine.database.register_tables import agreement, agreement_status, stage_period
from engine.database.tables import process_instance, submission, subscription, timer, user_task

_RUNNING = ("active", "suspended")


def damaged_file(connection: Connection) -> Iterator[str]:
    """What SQLite itself finds wrong with its file."""
    if connection.dialect.name != "sqlite":
        return
    for (found,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if found != "ok":
            yield f"Databasfilen är skadad: {found}"
    for table, rowid, target, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"Tabellen {table}, rad {rowid or '?'}, pekar på något i {target} som inte finns."


def orphans(connection: Connection) -> Iterator[str]:
    """Every row of the queries below is a fault."""
    for words, query in _queries().items():
        for row in connection.execute(query):
            yield words.format(*row)


def forgotten_statuses(connection: Connection) -> Iterator[str]:
    """Agreements that are not what they have last become."""
    latest: dict[str, tuple[object, set[str]]] = {}
    for row in connection.execute(select(agreement_status).order_by(agreement_status.c.since)):
        since, statuses = latest.get(row.agreement_key, (None, set()))
        latest[row.agreement_key] = (row.since, {row.status} | (statuses if since == row.since else set()))
    for row in connection.execute(select(agreement.c.key, agreement.c.status)):
        _, statuses = latest.get(row.key, (None, set()))
        if row.status not in statuses:
            yield f"Överenskommelse {row.key} är {row.status}, men har senast blivit {', '.join(sorted(statuses))}."


def _queries() -> dict[str, Select[*tuple[object, ...]]]:
    caller = aliased(process_instance)
    over = process_instance.c.status.not_in(_RUNNING)
    its_instance = process_instance.c.id == user_task.c.instance_id
    answered = exists().where(submission.c.task_id == user_task.c.id)
    return {
        "Uppgift {0} är öppen fast ärendet {1} är avslutat.": select(user_task.c.id, process_instance.c.id)
        .join(process_instance, its_instance)
        .where(user_task.c.state == "open", over),
        "Tidpunkt {0} väntar fast ärendet {1} är avslutat.": select(timer.c.id, process_instance.c.id)
        .join(process_instance, process_instance.c.id == timer.c.instance_id)
        .where(over),
        "Tidpunkt {0} gäller uppgift {1}, som inte är öppen.": select(timer.c.id, timer.c.task_id)
        .outerjoin(user_task, and_(user_task.c.id == timer.c.task_id, user_task.c.state == "open"))
        .where(timer.c.kind.in_(("remind", "escalate")), user_task.c.id.is_(None)),
        "Ärende {1} väntar på meddelandet {0} fast det är avslutat.": select(subscription.c.name, process_instance.c.id)
        .join(process_instance, process_instance.c.id == subscription.c.instance_id)
        .where(over),
        "Uppgift {0} är klar men saknar underlag.": select(user_task.c.id).where(
            user_task.c.state == "completed", ~answered
        ),
        "Underlag {0} hör till uppgift {1}, som inte är klar.": select(submission.c.id, submission.c.task_id)
        .outerjoin(user_task, user_task.c.id == submission.c.task_id)
        .where(submission.c.task_id.is_not(None), user_task.c.state.is_distinct_from("completed")),
        "Ärende {0} pågår fast det som startade det, {1}, är avslutat.": select(process_instance.c.id, caller.c.id)
        .join(caller, caller.c.id == process_instance.c.parent_id)
        .where(process_instance.c.status.in_(_RUNNING), caller.c.status.not_in(_RUNNING)),
        "Ärende {0} sägs höra under {1}, men det som startade det gör inte det.": select(
            process_instance.c.id, process_instance.c.root_id
        )
        .outerjoin(caller, caller.c.id == process_instance.c.parent_id)
        .where(process_instance.c.root_id != func.coalesce(caller.c.root_id, process_instance.c.id)),
        "Statusen {0} gäller överenskommelsen {1}, som inte finns.": select(
            agreement_status.c.status, agreement_status.c.agreement_key
        ).where(agreement_status.c.agreement_key.not_in(select(agreement.c.key))),
        "Överenskommelse {0} har ett ärende som inte finns.": select(agreement.c.key).where(
            agreement.c.instance_id.not_in(select(process_instance.c.id))
        ),
        "Skede {0} i {1} stämmer inte med sitt ärende.": select(stage_period.c.stage, stage_period.c.agreement_key)
        .join(process_instance, process_instance.c.id == stage_period.c.id)
        .where(
            or_(
                stage_period.c.started_at != process_instance.c.started_at,
                stage_period.c.ended_at.is_distinct_from(process_instance.c.ended_at),
            )
        ),
    }
