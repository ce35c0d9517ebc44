"""The weekly letter in words: what is late, what is due this week, what comes, and what has happened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.clock import local_date
from engine.language import day_in_words, in_words, say
from engine.people import Person
from engine.queries.task_rows import TaskRow
from engine.queries.titles import Titles

_AHEAD = timedelta(days=28)
_MOST_IN_A_PART = 20


@dataclass(frozen=True)
class News:
    """A message that has waited for the letter."""

    subject: str
    body: str
    link: str | None


@dataclass(frozen=True)
class _Writer:
    """Says things in one person's language."""

    person: Person
    titles: Titles
    base_url: str

    def say(self, sentence: str, **words: object) -> str:
        return say(sentence, self.person.locale, **words)

    def words(self, text: str | None) -> str:
        return in_words(text or "", self.person.locale, self.titles.packs.values())

    def day(self, moment: datetime) -> str:
        return day_in_words(moment, self.person.locale)

    def title(self, task: TaskRow) -> str:
        parts = (task.name, task.item_title, task.organisation_name if task.organisation else None)
        return ", ".join(self.words(part) for part in parts if part)


def weekly_letter(
    person: Person, now: datetime, tasks: Sequence[TaskRow], news: Sequence[News], titles: Titles, base_url: str
) -> tuple[str, str] | None:
    """Subject and body in the person's language; None when there is nothing to do or to know."""
    today = local_date(now)
    sunday = today + timedelta(days=6 - today.weekday())
    late = [task for task in tasks if task.is_late(now)]
    week = [task for task in tasks if not task.is_late(now) and local_date(task.due_at) <= sunday]
    coming = [task for task in tasks if sunday < local_date(task.due_at) <= today + _AHEAD]
    if not (late or week or coming or news):
        return None
    write = _Writer(person, titles, base_url)
    parts = [
        _part(write, "Försenat ({n})", "skulle ha varit klar {day}", late),
        _part(write, "Den här veckan ({n})", "ska vara klar {day}", week),
        _part(write, "De närmaste fyra veckorna ({n})", "ska vara klar {day}", coming),
        _news(write, news),
    ]
    body = "\n\n".join([write.say("Hej {name},", name=person.name), *filter(None, parts), _end(write)])
    return _subject(write, len(late), len(week)), body


def _subject(write: _Writer, late: int, week: int) -> str:
    said = [
        write.say(sentence, n=number)
        for sentence, number in (("{n} försenat", late), ("{n} att göra den här veckan", week))
        if number
    ]
    return ": ".join([write.say("Din vecka i Samflöde"), *([", ".join(said)] if said else [])])


def _part(write: _Writer, heading: str, when: str, tasks: Sequence[TaskRow]) -> str:
    return "\n".join(_lines(write, heading, when, tasks)) if tasks else ""


def _lines(write: _Writer, heading: str, when: str, tasks: Sequence[TaskRow]) -> Iterator[str]:
    yield write.say(heading, n=len(tasks)).upper()
    for task in tasks[:_MOST_IN_A_PART]:
        yield f"- {write.title(task)}: {write.say(when, day=write.day(task.due_at))}"
        yield f"  {write.base_url}/uppgifter/{task.id}"
    if len(tasks) > _MOST_IN_A_PART:
        yield "- " + write.say("och {n} till i din lista", n=len(tasks) - _MOST_IN_A_PART)


def _news(write: _Writer, news: Sequence[News]) -> str:
    if not news:
        return ""
    lines = [write.say("Det här har hänt ({n})", n=len(news)).upper()]
    for one in news:
        lines += [f"- {one.subject}", *(f"  {line}" for line in one.body.splitlines() if line and line != one.subject)]
        lines += [f"  {write.base_url}{one.link}"] if one.link else []
    return "\n".join(lines)


def _end(write: _Writer) -> str:
    everything = write.say("Alla dina uppgifter: {address}", address=f"{write.base_url}/uppgifter")
    choose = write.say("Välj vad du får mejl om: {address}", address=f"{write.base_url}/installningar#mejl")
    return f"{everything}\n{choose}"
