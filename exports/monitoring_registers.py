"""Tables of the county's registers compared: self-assessments, patterns among deviations, official figures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from engine.clock import local_date
from engine.queries.assessments_compared import Compared
from engine.queries.deviation_patterns import Counted, Patterns, Punctual
from engine.queries.official_figures import OfficialFigure
from engine.queries.titles import Titles
from exports.language import Translate
from exports.status_words import month_words
from exports.suppression import suppress_counts
from exports.tables import Column, Marked, Missing, Table, Tone, Value

TONES: dict[Tone, str] = {"done": "✔", "going": "◐", "none": "○"}
GENDERS = {"K": "Kvinnor", "M": "Män", "T": "Totalt"}


def level_tone(level: str, levels: Sequence[tuple[str, str]]) -> Tone:
    """The lowest level is as nothing begun, the highest as done, those between as going on."""
    keys = [key for key, _ in levels]
    return "none" if level == keys[0] else "done" if level == keys[-1] else "going"


def level_mark(level: str | None, found: Compared, say: Translate) -> Value:
    titles = dict(found.levels)
    if level is None or level not in titles:
        return Missing(say("saknas"))
    tone = level_tone(level, found.levels)
    return Marked(f"{TONES[tone]} {say(titles[level])}", tone)


def assessed_municipalities_table(found: Compared, say: Translate) -> Table:
    """One row for each municipality that has a self-assessment: the latest in numbers."""
    columns = [
        Column(say("Kommun"), width=18),
        Column(say("Senaste"), kind="date", width=12),
        Column(say("Antal gjorda"), kind="number", width=10),
        *(Column(say(title), kind="number", width=13) for _, title in reversed(found.levels)),
        Column(say("Obesvarade"), kind="number", width=11),
    ]
    rows: list[list[Value]] = []
    for one in found.latest:
        counts = [one.count(key) for key, _ in reversed(found.levels)]
        rest = max(0, len(found.items) - sum(counts))
        number = len(found.over_time[one.organisation])
        rows.append([one.organisation_name, local_date(one.at), number, *counts, rest])
    note = say("Antal påståenden per nivå i den senaste självskattningen.")
    return Table("Oversikt", say("Senaste självskattningen"), columns, rows, note=note)


def not_assessed_table(found: Compared, say: Translate) -> Table:
    """The municipalities that have not done it yet."""
    rows: list[list[Value]] = [[name] for _, name in found.without]
    return Table("InteGjord", say("Har inte gjort den än"), [Column(say("Kommun"), width=30)], rows)


def assessed_items_table(found: Compared, say: Translate) -> Table:
    """Items against municipalities, each with its level in the latest self-assessment."""
    columns = [
        Column(say("Påstående"), kind="long", width=48),
        *(Column(one.organisation_name, width=16) for one in found.latest),
    ]
    rows: list[list[Value]] = [
        [say(title), *(level_mark(one.levels.get(key), found, say) for one in found.latest)]
        for key, title in found.items
    ]
    return Table("Pastaenden", say("Påstående för påstående"), columns, rows, pages_wide=2)


def rounds_table(found: Compared, say: Translate) -> Table:
    """Every round of every municipality, in order of time."""
    columns = [
        Column(say("Kommun"), width=18),
        Column(say("Datum"), kind="date", width=12),
        *(Column(say(title), kind="number", width=13) for _, title in reversed(found.levels)),
    ]
    ordered = [one for latest in found.latest for one in found.over_time[latest.organisation]]
    rows: list[list[Value]] = [
        [one.organisation_name, local_date(one.at), *(one.count(key) for key, _ in reversed(found.levels))]
        for one in ordered
    ]
    return Table("OverTid", say("Över tid"), columns, rows)


def pattern_tables(found: Patterns, threshold: int | None, say: Translate) -> list[Table]:
    """The patterns as tables. With a threshold, for what is passed on: smaller numbers are hidden in all of them."""
    months = [replace(row, title=month_words(date.fromisoformat(f"{row.key}-01"), say)) for row in found.months]
    kinds = (
        ("Kategorier", say("Per kategori"), say("Kategori"), found.categories),
        ("Punkter", say("Per punkt i överenskommelsen"), say("Punkt i överenskommelsen"), found.clauses),
        ("Parter", say("Per parter"), say("Parter"), found.parties),
        ("Manader", say("Per månad"), say("Månad"), months),
    )
    tables = [_counted(*kind, threshold, say) for kind in kinds]
    tables.append(_punctual_table(found, threshold, say))
    if threshold is None:
        tables.append(_repeated_table(found, say))
    return tables


def _counted(key: str, title: str, what: str, rows: Sequence[Counted], threshold: int | None, say: Translate) -> Table:
    numbers: list[int | None] = [row.number for row in rows]
    columns = [Column(what, kind="long", width=48), Column(say("Antal"), kind="number", width=10)]
    if threshold is not None:
        numbers = suppress_counts([row.number for row in rows], threshold)
    else:
        columns.append(Column(say("Varav öppna"), kind="number", width=10))
    hidden = Missing(say("dolt"))
    found: list[list[Value]] = [
        [
            say(row.title) if row.key else Missing(say("inte angivet")),
            number if number is not None else hidden,
            *([row.open] if threshold is None else []),
        ]
        for row, number in zip(rows, numbers, strict=True)
    ]
    return Table(key, title, columns, found, note=_hidden_note(threshold, say))


def _hidden_note(threshold: int | None, say: Translate) -> str:
    if threshold is None:
        return ""
    note = say("Tal från 1 till {most} visas inte. Ett tal till kan döljas så att de inte går att räkna ut.")
    return note.format(most=threshold - 1)


def _punctual_table(found: Patterns, threshold: int | None, say: Translate) -> Table:
    columns = [
        Column(say("Vad"), kind="long", width=48),
        Column(say("Gräns"), width=12),
        Column(say("Inom gränsen"), kind="number", width=12),
        Column(say("Av"), kind="number", width=8),
        Column(say("Median"), width=14),
        Column(say("Väntar nu"), kind="number", width=10),
    ]
    rows = [
        _punctual(say("Tillfälligt ansvar beslutat efter mottagandet"), found.responsibility, threshold, say),
        _punctual(say("Återkoppling till rapportören efter rapporten"), found.feedback, threshold, say),
    ]
    return Table("Tider", say("Tid till ansvar och svar"), columns, rows, note=_hidden_note(threshold, say))


def _punctual(what: str, found: Punctual, threshold: int | None, say: Translate) -> list[Value]:
    numbers: list[int | None] = [found.kept, found.of - found.kept]
    if threshold is not None:
        numbers = suppress_counts([found.kept, found.of - found.kept], threshold)
    hidden = Missing(say("dolt"))
    is_hidden = None in numbers
    median = found.times.median
    return [
        what,
        hours_words(found.limit_hours, say),
        hidden if is_hidden else found.kept,
        hidden if is_hidden else found.of,
        hidden if is_hidden else hours_words(median, say) if median is not None else Missing(say("inga klara")),
        hidden if threshold is not None and 0 < found.times.waiting < threshold else found.times.waiting,
    ]


def hours_words(hours: float, say: Translate) -> str:
    """Hours up to two days, then days."""
    if hours <= 48:
        return say("{n} timmar").format(n=round(hours))
    return say("{n} dagar").format(n=round(hours / 24))


def _repeated_table(found: Patterns, say: Translate) -> Table:
    columns = [
        Column(say("Kategori"), kind="long", width=40),
        Column(say("Parter"), kind="long", width=40),
        Column(say("Gånger"), kind="number", width=9),
        Column(say("Ärenden"), kind="long", width=50),
    ]
    rows: list[list[Value]] = [
        [say(one.category), one.parties, len(one.keys), ", ".join(one.keys)] for one in found.repeated
    ]
    return Table("Aterkommer", say("Återkommer"), columns, rows)


def official_table(figures: Sequence[OfficialFigure], titles: Titles, say: Translate) -> Table:
    """Official figures by sex and year, as their source has published them; what is missing says why."""
    columns = [
        Column(say("Kommun"), width=18),
        Column(say("Mått"), kind="long", width=44),
        Column(say("År"), kind="number", width=8),
        *(Column(say(GENDERS[gender]), width=13) for gender in ("K", "M", "T")),
        Column(say("Enhet"), width=18),
    ]
    lines: dict[tuple[str, str, int], dict[str, OfficialFigure]] = {}
    for figure in figures:
        lines.setdefault((figure.organisation, figure.kpi, figure.year), {})[figure.gender] = figure
    rows: list[list[Value]] = []
    for (organisation, _, year), by_gender in lines.items():
        first = next(iter(by_gender.values()))
        numbers = [_official(by_gender.get(gender), say) for gender in ("K", "M", "T")]
        rows.append([titles.organisation(organisation), say(first.title), year, *numbers, say(first.unit or "")])
    note = say("Källa: Kolada. Siffrorna visas som de har publicerats där.")
    return Table("Kolada", say("Officiella siffror"), columns, rows, note=note)


def _official(figure: OfficialFigure | None, say: Translate) -> Value:
    if figure is None or figure.value is None:
        return Missing(say(figure.status) if figure is not None and figure.status else say("saknas"))
    try:
        return float(figure.value)
    except ValueError:
        return figure.value
