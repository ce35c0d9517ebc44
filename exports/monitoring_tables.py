"""Tables of the county's monitoring: what is late, how long things take, who has how much to do."""

from collections.abc import Sequence

from engine.clock import local_date
from engine.queries.bottlenecks import StageTimes, StepTimes, Times
from engine.queries.monitoring_late import OpenWork
from engine.queries.workload import Load, Workload
from exports.language import Translate
from exports.tables import Column, Marked, Missing, Table, Value


def open_work_table(rows: Sequence[OpenWork], say: Translate) -> Table:
    columns = [
        Column(say("Kommun"), width=16),
        Column(say("Uppgift"), kind="long", width=46),
        Column(say("Skede"), width=26),
        Column(say("Skulle vara klar"), kind="date", width=13),
        Column(say("Dagar försenad"), kind="number", width=11),
        Column(say("Hela skedet skulle vara klart"), kind="date", width=14),
        Column(say("Nu hos"), width=34),
        Column(say("Öppnades"), kind="date", width=12),
        Column(say("Senast påmind"), kind="date", width=12),
    ]
    found: list[list[Value]] = [
        [
            row.task.organisation_name or say("Länet"),
            f"{say(row.task.name)}: {say(row.task.item_title)}" if row.task.item_title else say(row.task.name),
            say(row.task.stage_title) if row.task.stage_title else Missing(say("ej aktuellt")),
            local_date(row.task.due_at),
            row.days_late,
            local_date(row.stage_due) if row.stage_due else Missing(say("inte försenat")),
            row.task.assignee_name or f"{say(row.task.role_title)}, {say(row.task.role_organisation_name)}",
            local_date(row.task.created_at),
            local_date(row.reminded_at) if row.reminded_at else Missing(say("aldrig")),
        ]
        for row in rows
    ]
    return Table("Sent", say("Öppna uppgifter"), columns, found, pages_wide=1, fixed_columns=2)


def step_table(rows: Sequence[StepTimes], say: Translate) -> Table:
    columns = [
        Column(say("Steg"), kind="long", width=44),
        Column(say("Process"), kind="long", width=34),
        Column(say("Skede"), width=24),
        *_time_columns(say),
    ]
    found: list[list[Value]] = [
        [
            say(row.name),
            say(row.process_title),
            say(row.stage_title) if row.stage_title else Missing(say("ej aktuellt")),
            *_times(row.times, say),
        ]
        for row in rows
    ]
    note = say("Dagar från att uppgiften öppnades tills den lämnades in. Median: hälften gick fortare.")
    return Table("Steg", say("Tid per steg"), columns, found, note=note)


def stage_table(rows: Sequence[StageTimes], say: Translate) -> Table:
    columns = [
        Column(say("Skede"), width=34),
        Column(say("Brukar ta, dagar"), kind="number", width=12),
        *_time_columns(say),
    ]
    found: list[list[Value]] = [
        [say(row.title), row.expected if row.expected is not None else Missing(say("saknas")), *_times(row.times, say)]
        for row in rows
    ]
    note = say("Dagar från att skedet började tills det var klart eller skickades tillbaka.")
    return Table("Skeden", say("Tid per skede"), columns, found, note=note)


def _time_columns(say: Translate) -> list[Column]:
    return [
        Column(say("Klara"), kind="number", width=9),
        Column(say("Median, dagar"), kind="decimal", width=11),
        Column(say("Nio av tio inom, dagar"), kind="decimal", width=13),
        Column(say("Längst, dagar"), kind="decimal", width=11),
        Column(say("Väntar nu"), kind="number", width=10),
        Column(say("Försenade nu"), kind="number", width=11),
        Column(say("Väntat längst, dagar"), kind="decimal", width=12),
    ]


def _times(times: Times, say: Translate) -> list[Value]:
    return [
        times.done,
        _days(times.median, say("inga klara")),
        _days(times.p90, say("inga klara")),
        _days(times.longest, say("inga klara")),
        times.waiting,
        times.waiting_late,
        _days(times.longest_wait, say("ingen väntar")),
    ]


def _days(days: float | None, why: str) -> Value:
    """With one decimal up to ten days: more is not known of what takes months."""
    if days is None:
        return Missing(why)
    return round(days, 1) if days < 10 else round(days)


def leader_table(found: Workload, say: Translate) -> Table:
    columns = [
        Column(say("Processledare"), width=26),
        Column(say("Kommuner"), kind="long", width=34),
        *_load_columns(say),
    ]
    rows: list[list[Value]] = [
        [one.name, ", ".join(name for _, name in one.organisations), *_load(one.load, say)] for one in found.leaders
    ]
    note = say("Uppgifter som personen har tagit över och de som ingen i rollen har tagit över än.")
    return Table("Processledare", say("Per processledare"), columns, rows, note=note)


def role_table(found: Workload, say: Translate) -> Table:
    columns = [
        Column(say("Roll"), width=26),
        Column(say("Organisation"), width=24),
        Column(say("Personer"), kind="number", width=10),
        *_load_columns(say),
    ]
    rows: list[list[Value]] = [
        [
            say(one.role_title),
            say(one.organisation_name),
            one.holders or Marked(f"▲ {say('Ingen')}", "late"),
            *_load(one.load, say),
        ]
        for one in found.roles
    ]
    return Table("Roller", say("Per roll och organisation"), columns, rows)


def _load_columns(say: Translate) -> list[Column]:
    return [
        Column(say("Öppna"), kind="number", width=9),
        Column(say("Försenade"), kind="number", width=11),
        Column(say("Mest försenad, dagar"), kind="number", width=12),
        Column(say("Inom 7 dagar"), kind="number", width=10),
        Column(say("Om 1–2 veckor"), kind="number", width=10),
        Column(say("Om 2–3 veckor"), kind="number", width=10),
        Column(say("Om 3–4 veckor"), kind="number", width=10),
        Column(say("Senare"), kind="number", width=9),
    ]


def _load(load: Load, say: Translate) -> list[Value]:
    late: Value = Marked(f"▲ {load.late}", "late") if load.late else 0
    most: Value = load.most_late_days if load.late else Missing(say("inget"))
    return [load.open, late, most, *load.weeks, load.later]
