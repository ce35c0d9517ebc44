"""What the county picture says in words: statuses with symbol, ages, lateness, decisions."""

import re
from datetime import date, datetime

from engine.clock import local_date
from engine.queries.agreements import STATUS_TITLES
from engine.queries.rows import CellStatus, DecisionRow, StageCell, StatusRow
from engine.queries.task_rows import TaskRow
from exports.language import Translate

# Symbol and word by status, in the order of a legend. Colour is never alone.
SYMBOLS: dict[CellStatus, str] = {"none": "○", "going": "◐", "wait": "◆", "late": "▲", "done": "✔", "back": "↩"}
WORDS: dict[CellStatus, str] = {
    "none": "Ej påbörjad",
    "going": "Pågår",
    "wait": "Väntar på beslut",
    "late": "Försenad",
    "done": "Klar",
    "back": "Återremitterad",
}
MEANINGS: dict[CellStatus, str] = {
    "none": "Arbetet med skedet har inte börjat, eller ska göras om.",
    "going": "Arbete pågår och inget är försenat.",
    "wait": "Styrgruppens eller en parts beslut väntas.",
    "late": "En uppgift har passerat sitt datum, eller skedet har tagit längre tid än väntat.",
    "done": "Skedet är avslutat. För årlig uppföljning visas den senaste.",
    "back": "Beslutsfattaren har skickat tillbaka arbetet.",
}
OUTCOMES = {
    "approved": "Godkänt",
    "approved_with_reason": "Godkänt med motivering",
    "returned": "Återremitterat",
    "declined": "Avslaget",
    "stopped": "Stoppat",
    "ended": "Avslutat",
    "prolonged": "Förlängt",
    "revise": "Revideras",
}
MONTHS = ("jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec")
_MONTHS_ONLY = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?")


def status_word(status: CellStatus, say: Translate) -> str:
    """Symbol and word."""
    return f"{SYMBOLS[status]} {say(WORDS[status])}"


def cell_words(cell: StageCell, say: Translate) -> str:
    """A cell of the matrix, on one line or two: status, then how late, how long or since when."""
    if cell.status == "none" and cell.round:
        return f"{SYMBOLS['none']} {say('Görs om')}"
    first = status_word(cell.status, say)
    if cell.status == "late":
        return f"{first}\n{late_words(cell.days_late, say)}"
    if cell.status == "done" and cell.until is not None:
        return f"{first}\n{month_words(cell.until, say)}"
    if cell.is_open:
        return f"{first}\n{age_words(cell.age_days, say)}"
    return first


def row_words(row: StatusRow, say: Translate) -> str:
    """A municipality's status on one line."""
    if row.status == "done":
        return f"{SYMBOLS['done']} {say('Inget skede pågår')}"
    words = status_word(row.status, say)
    return f"{words}, {late_words(row.days_late, say)}" if row.status == "late" else words


def late_words(days: int, say: Translate) -> str:
    return say("sedan i dag") if days == 0 else count(days, "{n} dag", "{n} dagar", say)


def age_words(days: int, say: Translate) -> str:
    """How long: in days for two weeks, then in weeks for two months, then in months."""
    if days < 14:
        return count(days, "i {n} dag", "i {n} dagar", say) if days else say("sedan i dag")
    if days < 61:
        return count(days // 7, "i {n} vecka", "i {n} veckor", say)
    return count(int(days / 30.44), "i {n} månad", "i {n} månader", say)


def count(n: int, one: str, many: str, say: Translate) -> str:
    return say(one if n == 1 else many).format(n=n)


def month_words(moment: datetime | date, say: Translate) -> str:
    """`juni 2025`"""
    day = local_date(moment) if isinstance(moment, datetime) else moment
    return f"{say(MONTHS[day.month - 1])} {day.year}"


def duration_words(duration: str, say: Translate) -> str:
    """`24 månader` for P24M and P2Y; any other duration as it is written."""
    match = _MONTHS_ONLY.fullmatch(duration)
    months = int(match[1] or 0) * 12 + int(match[2] or 0) if match else 0
    return count(months, "{n} månad", "{n} månader", say) if months else duration


def agreement_words(status: str | None, say: Translate) -> str:
    return say(STATUS_TITLES.get(status, status)) if status else say("Ingen lokal överenskommelse")


def outcome_words(decision: DecisionRow, say: Translate) -> str:
    return say(OUTCOMES.get(decision.outcome, decision.outcome))


def task_words(task: TaskRow, say: Translate) -> str:
    """The task's name and what it is about."""
    name = say(task.name)
    return f"{name}: {say(task.item_title)}" if task.item_title else name


def waiting_words(task: TaskRow, say: Translate) -> str:
    """Who has the task: the person who has taken it, else the role and where it is held."""
    if task.assignee_name or task.role_title == task.role_organisation_name:
        return task.assignee_name or say(task.role_title)
    return f"{say(task.role_title)}, {task.role_organisation_name}".strip(", ")
