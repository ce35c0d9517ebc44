"""A person's task list as a table: the rows, the order and the columns of the page, and what it was filtered by."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from engine.clock import local_date
from engine.queries.stage_rules import days_late
from engine.queries.task_rows import TaskRow
from exports.language import Translate
from exports.status_words import status_word, task_words, waiting_words
from exports.tables import Column, Marked, Table, Value


def task_list_table(
    tasks: Iterable[TaskRow], total: int, filtered_by: Sequence[str], as_of: datetime, say: Translate
) -> Table:
    """`total` as the page has it; `filtered_by` in words, each part by itself."""
    columns = [
        Column(say("Uppgift"), say("Vad som ska göras."), width=44),
        Column(
            say("Kommun"), say("Kommunen som uppgiften gäller; länet för den regionala överenskommelsen."), width=16
        ),
        Column(say("Skede eller process"), say("Skedet som uppgiften hör till, annars processen."), width=26),
        Column(say("Ska vara klar"), say("Uppgiftens datum."), "date", 12),
        Column(say("Dagar försenad"), say("Hela dagar sedan datumet passerade. 0 betyder i tid."), "number", 11),
        Column(say("Läge"), say("Försenad när datumet har passerats, annars pågår."), width=14),
        Column(say("Arbetet"), say("Ny, utkast sparat av dig eller övertagen, och av vem."), width=28),
        Column(say("Väntar på"), say("Den som har tagit uppgiften, eller var rollen finns."), width=30),
        Column(say("Kom"), say("Dagen då uppgiften kom."), "date", 12),
        Column(say("Ärende"), say("Ärendets nyckel i Samflöde."), width=28),
    ]
    counted = say("{n} öppna uppgifter.").format(n=total) if total != 1 else say("En öppen uppgift.")
    described = f"{say('Filter')}: {'; '.join(filtered_by)}." if filtered_by else say("Utan filter.")
    return Table(
        key="Uppgiftslista",
        title=say("Uppgiftslista"),
        columns=columns,
        rows=(_row(task, as_of, say) for task in tasks),
        note=f"{counted} {described}",
        fixed_columns=1,
        long=True,
    )


def _row(task: TaskRow, as_of: datetime, say: Translate) -> list[Value]:
    late = task.is_late(as_of)
    return [
        task_words(task, say),
        task.organisation_name or say("Länet"),
        say(task.stage_title or task.process_title),
        local_date(task.due_at),
        days_late(task.due_at, as_of),
        Marked(status_word("late" if late else "going", say), "late" if late else "going"),
        _progress(task, say),
        waiting_words(task, say),
        local_date(task.created_at),
        task.business_key,
    ]


def _progress(task: TaskRow, say: Translate) -> str:
    if task.draft_saved_at:
        return say("Utkast sparat")
    if task.assignee_name:
        return say("Övertagen av {name}").format(name=task.assignee_name)
    return say("Ny")
