"""Lists of tasks: every open one, and what is late with the reason."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from engine.clock import local_date
from engine.queries.rows import CellStatus, StageCell, StatusPicture, StatusRow
from engine.queries.stage_rules import days_late, is_decision
from engine.queries.task_rows import TaskRow
from exports.language import Translate
from exports.status_words import age_words, count, status_word, task_words, waiting_words
from exports.tables import Column, Marked, Missing, Table, Value


def tasks_table(tasks: Sequence[TaskRow], as_of: datetime, say: Translate) -> Table:
    """Open tasks, soonest due first."""
    columns = [
        Column(
            say("Kommun"), say("Kommunen som uppgiften gäller; länet för den regionala överenskommelsen."), width=16
        ),
        Column(say("Uppgift"), say("Vad som ska göras."), width=40),
        Column(say("Skede"), say("Skedet som uppgiften hör till."), width=22),
        Column(say("Process"), say("Processen som uppgiften hör till."), width=28),
        Column(say("Ärende"), say("Ärendets nyckel i Samflöde."), width=28),
        Column(say("Roll"), say("Rollen som kan göra uppgiften."), width=18),
        Column(say("Väntar på"), say("Den som har tagit uppgiften, eller var rollen finns."), width=28),
        Column(say("Skapad"), say("Dagen då uppgiften kom."), "date", 12),
        Column(say("Ska vara klar"), say("Uppgiftens datum."), "date", 12),
        Column(say("Dagar försenad"), say("Hela dagar sedan datumet passerade. 0 betyder i tid."), "number", 11),
        Column(
            say("Läge"),
            say("Försenad när datumet har passerats, väntar på beslut när uppgiften är ett beslut."),
            width=18,
        ),
    ]
    return Table(
        key="Oppna_uppgifter",
        title=say("Öppna uppgifter"),
        columns=columns,
        rows=[_task(task, as_of, say) for task in tasks],
        note=count(len(tasks), "{n} öppen uppgift.", "{n} öppna uppgifter.", say),
        fixed_columns=2,
    )


def _task(task: TaskRow, as_of: datetime, say: Translate) -> list[Value]:
    status: CellStatus = "late" if task.due_at < as_of else "wait" if is_decision(task) else "going"
    return [
        task.organisation_name or say("Länet"),
        task_words(task, say),
        _stage(task, say),
        say(task.process_title),
        task.business_key,
        say(task.role_title),
        waiting_words(task, say),
        local_date(task.created_at),
        local_date(task.due_at),
        days_late(task.due_at, as_of),
        Marked(status_word(status, say), status),
    ]


def _stage(task: TaskRow, say: Translate) -> Value:
    return say(task.stage_title) if task.stage else Missing(say("utanför skedena"))


def late_table(picture: StatusPicture, say: Translate) -> Table:
    """What is late and why, the most late first."""
    rows = [*_late_tasks(picture, say), *_late_stages(picture, say)]
    rows.sort(key=lambda row: -row[0])
    columns = [
        Column(say("Dagar försenad"), say("Hela dagar sedan datumet passerade."), "number", 11),
        Column(
            say("Kommun"), say("Kommunen som uppgiften gäller; länet för den regionala överenskommelsen."), width=16
        ),
        Column(say("Skede"), say("Skedet som uppgiften hör till."), width=24),
        Column(
            say("Vad som är försenat"), say("Uppgiften, eller skedet när det har tagit längre tid än väntat."), width=44
        ),
        Column(say("Skulle varit klar"), say("Datumet som har passerats."), "date", 13),
        Column(say("Väntar på"), say("Den som har tagit uppgiften, eller var rollen finns."), width=30),
        Column(
            say("Varför"),
            say("Vad som är känt om orsaken: om någon har tagit uppgiften och hur länge den har funnits."),
            width=44,
        ),
    ]
    return Table(
        key="Forsenat",
        title=say("Försenat"),
        columns=columns,
        rows=[values for _, values in rows],
        note=count(len(rows), "{n} sak är försenad.", "{n} saker är försenade.", say),
        fixed_columns=2,
    )


def _late_tasks(picture: StatusPicture, say: Translate) -> list[tuple[int, list[Value]]]:
    late = [task for task in picture.open_tasks if task.due_at < picture.as_of]
    return [(days_late(task.due_at, picture.as_of), _late_task(task, picture, say)) for task in late]


def _late_task(task: TaskRow, picture: StatusPicture, say: Translate) -> list[Value]:
    age = age_words((local_date(picture.as_of) - local_date(task.created_at)).days, say)
    why = (
        "{name} har tagit uppgiften. Den har funnits {age}."
        if task.assignee_name
        else ("Ingen har tagit uppgiften. Den har funnits {age}.")
    )
    return [
        days_late(task.due_at, picture.as_of),
        task.organisation_name or say("Länet"),
        _stage(task, say),
        Marked(task_words(task, say), "late"),
        local_date(task.due_at),
        waiting_words(task, say),
        say(why).format(name=task.assignee_name, age=age),
    ]


def _late_stages(picture: StatusPicture, say: Translate) -> list[tuple[int, list[Value]]]:
    """Stages that have taken longer than expected though no task of theirs is overdue."""
    told = {(task.agreement_key, task.stage) for task in picture.open_tasks if task.due_at < picture.as_of}
    return [
        (cell.days_late, _late_stage(row, cell, picture, say))
        for row in picture.rows
        for cell in row.cells.values()
        if cell.status == "late" and (row.agreement_key, cell.stage) not in told
    ]


def _late_stage(row: StatusRow, cell: StageCell, picture: StatusPicture, say: Translate) -> list[Value]:
    stage = picture.pack.stage(cell.stage)
    return [
        cell.days_late,
        row.organisation_name,
        say(stage.title) if stage else cell.stage,
        Marked(say("Skedet har tagit längre tid än väntat"), "late"),
        local_date(picture.as_of) - timedelta(days=cell.days_late),
        waiting_words(row.due_task, say) if row.due_task else Missing(say("ingen")),
        say("Skedet har pågått {age}.").format(age=age_words(cell.age_days, say)),
    ]
