"""The registers as tables: activities, self-assessments, figures by sex, deviations, and what has happened."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from engine.clock import local_date
from engine.queries.history import EventRow
from engine.queries.register_rows import AssessedItem, Figures, PlannedActivity, ReportedDeviation
from exports.language import Translate
from exports.suppression import suppress
from exports.tables import Column, Marked, Missing, Table, Value

ACTIVITY_STATUSES = {"planned": "Planerad", "going": "Pågår", "done": "Klar", "stopped": "Avbruten"}
FIGURE_KINDS = {"indicator": "Nyckeltal", "isu": "ISU på gruppnivå"}


def activities_table(rows: Sequence[PlannedActivity], as_of: datetime, say: Translate) -> Table:
    columns = [
        Column(say("Kommun"), width=16),
        Column(say("Aktivitet"), kind="long", width=40),
        Column(say("När"), width=16),
        Column(say("Hur"), kind="long", width=26),
        Column(say("Av vem"), width=20),
        Column(say("Med vem"), width=20),
        Column(say("Målgrupper"), kind="long", width=24),
        Column(say("Följs upp genom"), kind="long", width=24),
        Column(say("Läge"), width=14),
        Column(say("Börjar"), kind="date", width=12),
        Column(say("Ska vara klar"), kind="date", width=12),
        Column(say("Dagar försenad"), kind="number", width=11),
        Column(say("Ansvarig"), width=18),
        Column(say("Planen registrerad"), kind="date", width=13),
    ]
    found = [_activity(row, as_of, say) for row in rows]
    return Table("Aktiviteter", say("Aktiviteter"), columns, found, pages_wide=2, fixed_columns=2)


def _activity(row: PlannedActivity, as_of: datetime, say: Translate) -> list[Value]:
    missing = Missing(say("saknas"))
    open_ = row.status not in {"done", "stopped"}
    late = max(0, (local_date(as_of) - row.ends_on).days) if row.ends_on and open_ else None
    status = say(ACTIVITY_STATUSES.get(row.status, row.status)) if row.status else missing
    return [
        row.organisation_name,
        row.activity,
        row.when or missing,
        row.how or missing,
        row.by or missing,
        row.with_whom or missing,
        ", ".join(say(group) for group in row.target_groups) or missing,
        row.follow_up or missing,
        Marked(f"▲ {say('Försenad')}", "late") if late else status,
        row.starts_on or missing,
        row.ends_on or missing,
        late if late is not None else Missing(say("ej aktuellt") if not open_ else say("datum saknas")),
        row.responsible or missing,
        local_date(row.recorded_at),
    ]


def assessments_table(rows: Sequence[AssessedItem], say: Translate) -> Table:
    columns = [
        Column(say("Kommun"), width=16),
        Column(say("Skede"), width=26),
        Column(say("Datum"), kind="date", width=12),
        Column(say("Påstående"), kind="long", width=56),
        Column(say("Nivå"), width=18),
        Column(say("Underlag"), kind="long", width=50),
    ]
    found: list[list[Value]] = [
        [
            row.organisation_name,
            say(row.stage_title),
            local_date(row.recorded_at),
            say(row.item_title),
            say(row.level_title),
            row.evidence or Missing(say("saknas")),
        ]
        for row in rows
    ]
    return Table("Sjalvskattningar", say("Självskattningar"), columns, found, fixed_columns=1)


def figures_table(rows: Sequence[Figures], threshold: int, say: Translate) -> Table:
    """Key figures and ISU by sex, with small numbers of people hidden."""
    columns = [
        Column(say("Kommun"), width=16),
        Column(say("Rapporterat av"), width=18),
        Column(say("Slag"), width=18),
        Column(say("År"), kind="number", width=8),
        Column(say("Mått"), kind="long", width=44),
        *(Column(say(title), kind="decimal", width=13) for title in ("Kvinnor", "Män", "Totalt")),
        Column(say("Anmärkning"), kind="long", width=44),
    ]
    note = say("Tal från 1 till {most} visas inte. Ett tal till kan döljas så att de inte går att räkna ut.")
    return Table(
        key="Siffror",
        title=say("Nyckeltal och ISU"),
        columns=columns,
        rows=[_figure(row, threshold, say) for row in rows],
        note=note.format(most=threshold - 1),
        fixed_columns=1,
    )


def _figure(row: Figures, threshold: int, say: Translate) -> list[Value]:
    shown = suppress(row.women, row.men, row.total, threshold if row.is_count else 0)
    hidden, missing = Missing(say("dolt")), Missing(say("saknas"))

    def number(name: str, value: float | None) -> Value:
        if name in shown.hidden:
            return hidden
        if value is None:
            return missing
        return int(value) if row.is_count and value == int(value) else float(value)

    remarks = [say(reason) for reason in (row.missing_reason, row.no_split_reason) if reason]
    remarks += [say("Färre än {threshold} personer.").format(threshold=threshold)] if shown.hidden else []
    return [
        row.organisation_name or say("Länet"),
        row.party_name or missing,
        say(FIGURE_KINDS.get(row.kind, row.kind)),
        row.year if row.year is not None else missing,
        say(row.item_title),
        number("women", shown.women),
        number("men", shown.men),
        number("total", shown.total),
        " ".join(remarks),
    ]


def deviations_table(rows: Sequence[ReportedDeviation], as_of: datetime, say: Translate) -> Table:
    columns = [
        Column(say("Ärende"), width=16),
        Column(say("Kommun"), width=16),
        Column(say("Hanteras av"), width=18),
        Column(say("Rapporterad"), kind="date", width=12),
        Column(say("Hände"), kind="date", width=12),
        Column(say("Vad hände"), kind="long", width=50),
        Column(say("Kategori"), width=24),
        Column(say("Punkt i överenskommelsen"), width=26),
        Column(say("Allvar"), width=13),
        Column(say("Sannolikhet"), width=13),
        Column(say("Tillfälligt ansvar beslutat"), kind="date", width=13),
        Column(say("Läge"), width=14),
        Column(say("Avslutad"), kind="date", width=12),
        Column(say("Dagar öppen"), kind="number", width=10),
        Column(say("Lärdom"), kind="long", width=40),
        Column(say("Nummer i eget system"), width=16),
    ]
    found = [_deviation(row, as_of, say) for row in rows]
    return Table("Avvikelser", say("Avvikelser"), columns, found, pages_wide=2, fixed_columns=1)


def _deviation(row: ReportedDeviation, as_of: datetime, say: Translate) -> list[Value]:
    missing, later = Missing(say("saknas")), Missing(say("inte än"))
    until = row.closed_at or as_of
    return [
        row.key,
        row.organisation_name or missing,
        row.receiving_organisation_name or later,
        local_date(row.reported_at),
        row.happened_on or missing,
        row.happened,
        say(row.category_title) if row.category_title else missing,
        say(row.clause_title) if row.clause_title else missing,
        say(row.consequence_title) if row.consequence_title else missing,
        say(row.likelihood_title) if row.likelihood_title else missing,
        local_date(row.responsibility_at) if row.responsibility_at else later,
        Marked(f"✔ {say('Avslutad')}", "done") if row.closed_at else Marked(f"◐ {say('Öppen')}", "going"),
        local_date(row.closed_at) if row.closed_at else later,
        (local_date(until) - local_date(row.reported_at)).days,
        row.lesson or (missing if row.closed_at else later),
        row.external_case_number or missing,
    ]


def history_table(events: Iterable[EventRow], say: Translate) -> Table:
    """What has happened, the newest first; as long as the history is."""
    columns = [
        Column(say("Tid"), kind="moment", width=17),
        Column(say("Kommun"), width=16),
        Column(say("Vad som hände"), width=60),
        Column(say("Vem"), width=24),
        Column(say("Process"), width=40),
        Column(say("Ärende"), width=36),
        Column(say("Skäl"), width=40),
    ]
    rows = (_event(event, say) for event in events)
    return Table("Historik", say("Historik"), columns, rows, fixed_columns=1, long=True)


def _event(event: EventRow, say: Translate) -> list[Value]:
    return [
        event.at,
        event.organisation_name or say("Länet"),
        event.text,
        event.person_name or say("Samflöde"),
        say(event.process_title),
        event.business_key,
        event.reason or "",
    ]
