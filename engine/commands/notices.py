"""What people are told about a task by mail: that it has little time, that its deadline is near, that it is late."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine import mail
from engine.clock import local_date
from engine.packs import Pack
from engine.work import Work

Words = dict[str, mail.Word]


def has_little_time(now: datetime, due_at: datetime) -> bool:
    """Whether the next weekly letter may come too late to tell of it."""
    return due_at <= now + mail.URGENT_WITHIN


def tell_of_new(work: Work, pack: Pack, tasks: list[dict[str, Any]]) -> None:
    """Those with a task that has just opened are told at once when it has little time; other tasks can wait."""
    for row in tasks:
        if has_little_time(work.now, row["due_at"]):
            words = {**_words(pack, row), "due": row["due_at"]}
            body = "Du har en uppgift med kort tid: {task}. Den ska vara klar {due}. Öppna den i Samflöde nu."
            tell(work, row, "Kort tid: {task}", body, "urgent", words)


def remind(work: Work, pack: Pack, task: Any) -> None:
    """The deadline is near."""
    row = task._mapping
    kind = "urgent" if has_little_time(work.now, task.due_at) else "deadline"
    body = "Uppgiften ska vara klar {due}. Öppna den i Samflöde när du vill fortsätta."
    tell(work, row, "Påminnelse: {task}", body, kind, _words(pack, row))


def tell_of_lateness(work: Work, pack: Pack, task: Any, role: str, organisation: str) -> None:
    """The task is late: told to those with it, and to `role` in `organisation`, who are next in order."""
    row = task._mapping
    subject, body = "Försenat: {task}", "Uppgiften skulle ha varit klar {due} och väntar fortfarande."
    words = _words(pack, row)
    link = f"/uppgifter/{task.id}"
    mail.tell_role(work, role, organisation, subject, body, link, kind="escalation", task_id=task.id, words=words)
    tell(work, row, subject, body, "escalation", words)


def tell_of_hand_over(work: Work, task: Any, by: str, to_id: str) -> None:
    """Somebody has given the task to somebody else."""
    words: Words = {**_words(work.pack(task.pack_key), task._mapping), "name": by}
    body = "{name} har lämnat över en uppgift till dig: {task}. Den ska vara klar {due}."
    subject, link = "Överlämnad till dig: {task}", f"/uppgifter/{task.id}"
    mail.tell_person(work, to_id, subject, body, link, kind="handover", task_id=task.id, words=words)


def tell(work: Work, row: Mapping[str, Any], subject: str, body: str, kind: str, words: Words) -> None:
    """Whoever has taken the task over, else all with its role."""
    link = f"/uppgifter/{row['id']}"
    if row["assignee"]:
        mail.tell_person(work, row["assignee"], subject, body, link, kind=kind, task_id=row["id"], words=words)
    else:
        mail.tell_role(
            work,
            row["role"],
            row["role_organisation"],
            subject,
            body,
            link,
            kind=kind,
            task_id=row["id"],
            words=words,
        )


def _words(pack: Pack, row: Mapping[str, Any]) -> Words:
    """Its title with the item and the organisation that it is about, and the day when it is to be done."""
    item = pack.item(row["catalogue"], row["item"]) if row["catalogue"] and row["item"] else None
    place = pack.item("organisations", row["organisation"]) if row["organisation"] else None
    parts = (str(row["name"]), *(str(found["title"]) for found in (item, place) if found))
    return {"task": parts, "due": local_date(row["due_at"])}
